import type { CollectionInfo } from './catalog.js';

/** Columns of which a table holds each combination of values once. */
export interface UniqueKey {
  readonly columns: readonly string[];
  /** Compared in lower case: a unique index on `lower(email)`. */
  readonly folded: boolean;
  /** It surely binds every record. An index may have a condition that the catalog does not tell. */
  readonly whole: boolean;
}

/**
 * Every unique key of a table: its key where that is declared, its unique keys, and its unique indexes over
 * plain columns or over one in lower case. Each once; none over columns that the table does not tell of.
 */
export function uniqueKeys({ key, unique, indexes, fields }: CollectionInfo): readonly UniqueKey[] {
  const names = new Set(fields.map(({ name }) => name));
  const declared = key.kind === 'declared' ? [key.fields, ...unique] : unique;
  const seen = new Set<string>();
  return [
    ...declared.map((columns) => ({ columns, folded: false, whole: true })),
    ...indexes.filter((index) => index.unique).map(({ parts }) => ofIndex(parts)),
  ].filter(({ columns, folded }) => {
    if (columns.length === 0 || !columns.every((column) => names.has(column))) return false;
    const name = JSON.stringify([columns, folded]);
    return !seen.has(name) && seen.add(name) !== undefined;
  });
}

function ofIndex(parts: readonly string[]): UniqueKey {
  const lowered = parts.length === 1 ? loweredColumn(parts[0] ?? '') : null;
  return lowered === null
    ? { columns: parts, folded: false, whole: false }
    : { columns: [lowered], folded: true, whole: false };
}

/** `lower((email)::text)`, `lower("email")`: as the engines spell it. */
function loweredColumn(part: string): string | null {
  return /^lower\(+["`[]?(\w+)["`\]]?\)?(?:::[\w ]+)?\)+$/i.exec(part.trim())?.[1] ?? null;
}
