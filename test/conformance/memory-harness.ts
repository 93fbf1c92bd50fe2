import type { CollectionInfo, FieldInfo, FieldKind } from '../../src/model/catalog.js';
import { type MemoryCollection, memoryConnector } from '../support/memory-connector.js';
import {
  type Column,
  type ColumnType,
  columnOf,
  ENUM,
  type Harness,
  type Table,
  TEXT_LENGTH,
} from './fixture.js';

const KINDS: Readonly<Record<ColumnType, FieldKind>> = {
  integer: 'integer',
  bigint: 'integer',
  decimal: 'decimal',
  float: 'float',
  boolean: 'boolean',
  text: 'text',
  enum: 'enum',
  uuid: 'uuid',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  instant: 'instant',
  bytes: 'bytes',
  json: 'json',
  'text-array': 'array',
};

export const memoryHarness: Harness = {
  types: Object.keys(KINDS) as ColumnType[],
  streams: false,
  references: true,
  async make(tables) {
    const extra: MemoryCollection[] = [];
    const open = () =>
      memoryConnector({
        collections: [
          ...tables.map((table) => ({ info: collection(table), rows: table.rows ?? [] })),
          ...extra,
        ],
      });
    let connector = open();
    return {
      connector: {
        get properties() {
          return connector.properties;
        },
        check: (...args) => connector.check(...args),
        describe: (...args) => connector.describe(...args),
        reader: (...args) => connector.reader(...args),
        close: () => connector.close(),
      },
      async insert(table, rows) {
        connector.insert(table, rows);
      },
      async slow() {
        const slow: Table = { name: 'slow', columns: { id: 'integer', email: 'text' }, key: ['id'] };
        const rows = Array.from({ length: 1_000 }, (_none, id) => ({ id, email: `a${id}` }));
        extra.push({ info: collection(slow), rows, pauseMs: 20 });
        connector = open();
      },
      async drop() {},
    };
  },
};

function collection(table: Table): CollectionInfo {
  const declared = table.key !== undefined;
  return {
    id: table.name,
    schema: null,
    name: table.name,
    unqualified: true,
    kind: 'table',
    fields: Object.entries(table.columns).map(([name, column]) => field(name, columnOf(column))),
    key: declared
      ? { fields: table.key ?? [], kind: 'declared' }
      : { fields: ['row number'], kind: 'physical' },
    unique: table.unique ?? [],
    references: (table.references ?? []).map((reference) => ({
      ...reference,
      name: `${table.name} ${reference.fields.join()}`,
      deferrable: false,
    })),
    indexes: [],
    rows: table.rows?.length ?? 0,
    comment: null,
    hidden: null,
  };
}

function field(name: string, column: Column): FieldInfo {
  const kind = KINDS[column.type];
  return {
    name,
    type: {
      kind,
      native: column.type,
      length: kind === 'text' ? TEXT_LENGTH : null,
      ...(kind === 'enum' ? { values: ENUM } : {}),
      ...(kind === 'array' ? { element: { kind: 'text', native: 'text', length: null } } : {}),
    },
    nullable: column.nullable === true,
    generated: column.copyOf !== undefined,
    hasDefault: false,
    comment: null,
  };
}
