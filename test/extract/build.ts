import type { CollectionContents, ExtractInput, ExtractRow } from '../../src/extract/input.js';
import { columnsOf } from '../../src/extract/layout.js';
import type { FieldKind, FieldType } from '../../src/model/catalog.js';
import type { Collection, DataMap, Field, Reference, Relation, SourceEntry } from '../../src/model/map.js';
import type { Key, Value } from '../../src/model/value.js';
import { TOLD } from '../support/information.js';

/** Short ways to spell maps and inputs in tests. */
export function typeOf(kind: FieldKind, native: string = kind): FieldType {
  return { kind, native, length: null };
}

export function field(name: string, facts: Partial<Field> & { readonly kind?: FieldKind } = {}): Field {
  const { kind = 'text', ...rest } = facts;
  const [column = name, ...path] = name.replaceAll('[]', '.[]').split('.');
  const category = rest.category === undefined ? 'user.content' : rest.category;
  return {
    name,
    at: { column, path },
    type: typeOf(kind),
    nullable: true,
    category,
    personal: category?.startsWith('user') ?? false,
    identifier: null,
    of: null,
    relation: null,
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
    ...rest,
  };
}

export const identifier = (type: string) => ({ type, match: null, encoding: null });

export function collection(id: string, facts: Partial<Collection> = {}): Collection {
  const [source = '', name = ''] = id.split('.');
  return {
    id,
    source,
    name,
    table: name,
    label: null,
    key: ['id'],
    keyKind: 'declared',
    subject: null,
    fields: [],
    references: [],
    information: TOLD,
    systemColumns: ['id'],
    ignoredColumns: [],
    unmappedColumns: [],
    erase: null,
    retain: [],
    disable: null,
    restrict: null,
    unsearchable: null,
    ...facts,
  };
}

export function reference(from: string, column: string, to: string, relation: Relation): Reference {
  return {
    id: `${from}.${column}`,
    from,
    fields: [{ column, path: [] }],
    to,
    on: [{ column: 'id', path: [] }],
    when: [],
    relation,
    onErase: 'clear',
  };
}

export function source(name: string, facts: Partial<SourceEntry> = {}): SourceEntry {
  return {
    name,
    connector: 'memory',
    label: null,
    timezone: 'Europe/Stockholm',
    unmappedTables: [],
    ...facts,
  };
}

export function mapOf(collections: readonly Collection[], sources?: readonly SourceEntry[]): DataMap {
  return {
    controller: {
      name: 'Onefin AB',
      contact: 'contact@example.com',
      authority: { name: 'Integritetsskyddsmyndigheten (IMY)', url: 'https://www.imy.se' },
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
    identifiers: {},
    sources: sources ?? [...new Set(collections.map((entry) => entry.source))].map((name) => source(name)),
    collections,
    hash: 'sha256:0000',
  };
}

export interface RowFacts {
  readonly key?: Key;
  readonly role?: ExtractRow['role'];
  readonly leads?: readonly string[];
  /** By column; absent: null. */
  readonly values: Readonly<Record<string, Value>>;
}

export function rowsOf(
  entry: Collection,
  rows: readonly RowFacts[],
  columns = columnsOf(entry),
): ExtractRow[] {
  return rows.map(({ key, role = 'own', leads = [], values }) => ({
    key: key ?? entry.key.map((part) => values[part] as string),
    role,
    leads,
    values: columns.map((column) => values[column] ?? null),
  }));
}

export function contentsOf(
  entry: Collection,
  facts: readonly RowFacts[],
  types: Readonly<Record<string, FieldKind>> = {},
): CollectionContents {
  const columns = columnsOf(entry);
  const rows = rowsOf(entry, facts);
  const of = (mention: boolean) => rows.filter(({ role }) => (role === 'mention') === mention);
  const count = (role: ExtractRow['role']) => rows.filter((row) => row.role === role).length;
  async function* batches(all: readonly ExtractRow[]) {
    for (let at = 0; at < all.length; at += 500) yield all.slice(at, at + 500);
  }
  return {
    collection: entry.id,
    counts: { own: count('own'), shared: count('shared'), mention: count('mention') },
    columns,
    types: columns.map((column) => {
      const kind = types[column];
      return kind === undefined ? null : typeOf(kind);
    }),
    rows: () => batches(of(false)),
    mentions: () => batches(of(true)),
  };
}

/** A stored text is theirs when it is one of these. */
export function theirs(...values: readonly string[]): ExtractInput['isTheirs'] {
  return (_type, stored) => values.some((value) => value.toLowerCase() === stored.toLowerCase());
}

export function inputOf(map: DataMap, facts: Partial<ExtractInput> = {}): ExtractInput {
  return {
    request: 'R-2026-0001',
    created: '2026-11-22T14:03:00+01:00',
    language: 'sv',
    formats: ['json', 'csv'],
    tool: 'dsr 0.1.0',
    map,
    identifiers: [{ type: 'email', value: 'anna@example.se', strength: 'strong', from: 'operator' }],
    sources: map.sources.map(({ name }) => ({ source: name, status: 'searched' })),
    contents: map.collections.map((entry) => contentsOf(entry, [])),
    hidden: [],
    withheld: [],
    earlierExtracts: [],
    isTheirs: theirs('anna@example.se'),
    ...facts,
  };
}
