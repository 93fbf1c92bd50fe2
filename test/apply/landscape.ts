import { applyPlan } from '../../src/apply/apply.js';
import type { ApplyInput, ApplyResult, Intent, SourceOutcome } from '../../src/apply/input.js';
import type { Connector, Reader } from '../../src/connector/contract.js';
import { keySetOf } from '../../src/connector/key-set.js';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import type { Catalog, CollectionInfo, FieldType, ReferenceInfo } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import type { DataMap, Field } from '../../src/model/map.js';
import type { Value } from '../../src/model/value.js';
import type { Plan, PlanGroup } from '../../src/plan/plan.js';
import { group, HEADER, planOf } from '../plan/plan-support.js';
import {
  type Hooks,
  type MemoryConnector,
  type MemoryRow,
  memoryConnector,
  type Step,
} from '../support/memory-connector.js';
import { mapOf } from '../support/world.js';

/** Two sources with Anna in them twice, Bo beside her, and a plan for Anna. */
export interface Landscape {
  readonly plan: Plan;
  readonly map: DataMap;
  readonly sources: ReadonlyMap<string, MemoryConnector>;
  /** What was told and done, in order: `intent change crm,shop`, `crm lock`, `outcome crm committed`. */
  readonly events: string[];
  readonly input: ApplyInput;
  apply(changed?: Partial<ApplyInput>): Promise<ApplyResult>;
  dump(source: string): Readonly<Record<string, readonly MemoryRow[]>>;
  /** Every row of a collection, by id. */
  row(id: string, key: Value): MemoryRow | undefined;
}

/** What becomes of all rows of a collection in which `person` is anna and, where it says, more holds. */
export interface Spec {
  readonly of: string;
  readonly group: Partial<PlanGroup>;
  readonly only?: (row: MemoryRow) => boolean;
  /** Where a field's `to` is `new`. */
  readonly news?: { readonly field: string; readonly value: Value };
}

export const SPECS: readonly Spec[] = [
  {
    of: 'crm.customers',
    group: { action: 'disable', fields: [{ field: 'active', to: { constant: false } }] },
  },
  { of: 'crm.orders', group: { action: 'delete' } },
  {
    of: 'crm.customers',
    group: {
      action: 'mask',
      fields: [
        { field: 'email', to: 'pseudonym' },
        { field: 'name', to: 'pseudonym' },
        { field: 'phone', to: 'null' },
        { field: 'note', to: 'redact' },
        { field: 'profile.mail', to: 'pseudonym' },
      ],
    },
  },
  {
    of: 'crm.invoices',
    group: {
      action: 'keep',
      ground: 'legal-obligation',
      until: '2034-01-01',
      fields: [{ field: 'phone', to: 'null' }],
    },
    only: (row) => row.id === 1,
  },
  { of: 'crm.invoices', group: { action: 'keep', ground: 'legal-claims' }, only: (row) => row.id !== 1 },
  { of: 'shop.accounts', group: { action: 'delete' } },
  {
    of: 'shop.reviews',
    group: { action: 'clear', role: 'mention', fields: [{ field: 'author', to: 'null' }] },
  },
];

const T: Readonly<Record<string, FieldType>> = {
  integer: { kind: 'integer', native: 'int', length: null },
  text: { kind: 'text', native: 'varchar(60)', length: 60 },
  boolean: { kind: 'boolean', native: 'boolean', length: null },
  json: { kind: 'json', native: 'jsonb', length: null },
};

const COLUMNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'crm.customers': {
    id: 'integer',
    person: 'text?',
    email: 'text',
    name: 'text',
    phone: 'text?',
    active: 'boolean',
    note: 'text?',
    profile: 'json?',
    updated: 'text?',
  },
  'crm.orders': { id: 'integer', person: 'text?', customer: 'integer', total: 'integer' },
  'crm.invoices': { id: 'integer', person: 'text?', customer: 'integer', phone: 'text?' },
  'shop.accounts': { id: 'integer', person: 'text?', email: 'text' },
  'shop.reviews': { id: 'integer', person: 'text?', author: 'text?', stars: 'integer' },
};

const ROWS: Readonly<Record<string, readonly MemoryRow[]>> = {
  'crm.customers': [
    customer(1, 'anna', 'anna@example.se', 'Anna Berg', 'Ring Anna Berg, 070-174 06 05'),
    customer(2, 'bo', 'bo@example.se', 'Bo Ek', 'Anna hälsar'),
    customer(3, 'anna', 'Anna@example.se', 'Anna Berg', null),
  ],
  'crm.orders': [
    { id: 10, person: 'anna', customer: 1, total: 5 },
    { id: 11, person: 'anna', customer: 3, total: 6 },
    { id: 12, person: 'bo', customer: 2, total: 7 },
  ],
  'crm.invoices': [
    { id: 1, person: 'anna', customer: 1, phone: '0701740605' },
    { id: 2, person: 'anna', customer: 3, phone: '0701740605' },
    { id: 3, person: 'bo', customer: 2, phone: '0701740606' },
  ],
  'shop.accounts': [
    { id: 7, person: 'anna', email: 'anna@example.se' },
    { id: 8, person: 'bo', email: 'bo@example.se' },
  ],
  'shop.reviews': [
    { id: 1, person: 'anna', author: 'anna@example.se', stars: 5 },
    { id: 2, person: 'bo', author: 'bo@example.se', stars: 1 },
  ],
};

function customer(id: number, person: string, email: string, name: string, note: string | null): MemoryRow {
  const profile = { json: `{"v":1.0,"mail":"${email}"}` };
  return { id, person, email, name, phone: '0701740605', active: true, note, profile, updated: null };
}

export interface Made {
  readonly specs?: readonly Spec[];
  readonly hooks?: Readonly<Record<string, Hooks>>;
  readonly readOnly?: readonly string[];
  /** Beside `email` of customers and accounts. */
  readonly unique?: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly references?: readonly Partial<ReferenceInfo>[];
  readonly rows?: Readonly<Record<string, readonly MemoryRow[]>>;
  readonly key?: Readonly<Record<string, readonly string[]>>;
  readonly atomicity?: Readonly<Record<string, 'none'>>;
}

export async function landscape(made: Made = {}): Promise<Landscape> {
  const events: string[] = [];
  const specs = made.specs ?? SPECS;
  const map = mapWith(made);
  const catalogs = new Map<string, Catalog>();
  const sources = new Map<string, MemoryConnector>();
  const connectors = new Map<string, Connector>();
  const call = { signal: new AbortController().signal, timeoutMs: 5_000 };
  for (const { name } of map.sources) {
    const ids = Object.keys(COLUMNS).filter((id) => id.startsWith(`${name}.`));
    const hooks = made.hooks?.[name] ?? {};
    const memory = memoryConnector({
      readOnly: made.readOnly?.includes(name) === true,
      collections: ids.map((id) => ({ info: infoOf(id, made), rows: [] })),
      hooks: {
        ...hooks,
        async step(step) {
          if (step.op !== 'find' && step.op !== 'open') events.push(`${name} ${told(step)}`);
          await hooks.step?.(step);
        },
      },
    });
    for (const id of ids) memory.insert(id.slice(name.length + 1), made.rows?.[id] ?? ROWS[id] ?? []);
    sources.set(name, memory);
    catalogs.set(name, await memory.describe(call));
    connectors.set(name, watched(memory, name, events, made.atomicity?.[name]));
  }
  const readers = new Map<string, Reader>();
  for (const [name, memory] of sources) readers.set(name, await memory.reader(call));
  const redraw = (through: ReadonlyMap<string, Reader>) => draw(through, specs);
  const plan = await redraw(readers);
  const input: ApplyInput = {
    plan,
    map,
    catalogs,
    connectors,
    types: identifierTypes(),
    seed: new Uint8Array(32).fill(7),
    person: {
      identifiers: [
        { type: 'email', value: 'anna@example.se' },
        { type: 'phone', value: '+46701740605' },
      ],
      names: ['Anna Berg'],
    },
    redraw,
    onIntent: ({ phase, sources: named }: Intent) => {
      events.push(`intent ${phase} ${named.join()}`);
    },
    onReady: () => {},
    onOutcome: ({ source, phase, status }: SourceOutcome) => {
      events.push(`outcome ${phase} ${source} ${status}`);
    },
    signal: call.signal,
    timeoutMs: 5_000,
    report: () => {},
    tmp: null,
  };
  const dump = (source: string) => sources.get(source)?.dump() ?? {};
  return {
    plan,
    map,
    sources,
    events,
    input,
    apply: (changed = {}) => applyPlan({ ...input, ...changed }),
    dump,
    row(id, key) {
      const [source = '', name = ''] = id.split('.');
      return dump(source)[name]?.find((row) => row.id === key);
    },
  };
}

/** A planner of few words: who has `anna` in `person` is Anna's. */
async function draw(readers: ReadonlyMap<string, Reader>, specs: readonly Spec[]): Promise<Plan> {
  const groups = [];
  for (const { of, group: facts, only, news } of specs) {
    const [source = '', name = ''] = of.split('.');
    const columns = Object.keys(COLUMNS[of] ?? {});
    const rows = [];
    const found = readers.get(source)?.find({
      collection: name,
      key: ['id'],
      matches: [
        { fields: [{ column: 'person', path: [] }], mode: 'exact', keys: keySetOf([['anna']]), when: [] },
      ],
      fields: columns,
    });
    for await (const batch of found ?? []) {
      for (const { key, values } of batch) {
        const row = Object.fromEntries(columns.map((column, at) => [column, values[at] ?? null]));
        if (only?.(row) === false) continue;
        rows.push(
          news === undefined
            ? { key, old: [], new: [] }
            : { key, old: [row[news.field] ?? null], new: [news.value] },
        );
      }
    }
    groups.push({ group: group({ collection: of, source, ...facts }), rows });
  }
  return planOf({ header: { ...HEADER, map: 'sha256:test' }, groups });
}

function watched(memory: MemoryConnector, name: string, events: string[], atomicity?: 'none'): Connector {
  const writer = memory.writer;
  return {
    ...memory,
    properties: { ...memory.properties, ...(atomicity === undefined ? {} : { atomicity }) },
    async reader(call) {
      const reader = await memory.reader(call);
      events.push(`${name} reader opened`);
      return {
        find: (query) => reader.find(query),
        async close() {
          events.push(`${name} reader closed`);
          await reader.close();
        },
      };
    },
    ...(writer === undefined ? {} : { writer }),
  };
}

function told(step: Step): string {
  if (step.op === 'apply') return `${step.change.kind} ${step.change.collection}`;
  return step.op === 'lock' ? `lock ${step.records.collection}` : step.op;
}

function infoOf(id: string, made: Made): CollectionInfo {
  const name = id.split('.')[1] ?? '';
  const references: readonly ReferenceInfo[] = ['crm.orders', 'crm.invoices'].includes(id)
    ? [
        {
          name: `${name} customer`,
          fields: ['customer'],
          to: 'customers',
          on: ['id'],
          onDelete: 'no-action',
          deferrable: false,
          ...made.references?.find((reference) => reference.name === `${name} customer`),
        },
      ]
    : [];
  return {
    id: name,
    schema: null,
    name,
    unqualified: true,
    kind: 'table',
    fields: Object.entries(COLUMNS[id] ?? {}).map(([column, type]) => ({
      name: column,
      type: T[type.replace('?', '')] ?? { kind: 'text', native: 'text', length: null },
      nullable: type.endsWith('?'),
      generated: false,
      hasDefault: false,
      comment: null,
    })),
    key: { fields: ['id'], kind: 'declared' },
    unique: made.unique?.[id] ?? (COLUMNS[id]?.email === undefined ? [] : [['email']]),
    references,
    indexes: [],
    rows: null,
    comment: null,
    hidden: null,
  };
}

function mapWith(made: Made): DataMap {
  const base = mapOf(Object.fromEntries(Object.keys(COLUMNS).map((id) => [id, { rows: [] }])));
  return {
    ...base,
    collections: base.collections.map((collection) => ({
      ...collection,
      key: made.key?.[collection.id] ?? collection.key,
      fields: Object.entries(COLUMNS[collection.id] ?? {}).flatMap(([column, type]) => [
        field(column, type, collection.id),
        ...(column === 'profile'
          ? [{ ...field('profile.mail', type, collection.id), at: { column, path: ['mail'] } }]
          : []),
      ]),
    })),
  };
}

function field(name: string, type: string, id: string): Field {
  const isMail = name === 'email' || name === 'profile.mail';
  return {
    name,
    at: { column: name, path: [] },
    type: T[type.replace('?', '')] ?? { kind: 'text', native: 'text', length: null },
    nullable: type.endsWith('?'),
    category: isMail ? 'user.contact.email' : 'user',
    personal: true,
    identifier: isMail || name === 'author' ? { type: 'email', match: null, encoding: null } : null,
    of: null,
    relation: id === 'shop.reviews' && name === 'author' ? 'mentions' : null,
    onErase: 'clear',
    export: 'show',
    reason: null,
    label: null,
    explain: null,
    values: null,
    notice: null,
    freetext: name === 'note',
    rectify: true,
    mask: null,
  };
}

/** A hook that fails at the nth step of a kind. */
export function failAt(op: Step['op'], error: DsrError, nth = 1): Hooks {
  let seen = 0;
  return {
    step(step) {
      if (step.op !== op) return;
      seen += 1;
      if (seen === nth) throw error;
    },
  };
}

export const REFUSED = new DsrError('data', 'crm: a rule refuses it');
export const LOST = new DsrError('transient', 'crm: the connection was lost');
