import type { FieldKind, FieldType } from '../../src/model/catalog.js';

/**
 * What a column turns stored values into, and compares by. From the declared type, by the rules of
 * https://sqlite.org/datatype3.html#determination_of_column_affinity; `none` is BLOB there.
 */
export type Affinity = 'integer' | 'text' | 'none' | 'real' | 'numeric';

export function affinityOf(declared: string): Affinity {
  const type = declared.toUpperCase();
  if (type.includes('INT')) return 'integer';
  if (/CHAR|CLOB|TEXT/.test(type)) return 'text';
  // ANY: as it is called in STRICT tables.
  if (type === '' || type === 'ANY' || type.includes('BLOB')) return 'none';
  if (/REAL|FLOA|DOUB/.test(type)) return 'real';
  return 'numeric';
}

export function isNumeric(affinity: Affinity): boolean {
  return affinity !== 'text' && affinity !== 'none';
}

/** What the declaration promises; SQLite itself keeps any value in any column outside STRICT tables. */
export function fieldTypeOf(declared: string): FieldType {
  return { kind: kindOf(declared), native: declared, length: lengthOf(declared) };
}

function kindOf(declared: string): FieldKind {
  const type = declared.toUpperCase();
  if (type.includes('BOOL')) return 'boolean';
  if (/\bJSONB?\b/.test(type)) return 'json';
  if (/TIMESTAMP.*(TZ|WITH TIME ZONE)/.test(type)) return 'instant';
  if (/DATETIME|TIMESTAMP/.test(type)) return 'timestamp';
  if (/\bDATE\b/.test(type)) return 'date';
  if (/\bTIME\b/.test(type)) return 'time';
  switch (affinityOf(declared)) {
    case 'integer':
      return 'integer';
    case 'text':
      return 'text';
    case 'real':
      return 'float';
    case 'none':
      return type.includes('BLOB') ? 'bytes' : 'other';
    case 'numeric':
      return /DEC|NUM|MONEY/.test(type) ? 'decimal' : 'other';
  }
}

function lengthOf(declared: string): number | null {
  const length = /CHAR[A-Z ]*\(\s*(\d+)\s*\)/i.exec(declared)?.[1];
  return length === undefined ? null : Number(length);
}
