import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

type Cells = Readonly<Record<string, unknown>>;

/**
 * Every row of the work file, by table, as far as it does not say in how many tries it came about: a
 * resume draws up what is left as a plan of its own, so that plans and commits are told as one.
 */
export function workOf(folder: string): readonly string[] {
  return reading(join(folder, '.dsr', 'work.db'), (work) => {
    const tables = work
      .prepare(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite%' order by name",
      )
      .pluck()
      .all() as readonly string[];
    return tables.flatMap((table) => {
      const rows = work.prepare(`select * from "${table}"`).all() as readonly Cells[];
      const told = rows.flatMap((row) => tell(table, row));
      return [...(COUNTED_ONCE.has(table) ? new Set(told) : told)].sort();
    });
  });
}

const COUNTED_ONCE = new Set(['plans', 'commits']);

/** What tells tries apart: numbers of requests, events and plans, and what a plan's hash stands in. */
const TRIES: Readonly<Record<string, readonly string[]>> = {
  plans: ['hash', 'file', 'places'],
  commits: ['hash', 'digest'],
};

function tell(table: string, row: Cells): readonly string[] {
  // By one that was never applied at most a login ended; the next one says the rest.
  if (table === 'plans' && row.applied === null) return [];
  const left = ['seq', 'number', 'year', ...(TRIES[table] ?? [])];
  const cells = Object.entries(row).flatMap(([name, value]) => (left.includes(name) ? [] : [text(value)]));
  return [`${table} ${cells.join('|')}`];
}

function text(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);
}

/** Files under `.dsr` of which the work file does not know: nobody would ever remove them. */
export function straysOf(folder: string): readonly string[] {
  const known = reading(
    join(folder, '.dsr', 'work.db'),
    (work) => work.prepare('select file from plans').pluck().all() as readonly string[],
  );
  return ['plans', 'extracts', 'tmp'].flatMap((room) => {
    const path = join(folder, '.dsr', room);
    const files = existsSync(path) ? readdirSync(path) : [];
    return files.filter((file) => room !== 'plans' || !known.includes(file)).map((file) => `${room}/${file}`);
  });
}

/** An entry of the ledger, as it stands in its body. */
export interface Entry {
  readonly seq: number;
  readonly kind: string;
  readonly request: string | null;
  readonly action?: string;
  readonly intent?: number;
  readonly source?: string;
  readonly outcome?: string;
  readonly plan?: string | null;
  readonly records?: Readonly<Record<string, number>>;
  readonly [more: string]: unknown;
}

export function ledgerOf(folder: string): readonly Entry[] {
  return reading(join(folder, '.dsr', 'ledger.db'), (ledger) => {
    const rows = ledger.prepare('select seq, body from entries order by seq').all() as {
      readonly seq: number;
      readonly body: string;
    }[];
    return rows.map(({ seq, body }) => ({ ...(JSON.parse(body) as Entry), seq }));
  });
}

/** Nothing where the file is not there. */
function reading<T>(file: string, use: (db: Database.Database) => readonly T[]): readonly T[] {
  if (!existsSync(file)) return [];
  const db = new Database(file);
  try {
    return use(db);
  } finally {
    db.close();
  }
}
