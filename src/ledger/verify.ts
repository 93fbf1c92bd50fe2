import { existsSync } from 'node:fs';
import { DsrError } from '../model/error.js';
import type { Store } from '../store/database.js';
import { chainHash, FIRST, isCanonical } from './chain.js';
import { ledgerExists, ledgerFiles, openLedgerStore, readLedgerKey } from './files.js';
import { type Head, readHead } from './head.js';
import type { LedgerKey } from './key.js';
import { checkEnd } from './ledger.js';
import { hasEntries, TRIGGERS } from './schema.js';

export interface Verified {
  readonly entries: number;
  /** Hash of the last entry: who keeps it elsewhere can tell later that nothing before it changed. */
  readonly head: string;
}

interface Row {
  readonly seq: unknown;
  readonly body: Uint8Array | null;
  readonly hash: unknown;
}

const WINDOW = 1_000;

/**
 * Recomputes the whole chain from the bytes in the file, then holds it against the head record.
 * A ledger that was never begun has 0 entries and holds. Changes nothing.
 *
 * @throws DsrError ledger, naming the first entry that does not hold · transient: locked.
 */
export async function verifyLedger(dir: string): Promise<Verified> {
  if (!ledgerExists(dir)) return { entries: 0, head: FIRST };
  const files = ledgerFiles(dir);
  const key = readLedgerKey(files, false);
  // Read first: the chain may grow meanwhile, the head must not be newer than what is looked at.
  const head = readHead(files.head, key);
  // Made before its database is; that one is not made by looking.
  if (!existsSync(files.db)) return { entries: 0, head: FIRST };
  const store = await openLedgerStore(files, { asItIs: true });
  try {
    const verified = hasEntries(store) ? verifyChain(store, key) : { entries: 0, head: FIRST };
    checkEnd(store, head);
    if (verified.entries > 0) checkTriggers(store, verified);
    return verified;
  } finally {
    store.close();
  }
}

function verifyChain(store: Store, key: LedgerKey): Verified {
  let end: Head = { count: 0, hash: FIRST };
  for (const row of rows(store)) {
    const seq = end.count + 1;
    const problem = problemOf(row, seq, end.hash, key);
    if (problem !== null) throw broken(store, seq, problem);
    end = { count: seq, hash: String(row.hash) };
  }
  return { entries: end.count, head: end.hash };
}

function problemOf(row: Row, seq: number, previous: string, key: LedgerKey): string | null {
  if (row.seq !== seq) return 'it is missing';
  if (row.body === null) return 'it has no body';
  if (row.hash !== chainHash(previous, row.body)) {
    return 'its hash does not follow from its body and the hash before it';
  }
  if (!isCanonical(row.body)) return 'its body is not canonical JSON';
  if (seq === 1 && !Buffer.from(row.body).includes(`"key":"${key.check()}"`)) {
    return 'it was made with another ledger.key';
  }
  return null;
}

/** By number, from the lowest there is: numbers below 1 are found, too. */
function* rows(store: Store): Generator<Row> {
  const columns = 'seq, cast(body as blob) as body, hash';
  let window = store.all<Row>(`select ${columns} from entries order by seq limit ${WINDOW}`);
  while (window.length > 0) {
    yield* window;
    // Up to here every number held, so it is one.
    const last = Number(window.at(-1)?.seq);
    window = store.all<Row>(
      `select ${columns} from entries where seq > ? order by seq limit ${WINDOW}`,
      last,
    );
  }
}

function checkTriggers(store: Store, verified: Verified): void {
  const found = store.all<{ name: string }>(
    `select name from sqlite_schema where type = 'trigger' and tbl_name = 'entries'`,
  );
  const gone = TRIGGERS.filter((name) => !found.some((one) => one.name === name));
  if (gone.length === 0) return;
  throw new DsrError(
    'ledger',
    `the ${verified.entries} entries of the ledger hold together, but what makes the table append-only was removed: ${gone.join(', ')} (${store.file})`,
    {
      place: store.file,
      hint: 'somebody opened the file with another tool; compare with an earlier `dsr ledger export`',
    },
  );
}

function broken(store: Store, seq: number, problem: string): DsrError {
  const before = seq === 1 ? '' : ` Entries 1 to ${seq - 1} hold.`;
  return new DsrError('ledger', `the ledger does not verify at entry ${seq}: ${problem}.${before}`, {
    place: `${store.file}: entry ${seq}`,
    hint: 'compare with an earlier `dsr ledger export` or a backup of .dsr to see what was changed',
  });
}
