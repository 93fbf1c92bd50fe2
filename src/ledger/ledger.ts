import type { Clock } from '../model/clock.js';
import { DsrError } from '../model/error.js';
import type { RequestId, Tag } from '../model/request.js';
import type { Store } from '../store/database.js';
import { migrate } from '../store/migrate.js';
import { canonicalBody, chainHash, FIRST, type Link } from './chain.js';
import type { Entry, LedgerMade, NewEntry, Recorded } from './entry.js';
import { ledgerFiles, openLedgerStore, readLedgerKey } from './files.js';
import { type Head, readHead, writeHead } from './head.js';
import { checkImpersonal } from './impersonal.js';
import type { LedgerKey } from './key.js';
import { hasEntries, ledgerSteps, REQUEST } from './schema.js';

export interface Ledger {
  /**
   * Adds one entry and returns its number. It is on the disk when this returns. Safe with other
   * processes at the same time.
   *
   * @throws DsrError transient: locked · ledger: entries at the end are gone, nothing is added.
   */
  append(entry: NewEntry): number;
  /** The same for many, all or none, for the price of one. */
  appendAll(entries: readonly NewEntry[]): readonly number[];
  /** HMAC-SHA-256, hex, of a normalised identifier. The same value under two types has two tags. */
  subjectTag(type: string, value: string): Tag;
  /** HMAC-SHA-256, hex, of a record: Collection.id and keyText(key). */
  recordTag(collection: string, key: string): Tag;
  planSalt(): Tag;
  /** In order, a window at a time, so that nobody waits for a slow reader. */
  links(filter?: LinkFilter): Iterable<Link>;
  /** The highest NNNN of this year's `R-YYYY-NNNN` that any entry names; 0: none. */
  highestRequest(year: number): number;
  head(): Head;
  close(): void;
}

export interface LinkFilter {
  readonly request?: RequestId;
  /** Only entries after this number. */
  readonly after?: number;
}

const WINDOW = 1_000;

/**
 * Opens the ledger in `dir` (a workspace's `.dsr`), making it where there is none yet. `busyTimeoutMs`:
 * how long another process's lock is waited for.
 *
 * @throws DsrError ledger: its key or head is missing or another's, or its end was cut off ·
 * transient: locked, no space · config: no access.
 */
export async function openLedger(
  dir: string,
  clock: Clock,
  options: { readonly busyTimeoutMs?: number } = {},
): Promise<Ledger> {
  const files = ledgerFiles(dir);
  const key = readLedgerKey(files, true);
  const store = await openLedgerStore(files, options);
  try {
    // A table that is gone is not made anew.
    checkEnd(store, readHead(files.head, key));
    makeLedger(store, key, clock);
    checkKey(store, key);
    return ledgerOver(store, key, files.head, clock);
  } catch (error) {
    store.close();
    throw error;
  }
}

function ledgerOver(store: Store, key: LedgerKey, headFile: string, clock: Clock): Ledger {
  const appendAll = (entries: readonly NewEntry[]) => {
    const numbers = store.transaction(() => {
      // Before the head moves on: it must not paper over entries that were cut off.
      checkEnd(store, readHead(headFile, key));
      return entries.map((entry) => add(store, entry, clock));
    });
    advanceHead(store, headFile, key);
    return numbers;
  };
  return {
    append: (entry) => appendAll([entry])[0] ?? 0,
    appendAll,
    subjectTag: key.subjectTag,
    recordTag: key.recordTag,
    planSalt: key.planSalt,
    links: (filter = {}) => links(store, filter),
    highestRequest: (year) => highestRequest(store, year),
    head: () => endOf(store),
    close: store.close,
  };
}

/** The tables and the first entry, once, whichever process comes first. */
function makeLedger(store: Store, key: LedgerKey, clock: Clock): void {
  migrate(store, 'the ledger', ledgerSteps);
  store.transaction(() => {
    if (endOf(store).count === 0) add(store, { kind: 'ledger', format: 1, key: key.check() }, clock);
  });
}

function add(store: Store, entry: NewEntry | LedgerMade, clock: Clock): number {
  const recorded: Recorded = {
    ...entry,
    at: clock.now().toISOString(),
    ...(clock.rehearsed ? { rehearsed: true } : {}),
  };
  checkImpersonal(recorded);
  const body = canonicalBody(recorded);
  const end = endOf(store);
  const seq = end.count + 1;
  store.run('insert into entries (seq, body, hash) values (?, ?, ?)', seq, body, chainHash(end.hash, body));
  return seq;
}

/** Under the write lock, so that heads are written one after the other and never go back. */
function advanceHead(store: Store, file: string, key: LedgerKey): void {
  try {
    store.transaction(() => writeHead(file, key, endOf(store)));
  } catch (error) {
    // The entries are safe; the next append, which is what holds the lock, brings the head along.
    if (!(error instanceof DsrError) || error.kind !== 'transient') throw error;
  }
}

function endOf(store: Store): Head {
  return (
    store.get<Head>('select seq as count, hash from entries order by seq desc limit 1') ?? {
      count: 0,
      hash: FIRST,
    }
  );
}

function checkKey(store: Store, key: LedgerKey): void {
  const body = store.get<{ body: string }>('select body from entries where seq = 1')?.body;
  if (body?.includes(`"key":"${key.check()}"`) === true) return;
  throw new DsrError('ledger', `entry 1 of the ledger was not made with this ledger.key: ${store.file}`, {
    place: store.file,
    hint: 'restore ledger.db, ledger.key and ledger.head together, from one backup',
  });
}

/** @throws DsrError ledger: the entry that the head names is not there, or is another. */
export function checkEnd(store: Store, head: Head): void {
  if (head.count === 0) return;
  const there = hasEntries(store);
  const found = there
    ? store.get<{ hash: string }>('select hash from entries where seq = ?', head.count)
    : undefined;
  if (found?.hash === head.hash) return;
  const end = there ? endOf(store).count : 0;
  const what =
    found === undefined
      ? `entry ${end + 1} and what follows, up to ${head.count}, are missing`
      : `entry ${head.count} is not the one that was written`;
  throw new DsrError('ledger', `the ledger does not verify: ${what} (${store.file})`, {
    place: store.file,
    hint: 'restore ledger.db and ledger.head from the newest backup, or compare with an earlier `dsr ledger export`',
  });
}

function* links(store: Store, filter: LinkFilter): Generator<Link> {
  const where = filter.request === undefined ? '' : `and ${REQUEST} = ?`;
  const sql = `select seq, body, hash from entries where seq > ? ${where} order by seq limit ${WINDOW}`;
  const request = filter.request === undefined ? [] : [filter.request];
  let after = filter.after ?? 0;
  for (;;) {
    const window = store.all<Link>(sql, after, ...request);
    yield* window;
    const last = window.at(-1);
    if (last === undefined || window.length < WINDOW) return;
    after = last.seq;
  }
}

function highestRequest(store: Store, year: number): number {
  const sql = `select max(cast(substr(${REQUEST}, 8) as integer)) as highest from entries
    where ${REQUEST} >= ? and ${REQUEST} < ?`;
  // '.' follows '-' in ASCII.
  return store.get<{ highest: number | null }>(sql, `R-${year}-`, `R-${year}.`)?.highest ?? 0;
}

/** The body of a link as an entry. Verified or not, it is what stands there. */
export function entryOf(link: Link): Recorded<Entry> {
  return JSON.parse(link.body) as Recorded<Entry>;
}
