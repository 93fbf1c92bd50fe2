/** What a source says of itself. Names are the source's own; nothing here knows of people. */
export interface Catalog {
  readonly collections: readonly CollectionInfo[];
  /** Any value may stand in any column, whatever its type says (SQLite). */
  readonly loose?: true;
  /** Why there may be tables that this connection is not told of; absent: it is told of all. */
  readonly unseen?: string;
  /**
   * Schemas with tables that this connection may not use, so that nothing of them is told; absent:
   * none. Each makes every answer incomplete.
   */
  readonly hidden?: readonly string[];
  /** Foreign keys into `collections` from tables that this connection can't ask; absent: none is known. */
  readonly incoming?: readonly IncomingReference[];
  /** Why there may be more foreign keys into `collections` that this connection is not told of; absent: it is told of all. */
  readonly incomingUnseen?: string;
}

/** A foreign key from a table that is not among the catalog's collections. */
export interface IncomingReference extends Pick<ReferenceInfo, 'name' | 'fields' | 'to' | 'on' | 'onDelete'> {
  /** `schema.table`, as the source spells it. */
  readonly from: string;
}

export interface CollectionInfo {
  /** The connector's name for it, opaque to the core; what a Query names. */
  readonly id: string;
  /** Schema or database, where the source has them. */
  readonly schema: string | null;
  readonly name: string;
  /** Whether an unqualified name means this one (PostgreSQL: its schema is on the search path). */
  readonly unqualified: boolean;
  readonly kind: 'table' | 'view';
  /**
   * Not in a schema that was asked for, and here only for its foreign keys into those that were: it can be
   * asked, and a map may name it in full, but it need not be mapped. Absent: in scope.
   */
  readonly outOfScope?: true;
  readonly fields: readonly FieldInfo[];
  readonly key: KeyInfo;
  /** Further unique keys, by their fields. */
  readonly unique: readonly (readonly string[])[];
  readonly references: readonly ReferenceInfo[];
  /** Conditions that every row must meet; absent: none. */
  readonly checks?: readonly CheckInfo[];
  readonly indexes: readonly IndexInfo[];
  /** An estimate; null where the source has none. */
  readonly rows: number | null;
  readonly comment: string | null;
  /** Why rows may be hidden from this connection (row-level security, missing privilege); null: none. */
  readonly hidden: string | null;
  /** Columns that this connection may not read; absent: none. */
  readonly unreadable?: readonly string[];
  /**
   * Why no record of it can be changed, whatever its key: a view, a table without transactions. Absent: a
   * writer takes changes to it.
   */
  readonly unchangeable?: string;
}

export interface KeyInfo {
  /** Empty only where records cannot be told apart at all (a view). */
  readonly fields: readonly string[];
  /**
   * declared: a primary key, or a unique key over NOT NULL columns. physical: the source's row address
   * (ctid, rowid, row digest), good within one reader only; such a record can be read, not changed.
   */
  readonly kind: 'declared' | 'physical';
}

export interface FieldInfo {
  readonly name: string;
  readonly type: FieldType;
  readonly nullable: boolean;
  readonly generated: boolean;
  readonly hasDefault: boolean;
  readonly comment: string | null;
}

export type FieldKind =
  | 'integer'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'text'
  | 'enum'
  | 'uuid'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'instant'
  | 'bytes'
  | 'json'
  | 'array'
  | 'other';

export interface FieldType {
  readonly kind: FieldKind;
  /** As the source spells it: `varchar(20)`. */
  readonly native: string;
  /** Longest text in characters, or bytes; null: unlimited or not applicable. */
  readonly length: number | null;
  /** The values of an enum. */
  readonly values?: readonly string[];
  /** The element of an array. */
  readonly element?: FieldType;
}

export interface ReferenceInfo {
  readonly name: string;
  readonly fields: readonly string[];
  /** CollectionInfo.id of the target. */
  readonly to: string;
  readonly on: readonly string[];
  readonly onDelete: 'no-action' | 'restrict' | 'cascade' | 'set-null' | 'set-default';
  readonly deferrable: boolean;
  /** Held against each row as it goes: a record that refers to itself never can. Absent: a statement at a time. */
  readonly rowByRow?: true;
}

/** A CHECK constraint, of the table, a column or a column's domain. */
export interface CheckInfo {
  readonly name: string | null;
  /** The columns that it speaks of. */
  readonly fields: readonly string[];
  /** As the source spells it; `VALUE` in a domain's is the column's name here. */
  readonly expression: string;
}

export interface IndexInfo {
  readonly name: string;
  /** Leading parts first: a column's name, or an expression as the source spells it. */
  readonly parts: readonly string[];
  readonly unique: boolean;
}

/** A column, or a place inside a JSON or array column; `'[]'` stands for every element. */
export interface FieldPath {
  readonly column: string;
  readonly path: readonly string[];
}

/** `profile.newsletter.email`, `items[].email`: the path as the map spells it. */
export function fieldPathText(field: FieldPath): string {
  return field.path.reduce((text, step) => (step === '[]' ? `${text}[]` : `${text}.${step}`), field.column);
}
