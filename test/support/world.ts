import type { Reader } from '../../src/connector/contract.js';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import { type AnsweredRecord, locate } from '../../src/locate/locate.js';
import type { Located } from '../../src/locate/located.js';
import type { Catalog, CollectionInfo, FieldType, ReferenceInfo } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import type {
  Collection,
  Condition,
  DataMap,
  Field,
  IdentifierSetting,
  LegalBasis,
  OnErase,
  Reference,
  Relation,
  Retention,
  Verdict,
} from '../../src/model/map.js';
import type { SoughtRecord } from '../../src/model/subject.js';
import type { Scalar, Value } from '../../src/model/value.js';
import { openScratch, type Scratch } from '../../src/store/scratch.js';
import { TOLD } from './information.js';
import { type MemoryConnector, type MemoryContents, memoryConnector } from './memory-connector.js';

/** A landscape in a few lines: collections by `source.name`, their rows, and what the map says of them. */
export type World = Readonly<Record<string, WorldCollection>>;

export interface WorldCollection {
  readonly subject?: true | readonly Condition[];
  /** Identifier fields: the type, and whose it is where it is not the record's person's. */
  readonly identifiers?: Readonly<Record<string, WorldIdentifier>>;
  readonly references?: readonly WorldReference[];
  readonly key?: readonly string[];
  readonly rows: readonly Readonly<Record<string, Value>>[];
  /** delete where it does not say. */
  readonly erase?: Verdict['kind'] | Verdict;
  readonly retain?: readonly Retention[];
  readonly disable?: Readonly<Record<string, Scalar | null>>;
  /** Columns that may not be null; the key never may. */
  readonly notNull?: readonly string[];
  /** Further personal columns. */
  readonly personal?: readonly string[];
  readonly legalBasis?: LegalBasis;
  /** The map does not speak of it. */
  readonly outside?: true;
}

export interface WorldIdentifier {
  readonly type: string;
  readonly of?: string;
  readonly relation?: 'mentions' | 'none';
  readonly onErase?: OnErase;
}

export interface WorldReference {
  readonly fields: readonly string[];
  readonly to: string;
  readonly on?: readonly string[];
  readonly relation: Relation;
  readonly when?: readonly Condition[];
  readonly onErase?: OnErase;
  /** A foreign key stands behind it. */
  readonly constraint?: ReferenceInfo['onDelete'];
  readonly deferrable?: true;
  readonly rowByRow?: true;
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
    collections: Object.entries(world)
      .filter(([, each]) => each.outside === undefined)
      .map(([id, each]) => collectionOf(id, each)),
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
      ...(each.personal ?? []).map((field) => ({
        ...fieldOf(field, null),
        category: 'user.content.private',
        personal: true,
      })),
    ].map((field) => ({ ...field, nullable: isNullable(each, field.name) })),
    references: (each.references ?? []).map((reference) => referenceOf(id, reference)),
    information: { ...TOLD, legalBasis: each.legalBasis ?? TOLD.legalBasis },
    systemColumns: ['id'],
    ignoredColumns: [],
    unmappedColumns: [],
    erase:
      typeof each.erase === 'object'
        ? each.erase
        : { kind: each.erase ?? 'delete', ground: null, law: null, until: null },
    retain: each.retain ?? [],
    disable: each.disable ?? null,
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
    onErase: use?.onErase ?? 'clear',
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
    onErase: reference.onErase ?? 'clear',
  };
}

function isNullable(each: WorldCollection, column: string): boolean {
  return !(each.key ?? ['id']).includes(column) && !(each.notNull ?? []).includes(column);
}

export function catalogOf(world: World, source: string): Catalog {
  return {
    collections: Object.entries(world)
      .filter(([id]) => id.startsWith(`${source}.`))
      .map(([id, each]) => infoOf(world, id, each)),
  };
}

/** A connector a source, by name. */
export function connectorsOf(
  world: World,
  more: Partial<MemoryContents> = {},
): ReadonlyMap<string, MemoryConnector> {
  const sources = [...new Set(Object.keys(world).map((id) => id.split('.')[0] ?? ''))];
  return new Map(
    sources.map((source) => [
      source,
      memoryConnector({
        ...more,
        collections: Object.entries(world)
          .filter(([id]) => id.startsWith(`${source}.`))
          .map(([id, each]) => ({ info: infoOf(world, id, each), rows: filled(world, id, each) })),
      }),
    ]),
  );
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
    ...(each.personal ?? []),
    ...Object.keys(each.disable ?? {}),
    ...(each.retain ?? []).flatMap(({ until, when }) => [until.field, ...when.map(({ field }) => field)]),
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
      nullable: isNullable(each, column),
      generated: false,
      hasDefault: false,
      comment: null,
    })),
    key: { fields: each.key ?? ['id'], kind: 'declared' },
    unique: [],
    references: (each.references ?? []).flatMap((reference) =>
      reference.constraint === undefined
        ? []
        : [
            {
              name: `fk_${reference.fields.join('_')}_${reference.to}`,
              fields: reference.fields,
              to: reference.to.split('.')[1] ?? '',
              on: reference.on ?? ['id'],
              onDelete: reference.constraint,
              deferrable: reference.deferrable === true,
              ...(reference.rowByRow === true ? { rowByRow: true as const } : {}),
            },
          ],
    ),
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
  /** What is known of the first person beside what is given. */
  readonly learnt?: readonly string[];
  /** What is known to be theirs, by person. */
  readonly records?: readonly (readonly SoughtRecord[])[];
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
  const connectors = connectorsOf(ordered);
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
      identifiers: [
        ...texts.map((text) => types.parse(text).identifier),
        ...(index === 0 ? (options.learnt ?? []) : []).map((text) => ({
          ...types.parse(text).identifier,
          learnt: true as const,
        })),
      ],
      records: options.records?.[index] ?? [],
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
