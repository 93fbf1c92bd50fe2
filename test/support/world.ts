import type { Reader } from '../../src/connector/contract.js';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import { type AnsweredRecord, locate } from '../../src/locate/locate.js';
import type { Located } from '../../src/locate/located.js';
import type { CollectionInfo, FieldType } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import type {
  Collection,
  Condition,
  DataMap,
  Field,
  IdentifierSetting,
  Reference,
  Relation,
} from '../../src/model/map.js';
import type { Value } from '../../src/model/value.js';
import { openScratch, type Scratch } from '../../src/store/scratch.js';
import { TOLD } from './information.js';
import { memoryConnector } from './memory-connector.js';

/** A landscape in a few lines: collections by `source.name`, their rows, and what the map says of them. */
export type World = Readonly<Record<string, WorldCollection>>;

export interface WorldCollection {
  readonly subject?: true | readonly Condition[];
  /** Identifier fields: the type, and whose it is where it is not the record's person's. */
  readonly identifiers?: Readonly<Record<string, WorldIdentifier>>;
  readonly references?: readonly WorldReference[];
  readonly key?: readonly string[];
  readonly rows: readonly Readonly<Record<string, Value>>[];
}

export interface WorldIdentifier {
  readonly type: string;
  readonly of?: string;
  readonly relation?: 'mentions' | 'none';
}

export interface WorldReference {
  readonly fields: readonly string[];
  readonly to: string;
  readonly on?: readonly string[];
  readonly relation: Relation;
  readonly when?: readonly Condition[];
}

export function mapOf(world: World, identifiers: Readonly<Record<string, IdentifierSetting>> = {}): DataMap {
  const sources = [...new Set(Object.keys(world).map((id) => id.split('.')[0] ?? ''))];
  return {
    controller: {
      name: 'Onefin AB',
      contact: 'contact@example.com',
      authority: { name: 'IMY', url: 'https://www.imy.se' },
      country: 'SE',
      timezone: 'Europe/Stockholm',
      language: 'sv',
      fiscalYearEnd: '12-31',
    },
    policy: {
      promise: { months: 1 },
      freeExtract: { perMonths: 12 },
      approvals: { erase: 0 },
      identity: 'operator',
      candidates: 'ask',
    },
    identifiers,
    sources: sources.map((name) => ({
      name,
      connector: 'memory',
      label: null,
      timezone: 'Europe/Stockholm',
      unmappedTables: [],
    })),
    collections: Object.entries(world).map(([id, each]) => collectionOf(id, each)),
    hash: 'sha256:test',
  };
}

function collectionOf(id: string, each: WorldCollection): Collection {
  const [source = '', name = ''] = id.split('.');
  return {
    id,
    source,
    name,
    table: name,
    label: null,
    key: each.key ?? ['id'],
    keyKind: 'declared',
    subject:
      each.subject === undefined ? null : { is: 'person', when: each.subject === true ? [] : each.subject },
    fields: [
      ...Object.entries(each.identifiers ?? {}).map(([field, use]) => fieldOf(field, use)),
      ...(each.references ?? []).flatMap((reference) =>
        reference.fields.map((field) => fieldOf(field, null)),
      ),
    ],
    references: (each.references ?? []).map((reference) => referenceOf(id, reference)),
    information: TOLD,
    systemColumns: ['id'],
    ignoredColumns: [],
    unmappedColumns: [],
    erase: { kind: 'delete', ground: null, law: null, until: null },
    retain: [],
    disable: null,
    restrict: null,
    unsearchable: null,
  };
}

const TEXT: FieldType = { kind: 'text', native: 'text', length: null };

function fieldOf(name: string, use: WorldIdentifier | null): Field {
  return {
    name,
    at: { column: name, path: [] },
    type: TEXT,
    nullable: true,
    category: use === null ? null : 'user.contact',
    personal: use !== null,
    identifier: use === null ? null : { type: use.type, match: null, encoding: null },
    of: use?.of ?? null,
    relation: use?.relation ?? null,
    onErase: 'clear',
    export: 'show',
    reason: null,
    label: null,
    explain: null,
    values: null,
    notice: null,
    freetext: false,
    rectify: true,
    mask: null,
  };
}

function referenceOf(from: string, reference: WorldReference): Reference {
  const paths = (names: readonly string[]) => names.map((column) => ({ column, path: [] }));
  return {
    id: `${from}.${reference.fields.join('+')}`,
    from,
    fields: paths(reference.fields),
    to: reference.to,
    on: paths(reference.on ?? ['id']),
    when: reference.when ?? [],
    relation: reference.relation,
    onErase: 'clear',
  };
}

function infoOf(world: World, id: string, each: WorldCollection): CollectionInfo {
  const name = id.split('.')[1] ?? '';
  const columns = new Set([
    ...(each.key ?? ['id']),
    ...Object.keys(each.identifiers ?? {}),
    ...(each.references ?? []).flatMap((reference) => [
      ...reference.fields,
      ...(reference.when ?? []).map((condition) => condition.field),
    ]),
    ...each.rows.flatMap((row) => Object.keys(row)),
    ...Object.values(world).flatMap((other) =>
      (other.references ?? []).flatMap((reference) => (reference.to === id ? (reference.on ?? []) : [])),
    ),
    ...(Array.isArray(each.subject) ? each.subject.map((condition: Condition) => condition.field) : []),
  ]);
  return {
    id: name,
    schema: null,
    name,
    unqualified: true,
    kind: 'table',
    fields: [...columns].map((column) => ({
      name: column,
      type: TEXT,
      nullable: true,
      generated: false,
      hasDefault: false,
      comment: null,
    })),
    key: { fields: each.key ?? ['id'], kind: 'declared' },
    unique: [],
    references: [],
    indexes: [],
    rows: each.rows.length,
    comment: null,
    hidden: null,
  };
}

export interface Search {
  readonly located: Located;
  readonly queries: number;
}

export interface SearchOptions {
  readonly identifiers?: Readonly<Record<string, IdentifierSetting>>;
  readonly accept?: readonly AnsweredRecord[];
  readonly reject?: readonly AnsweredRecord[];
  /** Sources that cannot be opened. */
  readonly down?: readonly string[];
  /** Sources whose queries fail. */
  readonly failing?: readonly string[];
  readonly collections?: (ids: readonly string[]) => readonly string[];
  readonly scratch?: Scratch;
}

/** Searches a world; one list of `type=value` a person. */
export async function searchWorld(
  world: World,
  people: readonly (readonly string[])[],
  options: SearchOptions = {},
): Promise<Search> {
  const order = options.collections?.(Object.keys(world)) ?? Object.keys(world);
  const ordered: World = Object.fromEntries(
    order.flatMap((id) => (world[id] === undefined ? [] : [[id, world[id]]])),
  );
  const map = mapOf(ordered, options.identifiers);
  const types = identifierTypes(map.identifiers);
  const call = { signal: new AbortController().signal, timeoutMs: 60_000 };
  const connectors = new Map(
    map.sources.map(({ name }) => [
      name,
      memoryConnector({
        collections: Object.entries(ordered)
          .filter(([id]) => id.startsWith(`${name}.`))
          .map(([id, each]) => ({ info: infoOf(ordered, id, each), rows: filled(ordered, id, each) })),
      }),
    ]),
  );
  const readers = new Map<string, Reader>();
  for (const [name, connector] of connectors) {
    if (options.down?.includes(name)) continue;
    const reader = await connector.reader(call);
    readers.set(name, options.failing?.includes(name) ? failingReader(reader) : reader);
  }
  const located = await locate({
    map,
    types,
    readers,
    statuses: map.sources.map(({ name }) =>
      options.down?.includes(name)
        ? { source: name, status: 'unreachable', error: 'down' }
        : { source: name, status: 'searched' },
    ),
    people: people.map((texts, index) => ({
      identifiers: texts.map((text) => types.parse(text).identifier),
      accepted: index === 0 ? (options.accept ?? []) : [],
      rejected: index === 0 ? (options.reject ?? []) : [],
    })),
    scratch: options.scratch ?? openScratch(null),
    signal: call.signal,
  });
  const queries = [...connectors.values()].reduce((sum, connector) => sum + connector.queries, 0);
  return { located, queries };
}

function failingReader(reader: Reader): Reader {
  return {
    // biome-ignore lint/correctness/useYield: it fails before it could
    async *find() {
      throw new DsrError('transient', 'the connection was lost');
    },
    close: () => reader.close(),
  };
}

/** Every row holds every column, null where it says nothing. */
function filled(world: World, id: string, each: WorldCollection): readonly Readonly<Record<string, Value>>[] {
  const columns = infoOf(world, id, each).fields.map((field) => field.name);
  return each.rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null])));
}

/** `own crm.customers:1`, sorted; what one person's search came to. */
export function told(located: Located, world: World, person = 0): readonly string[] {
  const found = located.people[person];
  if (found === undefined) return [];
  return Object.keys(world)
    .flatMap((collection) =>
      [...found.records(collection, ['own', 'shared', 'mention', 'candidate'])].map(
        (record) => `${record.role} ${collection}:${record.key.join(',')}`,
      ),
    )
    .sort();
}
