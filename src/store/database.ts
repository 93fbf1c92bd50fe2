import type BetterSqlite from 'better-sqlite3';
import type { ErrorKind } from '../model/error.js';
import { storeError } from './error.js';
import { privateFile } from './private-file.js';

export type Bound = string | number | bigint | null | Uint8Array;

/** A private SQLite file. Every method throws a DsrError that names the file and never a value. */
export interface Store {
  readonly file: string;
  get<Row>(sql: string, ...bound: readonly Bound[]): Row | undefined;
  all<Row>(sql: string, ...bound: readonly Bound[]): readonly Row[];
  /** Rows changed. */
  run(sql: string, ...bound: readonly Bound[]): number;
  /** Several statements, without parameters. */
  exec(sql: string): void;
  /** The write lock from the start (BEGIN IMMEDIATE); commits, or rolls back when `work` throws. Nests by joining. */
  transaction<T>(work: () => T): T;
  close(): void;
}

export interface StoreOptions {
  readonly file: string;
  /** As messages call it: `the ledger`. */
  readonly name: string;
  /** Deleted content is overwritten with zeros. */
  readonly secureDelete?: boolean;
  /** What a damaged file means to the operator. Default: config. */
  readonly damaged?: ErrorKind;
  /** How long another process's lock is waited for. */
  readonly busyTimeoutMs?: number;
  /** Only looked at: the file is there, and its mode stays as it is. */
  readonly asItIs?: boolean;
}

/**
 * Opens the file, creating it with mode 0600 where it is missing.
 *
 * The rollback journal, not WAL: all there is stands in one file, which can be copied, scanned, and read
 * from write-protected media. `synchronous = extra` also syncs the folder once the journal is gone;
 * with `full` a power cut could bring back the journal and with it undo a commit.
 *
 * @throws DsrError transient: another process holds the lock, no space · config: no access · or of the
 * kind `damaged`.
 */
export async function openDatabase(options: StoreOptions): Promise<Store> {
  const { default: Database } = await import('better-sqlite3');
  if (options.asItIs !== true) privateFile(options.file, options.name);
  const { name, file, damaged = 'config' } = options;
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw storeError(error, { name, file, damaged });
    }
  };
  const timeout = options.busyTimeoutMs ?? 10_000;
  const db = guard(() => new Database(options.file, { fileMustExist: true, timeout }));
  try {
    guard(() => settle(db, options.secureDelete ?? false));
  } catch (error) {
    db.close();
    throw error;
  }
  return storeOver(db, options.file, guard);
}

function settle(db: BetterSqlite.Database, secureDelete: boolean): void {
  // A file that somebody else wrote must not run functions from its own schema.
  db.pragma('trusted_schema = off');
  db.pragma('cell_size_check = on');
  db.pragma('foreign_keys = on');
  db.pragma('synchronous = extra');
  // Nothing of what is in here may reach the system's folder for temporary files.
  db.pragma('temp_store = memory');
  db.pragma(`secure_delete = ${secureDelete ? 'on' : 'off'}`);
  // The first read of the file: what is not a database is told here.
  db.pragma('schema_version');
}

function storeOver(db: BetterSqlite.Database, file: string, guard: <T>(work: () => T) => T): Store {
  const statements = new Map<string, BetterSqlite.Statement<Bound[]>>();
  const prepare = (sql: string) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = db.prepare<Bound[]>(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    file,
    get: <Row>(sql: string, ...bound: readonly Bound[]) =>
      guard(() => prepare(sql).get(...bound) as Row | undefined),
    all: <Row>(sql: string, ...bound: readonly Bound[]) =>
      guard(() => prepare(sql).all(...bound) as readonly Row[]),
    run: (sql, ...bound) => guard(() => prepare(sql).run(...bound).changes),
    exec: (sql) => {
      guard(() => db.exec(sql));
    },
    transaction<T>(work: () => T): T {
      if (db.inTransaction) return work();
      guard(() => db.exec('begin immediate'));
      try {
        const result = work();
        guard(() => db.exec('commit'));
        return result;
      } finally {
        // Still open: `work` threw, or the commit did.
        if (db.inTransaction) guard(() => db.exec('rollback'));
      }
    },
    close: () => {
      db.close();
    },
  };
}
