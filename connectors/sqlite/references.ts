import type { ReferenceInfo } from '../../src/model/catalog.js';
import { sql } from '../sql/fragment.js';
import type { RawRow } from './protocol.js';
import type { Table } from './table.js';

export const REFERENCES = sql`
  select l.name, f.id, f."from", f."table", f."to", f.on_delete
  from pragma_table_list l, pragma_foreign_key_list(l.name) f
  where l.schema = 'main' and l.type = 'table' order by l.name, f.id, f.seq`;

export function referencesOf(
  rows: readonly RawRow[],
  table: Table,
  tables: ReadonlyMap<string, Table>,
): readonly ReferenceInfo[] {
  const byId = new Map<string, RawRow[]>();
  for (const row of rows) byId.set(String(row[0]), [...(byId.get(String(row[0])) ?? []), row]);
  return [...byId.entries()].flatMap(([id, parts]): readonly ReferenceInfo[] => {
    // SQLite compares these names without case, and allows a target that is not there.
    const target = namedLike([...tables.keys()], parts[0]?.[2]);
    const to = target === null ? undefined : tables.get(target);
    if (target === null || to === undefined) return [];
    const primary = [...to.columns.values()]
      .filter(({ keyPart }) => keyPart > 0)
      .sort((a, b) => a.keyPart - b.keyPart);
    const fields = parts.map(([, from]) => namedLike([...table.columns.keys()], from));
    const on = parts.map(([, , , name], index) =>
      name === null ? (primary[index]?.name ?? null) : namedLike([...to.columns.keys()], name),
    );
    if (fields.includes(null) || on.includes(null)) return [];
    return [
      {
        name: `${table.name}#${id}`,
        fields: fields as readonly string[],
        to: target,
        on: on as readonly string[],
        onDelete: ruleOf(String(parts[0]?.[4])),
        // `pragma defer_foreign_keys` defers any of them.
        deferrable: true,
      },
    ];
  });
}

function namedLike(names: readonly string[], wanted: unknown): string | null {
  const text = String(wanted);
  return (
    names.find((name) => name === text) ??
    names.find((name) => name.toLowerCase() === text.toLowerCase()) ??
    null
  );
}

function ruleOf(rule: string): ReferenceInfo['onDelete'] {
  const rules = {
    RESTRICT: 'restrict',
    CASCADE: 'cascade',
    'SET NULL': 'set-null',
    'SET DEFAULT': 'set-default',
  } as const;
  return Object.hasOwn(rules, rule) ? rules[rule as keyof typeof rules] : 'no-action';
}
