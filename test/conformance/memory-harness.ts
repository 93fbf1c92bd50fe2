import type { Call, Connector, Writer } from '../../src/connector/contract.js';
import type { CollectionInfo, FieldInfo, FieldKind } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import { type Hooks, type MemoryCollection, memoryConnector } from '../support/memory-connector.js';
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
  writes: { exclusive: false, deferrable: true, setDefault: true },
  async make(tables) {
    const extra: MemoryCollection[] = [];
    let trigger: Hooks['trigger'];
    const open = () =>
      memoryConnector({
        collections: [...tables.map(filled), ...extra],
        hooks: { trigger: (event) => trigger?.(event) },
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
        writer: (...args) => writerOf(connector, ...args),
        close: () => connector.close(),
      },
      async insert(table, rows) {
        connector.insert(table, rows);
      },
      async guarded(table, id) {
        trigger = ({ collection: changed, before }) => {
          if (changed !== table || before.id !== id) return undefined;
          throw new DsrError('data', `${table}: a trigger stands against it`);
        };
      },
      async touched(table, field) {
        trigger = ({ collection: changed, after }) =>
          changed === table && after !== null ? { ...after, [field]: 'touched' } : undefined;
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

function writerOf(connector: Connector, call: Call): Promise<Writer> {
  if (connector.writer === undefined) throw new Error('it is only read');
  return connector.writer(call);
}

function filled(table: Table): MemoryCollection {
  const { never } = table;
  return {
    info: collection(table),
    rows: table.rows ?? [],
    defaults: Object.fromEntries(
      Object.entries(table.columns).map(([name, column]) => [name, columnOf(column).default ?? null]),
    ),
    accepts: (row) => never === undefined || row[never.field] !== never.text,
  };
}

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
      fields: reference.fields,
      to: reference.to,
      on: reference.on,
      onDelete: reference.onDelete,
      name: `${table.name} ${reference.fields.join()}`,
      deferrable: reference.deferred === true,
    })),
    ...(table.never === undefined
      ? {}
      : { checks: [{ name: `${table.name}_never`, fields: [table.never.field], expression: '' }] }),
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
    hasDefault: column.default !== undefined,
    comment: null,
  };
}
