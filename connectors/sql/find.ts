import type { Found, Hit, Query } from '../../src/connector/contract.js';
import { CHUNK, keySetOf } from '../../src/connector/key-set.js';
import { DsrError } from '../../src/model/error.js';
import type { Key } from '../../src/model/value.js';
import { type Asking, asking, branch, together } from './branch.js';
import { keyPartOf } from './decode.js';
import type { SqlDialect } from './dialect.js';
import type { Sql } from './fragment.js';
import { openHits } from './hits.js';
import { type Chunk, coercedChunks } from './keys.js';
import { type Layout, layoutOf, recordReader } from './layout.js';
import { byRecord, hitRow, hitsOf, identityText, recordsOf } from './merge.js';
import type { Raw, Row, Session } from './session.js';
import { type Column, columnOf, type Table } from './table.js';

export interface Finding<C extends Column> {
  readonly dialect: SqlDialect<C>;
  readonly session: Session;
  readonly table: Table<C>;
  readonly query: Query;
  /** The folder for the scratch file. */
  readonly scratch: string;
  /** Whether all statements see the same: false in a writer, where records may go meanwhile. */
  readonly frozen: boolean;
  readonly signal: AbortSignal;
}

/**
 * The records that match, each once, in one of three ways, all flat in memory:
 * - one match whose keys no record can share: a statement a chunk, rows as they come;
 * - few keys over all matches, or a table whose rows have no address: one statement, ordered by
 *   record at the source, so that a record's rows stand together;
 * - else: hits alone first, brought together in a private scratch file, then the records by their identity.
 */
export async function* findRecords<C extends Column>(work: Finding<C>): AsyncIterable<readonly Found[]> {
  const { dialect, table, query } = work;
  const all = query.matches.map((match, index) => asking(dialect, table, match, index));
  const layout = layoutOf(table, query);
  const read = readerOf(work, layout);
  const live = all.filter(({ conditions, match }) => conditions !== null && match.keys.size > 0);
  const keys = live.reduce((sum, { match }) => sum + match.keys.size, 0);
  const [only] = live;
  if (only === undefined) return;
  const counted = only.copyPart !== null || layout.tellsCopies;
  if (live.length === 1 && !counted && hitOnce(only)) yield* apart(work, only, layout, read);
  else if (keys <= CHUNK || layout.copies) yield* inOne(work, live, layout, read);
  else yield* overScratch(work, live, layout, read);
}

/** Whether no record can come twice: no two keys fit one record, or there is one key and one value. */
function hitOnce<C extends Column>({ exclusive, match, probes }: Asking<C>): boolean {
  return exclusive || (match.keys.size === 1 && probes.every(({ elements }) => elements === null));
}

/** Records a batch, where the source does not say. */
const BATCH = 1_000;

type ReadRow = (row: Row, copy: string | null, hits: readonly Hit[]) => Found;

function readerOf<C extends Column>({ dialect, table, query }: Finding<C>, layout: Layout): ReadRow {
  const read = recordReader(dialect, table, query, layout);
  return (row, copy, matched) => {
    const { key, values } = read(row, copy);
    return { key, values, matched };
  };
}

async function* apart<C extends Column>(
  { dialect, session, signal }: Finding<C>,
  only: Asking<C>,
  layout: Layout,
  read: ReadRow,
): AsyncIterable<readonly Found[]> {
  for (const chunk of coercedChunks(only.match.keys, only, CHUNK)) {
    const chunks = new Map([[only.index, chunk]]);
    const statement = branch(dialect, only, chunk, layout.columns);
    for await (const batch of session.stream(statement, signal)) {
      yield batch.map((row) => read(row, null, hitsOf(hitRow(row), chunks, null)));
    }
  }
}

async function* inOne<C extends Column>(
  { dialect, session, signal }: Finding<C>,
  live: readonly Asking<C>[],
  layout: Layout,
  read: ReadRow,
): AsyncIterable<readonly Found[]> {
  const chunks = new Map<number, Chunk>();
  const branches: Sql[] = [];
  for (const one of live) {
    for (const chunk of coercedChunks(one.match.keys, one, Math.max(one.match.keys.size, 1))) {
      chunks.set(one.index, chunk);
      branches.push(branch(dialect, one, chunk, layout.columns));
    }
  }
  if (branches.length === 0) return;
  const rows = session.stream(together(branches, layout.identity), signal);
  let found: Found[] = [];
  for await (const groups of byRecord(rows, layout.identity)) {
    for (const group of groups) {
      for (const record of recordsOf(group, chunks, layout.copies, read)) {
        found.push(record);
        if (found.length < BATCH) continue;
        yield found;
        found = [];
      }
    }
  }
  if (found.length > 0) yield found;
}

async function* overScratch<C extends Column>(
  work: Finding<C>,
  live: readonly Asking<C>[],
  layout: Layout,
  read: ReadRow,
): AsyncIterable<readonly Found[]> {
  const { dialect, session, signal, table } = work;
  const scratch = await openHits(work.scratch);
  try {
    const inOrder = table.identity.map((_name, at) => at);
    for (const one of live) {
      for (const chunk of coercedChunks(one.match.keys, one, CHUNK)) {
        const chunks = new Map([[one.index, chunk]]);
        for await (const batch of session.stream(branch(dialect, one, chunk, table.identity), signal)) {
          scratch.add(
            batch.flatMap((row) => {
              const record = identityText(row, inOrder);
              return hitsOf(hitRow(row), chunks, null).map((hit) => ({ record, hit }));
            }),
          );
        }
      }
    }
    let some: { readonly key: Key; readonly hits: readonly Hit[] }[] = [];
    for (const { record, hits } of scratch.records()) {
      some.push({ key: identityKey(work, record), hits });
      if (some.length < CHUNK) continue;
      yield* byIdentity(work, some, layout, read);
      some = [];
    }
    if (some.length > 0) yield* byIdentity(work, some, layout, read);
  } finally {
    scratch.close();
  }
}

/** From the raw identity, as the scratch file holds it, to a key that can be asked for. */
function identityKey<C extends Column>({ dialect, table }: Finding<C>, record: string): Key {
  const parts = JSON.parse(record) as readonly (string | null)[];
  return table.identity.map((name, at) => {
    const { type } = columnOf(table, name);
    const raw: Raw = parts[at] ?? null;
    if (type.kind === 'bytes') return raw ?? '';
    return keyPartOf(dialect.decoder(type)(raw), name, table.info.id);
  });
}

async function* byIdentity<C extends Column>(
  { dialect, session, signal, table, frozen }: Finding<C>,
  some: readonly { readonly key: Key; readonly hits: readonly Hit[] }[],
  layout: Layout,
  read: ReadRow,
): AsyncIterable<readonly Found[]> {
  const match = {
    fields: table.identity.map((column) => ({ column, path: [] })),
    mode: 'exact' as const,
    keys: keySetOf(some.map(({ key }) => key)),
    when: [],
  };
  const one = asking(dialect, table, match, 0);
  let told = 0;
  for (const chunk of coercedChunks(match.keys, one, CHUNK)) {
    for await (const batch of session.stream(branch(dialect, one, chunk, layout.columns), signal)) {
      told += batch.length;
      yield batch.map((row) => {
        const asked = chunk.asked[hitRow(row).ordinal - 1]?.[0];
        return read(row, null, some[asked?.key ?? -1]?.hits ?? []);
      });
    }
  }
  if (told !== some.length && !frozen) {
    throw new DsrError('conflict', `${table.info.id} was changed by others while it was read`, {
      hint: 'try again',
    });
  }
  if (told !== some.length) {
    throw new DsrError(
      'internal',
      `${table.info.id}: ${some.length - told} records were found but not read`,
      {
        hint: 'name its key in the map',
      },
    );
  }
}
