import type { Raw, Row } from './session.js';

/** Rows of a catalog query, by the text of their leading columns. */
export function grouped(rows: readonly Row[], leading = 1): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = JSON.stringify(row.slice(0, leading).map(text));
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return groups;
}

export function groupOf(
  groups: ReadonlyMap<string, readonly Row[]>,
  ...leading: readonly (Raw | undefined)[]
): readonly Row[] {
  return groups.get(JSON.stringify(leading.map(text))) ?? [];
}

export function text(raw: Raw | undefined): string {
  return raw === null || raw === undefined ? '' : String(raw);
}
