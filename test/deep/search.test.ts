import { describe, expect, it } from 'vitest';
import { deepTables } from '../../src/deep/columns.js';
import { type DeepInput, deepSearch } from '../../src/deep/search.js';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import type { Catalog, CollectionInfo } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import type { Identifier } from '../../src/model/subject.js';
import { clock } from '../identity/people.js';
import { catalogOf, connectorsOf, mapOf, type World } from '../support/world.js';

const ANNA: Identifier = { type: 'email', value: 'anna@example.se' };
const world: World = {
  'crm.people': {
    subject: true,
    identifiers: { email: { type: 'email' } },
    rows: [
      { id: 1, email: 'anna@example.se', note: 'x' },
      { id: 2, email: 'joanna@example.se', note: 'ring anna@example.se' },
    ],
  },
  'crm.audit': {
    outside: true,
    rows: [
      { id: 1, statement: "insert into people values (1, 'anna@example.se')", by: 'anna@example.se' },
      { id: 2, statement: 'select 1', by: null },
    ],
  },
  'web.visits': { outside: true, rows: [{ id: 1, url: '/?to=anna%40example.se' }] },
};
const types = identifierTypes({ customer_no: {} }, { clock });

type Changed = Partial<Omit<DeepInput, 'catalogs'>> & {
  readonly catalogs?: (source: string, catalog: Catalog) => Catalog;
};

async function search({ catalogs = (_, each) => each, ...changed }: Changed = {}) {
  const map = mapOf(world);
  const connectors = connectorsOf(world);
  const signal = new AbortController().signal;
  const readers = new Map(
    await Promise.all(
      [...connectors].map(
        async ([source, each]) => [source, await each.reader({ signal, timeoutMs: 60_000 })] as const,
      ),
    ),
  );
  const sources = [...connectors.keys()];
  const found = await deepSearch({
    map,
    types,
    identifiers: [ANNA],
    catalogs: new Map(sources.map((source) => [source, catalogs(source, catalogOf(world, source))])),
    readers,
    statuses: sources.map((source) => ({ source, status: 'searched' })),
    isKnown: ({ table, key }) => table === 'people' && key[0] === 1,
    signal,
    ...changed,
  });
  return { found, queries: [...connectors.values()].reduce((sum, { queries }) => sum + queries, 0) };
}

const place = (source: string, table: string, column: string, collection: string | null = null) => ({
  ...{ source, table, collection, column, records: 1, mapped: collection !== null },
});
const PLACES = [
  place('crm', 'people', 'note', 'crm.people'),
  place('crm', 'audit', 'statement'),
  place('crm', 'audit', 'by'),
  place('web', 'visits', 'url'),
];
/** In `audit` both columns of one record tell. */
const RECORDS = [...PLACES.slice(0, 2), ...PLACES.slice(3)].map(({ source, table, collection, records }) => ({
  ...{ source, table, collection, records },
}));

describe('a search through all tables', () => {
  it('tells of every place but those that are known, in one pass a table', async () => {
    const seen: string[] = [];
    const { found, queries } = await search({
      onTable: ({ source, name }, done, of) => seen.push(`${source}.${name} ${done} of ${of}`),
    });
    expect(found).toEqual({
      complete: true,
      places: PLACES,
      records: RECORDS,
      tables: 3,
      unsearched: [],
      warnings: [],
    });
    expect(queries).toBe(3);
    expect(seen).toHaveLength(3);
    expect(seen).toContain('crm.people 0 of 3');
  });

  it('reports nothing where nothing is', async () => {
    const { found } = await search({ identifiers: [{ type: 'email', value: 'eva@example.se' }] });
    expect(found).toEqual({
      complete: true,
      places: [],
      records: [],
      tables: 3,
      unsearched: [],
      warnings: [],
    });
  });

  it('asks a source only for what may hold one, and for columns that can', () => {
    const info = (kind: 'text' | 'bytes' | 'date' | 'integer', name: string) => ({
      ...{ name, nullable: true, generated: false, hasDefault: false, comment: null },
      type: { kind, native: kind, length: null },
    });
    const catalog = catalogOf(world, 'web');
    const [visits] = catalog.collections;
    const table: CollectionInfo = {
      ...(visits as CollectionInfo),
      fields: [
        ...[info('integer', 'id'), info('text', 'a'), info('bytes', 'b'), info('date', 'c')],
        ...[info('integer', 'personId'), info('integer', 'paid')],
      ],
    };
    const view: CollectionInfo = { ...table, id: 'shown', kind: 'view' };
    const loose = deepTables(mapOf(world), 'web', { collections: [table], loose: true });
    expect(loose.flatMap(({ columns }) => columns.map(({ name }) => name))).toEqual(
      table.fields.map(({ name }) => name),
    );
    const tables = deepTables(mapOf(world), 'web', { collections: [table, view] });
    const told = tables.flatMap(({ name, columns }) =>
      columns.map((column) => [name, column.name, column.numeric, column.counts]),
    );
    expect(told).toEqual([
      ['visits', 'id', true, true],
      ['visits', 'a', false, false],
      ['visits', 'personId', true, true],
      ['visits', 'paid', true, false],
    ]);
  });

  it('names what it could not see, and goes on with the rest', async () => {
    const { found } = await search({
      catalogs: (source, catalog) => ({
        collections: catalog.collections.map((info) =>
          info.id === 'audit'
            ? { ...info, unreadable: ['by'] }
            : info.id === 'people'
              ? { ...info, hidden: 'row-level security applies to this role' }
              : info,
        ),
        ...(source === 'web' ? { unseen: 'grants are partial', hidden: ['secret'] } : {}),
      }),
    });
    expect(found.unsearched).toEqual([
      { source: 'web', table: null, why: 'grants are partial' },
      { source: 'web', table: null, why: 'no right to use the schema secret' },
      { source: 'crm', table: 'people', why: 'row-level security applies to this role' },
      { source: 'crm', table: 'audit', why: 'no right to read by' },
    ]);
    expect(found.places).toEqual(PLACES.filter(({ column }) => column !== 'by'));
    expect(found).toMatchObject({ complete: false, tables: 1 });
  });

  it('names sources that do not answer, cannot be searched through, or end on the way', async () => {
    const connectors = connectorsOf(world);
    const signal = new AbortController().signal;
    const crm = await connectors.get('crm')?.reader({ signal, timeoutMs: 60_000 });
    const { scan: _, ...unscannable } = crm ?? {};
    const none = await search({
      readers: new Map([['crm', unscannable as never]]),
      statuses: [
        { source: 'crm', status: 'searched' },
        { source: 'web', status: 'unreachable', error: 'web: no answer within 60 s' },
      ],
    });
    expect(none.found).toMatchObject({ complete: false, tables: 0, places: [] });
    expect(none.found.unsearched).toEqual([
      { source: 'crm', table: null, why: 'its connector can only be asked for what the map names' },
      { source: 'web', table: null, why: 'web: no answer within 60 s' },
    ]);
    const failing = {
      ...crm,
      // biome-ignore lint/correctness/useYield: it fails before it could
      async *scan() {
        throw new DsrError('transient', 'crm: no answer within 60 s');
      },
    };
    const late = await search({ readers: new Map([['crm', failing as never]]) });
    expect(late.found.unsearched).toEqual([
      { source: 'web', table: null, why: 'it could not be read' },
      { source: 'crm', table: 'people', why: 'crm: no answer within 60 s' },
      { source: 'crm', table: 'audit', why: 'crm: no answer within 60 s' },
    ]);
  });

  it('ends when it is cancelled, and by a bug of a connector', async () => {
    const controller = new AbortController();
    controller.abort(new DsrError('cancelled', 'cancelled'));
    await expect(search({ signal: controller.signal })).rejects.toMatchObject({ kind: 'cancelled' });
    const broken = {
      // biome-ignore lint/correctness/useYield: it fails before it could
      async *scan() {
        throw new DsrError('internal', 'a bug');
      },
    };
    await expect(search({ readers: new Map([['crm', broken as never]]) })).rejects.toMatchObject({
      kind: 'internal',
    });
  });

  it('is not complete without a strong identifier, and says which ones texts were not searched for', async () => {
    const weak = await search({ identifiers: [{ type: 'phone', value: '+46701740605' }] });
    expect(weak.found).toMatchObject({ complete: false, tables: 0 });
    expect(weak.found.unsearched[0]?.why).toMatch(/no strong identifier/);
    const short = await search({
      identifiers: [
        { type: 'customer_no', value: '101' },
        { type: 'username', value: 'anna' },
      ],
    });
    expect(short.found.warnings).toEqual([
      expect.stringMatching(/customer_no.*columns that are called/),
      expect.stringMatching(/username.*whole value/),
    ]);
    expect(JSON.stringify(short.found.warnings)).not.toMatch(/101|'anna/);
  });
});
