import type { Connector } from '../../src/connector/contract.js';
import type { ReferenceInfo } from '../../src/model/catalog.js';
import type { Value } from '../../src/model/value.js';

/**
 * What a connector brings to be held against the contract. Everything but `types` and `make` is
 * optional: a guarantee that needs what is absent is not run.
 */
export interface Harness {
  /** Column types that the source has; a guarantee about another one is skipped. */
  readonly types: readonly ColumnType[];
  /** Values that the source holds without loss where it differs from `SAMPLES`. */
  readonly samples?: Readonly<Partial<Record<ColumnType, readonly Value[]>>>;
  /** The source orders its result, filters and streams by itself: memory must stay flat. */
  readonly streams: boolean;
  /** References and their ON DELETE are the source's own. */
  readonly references: boolean;
  /** What its writer does; absent: the source is only read. */
  readonly writes?: Writes;
  /** A fresh, empty source with these tables. */
  make(tables: readonly Table[]): Promise<Fixture>;
}

export interface Writes {
  /** An open writer keeps all other writers out of the source. */
  readonly exclusive: boolean;
  /** References may be put off until `settle`. */
  readonly deferrable: boolean;
  /** ON DELETE SET DEFAULT is done. */
  readonly setDefault: boolean;
}

export interface Fixture {
  readonly connector: Connector;
  /** Committed at once, through a connection that is not the connector's. */
  insert(table: string, rows: readonly Row[]): Promise<void>;
  /** A view of that name over all of a table. */
  view?(name: string, table: string): Promise<void>;
  /** `big (id, owner, payload)` with so many rows, owner 1, the payload 1,000 characters; ids from 1. */
  big?(rows: number): Promise<void>;
  /** `slow (id, email)`: something whose scan takes far more than a second. */
  slow?(): Promise<void>;
  /** `writing (id)`: something whose reading would write. */
  writing?(): Promise<void>;
  /** `failing (id, name)`: its one row's name is the text; reading it fails, the driver's message may say the text. */
  failing?(text: string): Promise<void>;
  /** `parted (id, email)` over partitions or children, one of which has a foreign key to `target (id)`. */
  parted?(): Promise<void>;
  /**
   * `folding (id, code)`: a row for each text, ids from 1, in a column whose collation equates texts
   * that differ. By the source's own word: which ids hold what equals each text, in the texts' order.
   */
  folding?(texts: readonly string[]): Promise<readonly (readonly number[])[]>;
  /** A trigger: to change or delete the record with this id raises an error that says the text. */
  guarded?(table: string, id: number, text: string): Promise<void>;
  /** A trigger: whatever changes a record writes 'touched' into that field of it. */
  touched?(table: string, field: string): Promise<void>;
  /** Drops the source; the connector is closed before. */
  drop(): Promise<void>;
}

export type ColumnType =
  | 'integer'
  | 'bigint'
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
  | 'text-array';

export interface Column {
  readonly type: ColumnType;
  /** Default false: NOT NULL, where it is not the source's nature to allow it. */
  readonly nullable?: boolean;
  /** Generated as the text of another column. */
  readonly copyOf?: string;
  readonly default?: number;
}

export interface Table {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnType | Column>>;
  /** None: a table without a primary key. */
  readonly key?: readonly string[];
  readonly unique?: readonly (readonly string[])[];
  readonly references?: readonly {
    readonly fields: readonly string[];
    readonly to: string;
    readonly on: readonly string[];
    readonly onDelete: ReferenceInfo['onDelete'];
    /** Put off until the commit, where the source can. */
    readonly deferred?: boolean;
  }[];
  /** A CHECK: the field, which is text, never holds this. */
  readonly never?: { readonly field: string; readonly text: string };
  readonly rows?: readonly Row[];
}

export type Row = Readonly<Record<string, Value>>;

/** The values that an enum column may take. */
export const ENUM = ['new', 'Active', "it's"] as const;
/** Characters a text column takes, decimals of 40 digits with ten after the point. */
export const TEXT_LENGTH = 200;

export function columnOf(column: ColumnType | Column): Column {
  return typeof column === 'string' ? { type: column } : column;
}

/** Values at the edge of what each type can hold; they come back exactly so. */
export const SAMPLES: Readonly<Record<ColumnType, readonly Value[]>> = {
  integer: [0, -2147483648, 2147483647],
  bigint: [0, 9007199254740991, 9007199254740993n, -9223372036854775808n, 9223372036854775807n],
  decimal: ['0.0000000000', '-0.0000000001', '123456789012345678901234567890.0123456789'],
  float: [0, -1.5, 0.1, 1e300, 5e-324, 123456789.12345679],
  boolean: [true, false],
  text: ['', ' ', 'Åsa Öberg', '😀', "it's", '"', '\\', '%_', 'line\nbreak', '\t', 'null', '0'],
  enum: [...ENUM],
  uuid: ['6f1c9f6e-9d5b-4c8e-8f5a-3b2a1c0d9e8f', '00000000-0000-0000-0000-000000000000'],
  date: ['2024-02-29', '1582-10-15', '9999-12-31'],
  time: ['00:00:00', '23:59:59.123456'],
  timestamp: ['2024-02-29T23:59:59.123456', '1901-01-01T00:00:00'],
  instant: ['2024-02-29T23:59:59.123456+00:00', '2001-07-01T12:00:00+00:00'],
  bytes: [new Uint8Array([]), new Uint8Array([0, 255, 92, 39, 34]), new Uint8Array(2000).fill(7)],
  json: [
    { json: '{"n": 12345678901234567890.12345, "a": [null, true, ""], "å": "\\u00e5"}' },
    { json: '[]' },
  ],
  'text-array': [[], ['a', null, 'b,"c"', '', 'NULL', '{}'], ['Åsa']],
};
