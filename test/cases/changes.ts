import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import type { TestDatabase } from '../harness/engines.js';
import type { CaseWorkspace } from './workspace.js';

export interface Action {
  readonly collection: string;
  readonly action: string;
  readonly records: number;
  readonly ground: string | null;
  readonly law: string | null;
  readonly until: string | null;
  readonly why: string | null;
  readonly fields: readonly string[];
}

/** contract.md §4. */
export interface ChangeDocument {
  readonly request: string | null;
  readonly complete: boolean;
  readonly applied: boolean;
  readonly planHash: string | null;
  readonly actions: readonly Action[];
  readonly verified: { readonly residual: number; readonly places: readonly unknown[] } | null;
  readonly outcomes: readonly {
    readonly source: string;
    readonly outcome: string;
    readonly error: string | null;
  }[];
  readonly incomplete: readonly string[];
  readonly warnings: readonly string[];
  readonly decisions: readonly { readonly id: string; readonly kind: string; readonly collection: string }[];
}

export interface Changed {
  readonly code: number;
  /** Empty where the call ended with an error. */
  readonly document: ChangeDocument;
  readonly stderr: string;
  /** Rows as they were and are no more, and rows that were not so before: `crm.users 1|anna@example.se|null`. */
  readonly gone: readonly string[];
  readonly came: readonly string[];
  /** `crm.users delete 1`, sorted. */
  readonly actions: readonly string[];
  /** Kinds of the entries that the call added to the ledger, in order. */
  readonly entries: readonly string[];
}

/** Every row of every table of every source, as text, sorted. */
export async function dump(world: CaseWorkspace): Promise<readonly string[]> {
  const rows: string[] = [];
  for (const [source, database] of Object.entries(world.databases)) {
    for (const { name, columns } of await tables(database)) {
      const cells = columns.map((column) => cell(database, column)).join(', ');
      const found = await database.exec(`select ${cells} from ${quotedTable(database, name)}`);
      for (const row of found) rows.push(`${source}.${name} ${Object.values(row).map(String).join('|')}`);
    }
  }
  return rows.sort();
}

const SYSTEM = "('pg_catalog', 'information_schema')";

async function tables(
  database: TestDatabase,
): Promise<readonly { readonly name: string; readonly columns: readonly string[] }[]> {
  const listed = await database.exec(
    database.engine === 'sqlite'
      ? "select m.name as t, c.name as c from sqlite_schema m join pragma_table_xinfo(m.name) c where m.type = 'table' and m.name not like 'sqlite%' order by m.rowid, c.cid"
      : `select concat(${database.engine === 'postgres' ? "case c.table_schema when 'public' then '' else concat(c.table_schema, '.') end, " : ''}c.table_name) as t, c.column_name as c
         from information_schema.columns c join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
         where t.table_type = 'BASE TABLE' and c.table_schema ${database.engine === 'postgres' ? `not in ${SYSTEM}` : '= database()'}
         order by 1, c.ordinal_position`,
  );
  const columns = new Map<string, string[]>();
  for (const { t, c } of listed) columns.set(String(t), [...(columns.get(String(t)) ?? []), String(c)]);
  return [...columns].map(([name, each]) => ({ name, columns: each }));
}

function quotedName({ engine }: TestDatabase, name: string): string {
  return engine === 'mysql' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`;
}

/** In PostgreSQL, tables beside `public` are listed with their schema. */
function quotedTable(database: TestDatabase, name: string): string {
  const parts = database.engine === 'postgres' && /^\w+\.\w+$/.test(name) ? name.split('.') : [name];
  return parts.map((part) => quotedName(database, part)).join('.');
}

/** As the engine writes it itself: what is equal here is equal to the last microsecond. */
function cell(database: TestDatabase, column: string): string {
  const name = quotedName(database, column);
  return `cast(${name} as ${database.engine === 'mysql' ? 'char' : 'text'}) as ${name}`;
}

/**
 * Calls a command that changes data and compares everything before and after. Holds every call to what is
 * true of all of them: nothing personal in the ledger or on stderr, and no source touched unannounced.
 *
 * @param personal what may appear nowhere outside the sources and `work.db`.
 */
export function changing(world: CaseWorkspace, personal: readonly string[]) {
  return async (...argv: readonly string[]): Promise<Changed> => {
    const before = await dump(world);
    const known = entriesOf(world).length;
    const { code, stdout, stderr } = await world.dsr(...argv, '--json');
    const after = await dump(world);
    const entries = entriesOf(world);
    for (const text of personal) {
      // What was typed may be said again: how to call it the next time.
      if (!argv.some((word) => word.includes(text))) expect(stderr, 'stderr').not.toContain(text);
      expect(ledgerBytes(world).includes(text), `the ledger holds ${text}`).toBe(false);
    }
    checkAnnounced(entries);
    const document = (stdout === '' ? {} : JSON.parse(stdout)) as ChangeDocument;
    if ((document.decisions ?? []).length === 0) {
      for (const text of personal) expect(stdout, 'stdout').not.toContain(text);
    }
    const [was, is] = [new Set(before), new Set(after)];
    return {
      ...{ code, document, stderr },
      gone: before.filter((row) => !is.has(row)),
      came: after.filter((row) => !was.has(row)),
      actions: (document.actions ?? [])
        .map(({ collection, action, records }) => `${collection} ${action} ${records}`)
        .sort(),
      entries: entries.slice(known).map(kindOf),
    };
  };
}

interface Entry {
  readonly kind: string;
  readonly seq: number;
  readonly intent?: number;
  readonly source?: string;
  readonly outcome?: string;
  readonly action?: string;
}

function ledgerFile(world: CaseWorkspace): string {
  return join(world.folder, '.dsr', 'ledger.db');
}

function entriesOf(world: CaseWorkspace): readonly Entry[] {
  if (!existsSync(ledgerFile(world))) return [];
  const ledger = new Database(ledgerFile(world), { readonly: true });
  try {
    const rows = ledger.prepare('select seq, body from entries order by seq').all() as {
      readonly seq: number;
      readonly body: string;
    }[];
    return rows.map(({ seq, body }) => ({ ...(JSON.parse(body) as Entry), seq }));
  } finally {
    ledger.close();
  }
}

/** The database and what is not yet merged into it. */
function ledgerBytes(world: CaseWorkspace): string {
  return ['', '-wal', '-journal']
    .map((ending) => `${ledgerFile(world)}${ending}`)
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file).toString('utf8'))
    .join('\n');
}

/** Intent before outcome: each outcome names an intent that stands before it. */
function checkAnnounced(entries: readonly Entry[]): void {
  for (const { kind, seq, intent } of entries) {
    if (kind !== 'outcome') continue;
    const announced = entries.find((entry) => entry.seq === intent);
    expect(announced?.kind, `entry ${seq} is the outcome of an intent`).toBe('intent');
    expect(announced?.seq ?? seq).toBeLessThan(seq);
  }
}

function kindOf({ kind, source, outcome, action }: Entry): string {
  if (kind === 'intent') return `intent ${action}`;
  return kind === 'outcome' ? `outcome ${source} ${outcome}` : kind;
}

/** That all of it was done, and a new search found nothing that should be gone. */
export function expectDone({ code, document, stderr }: Changed): void {
  expect(document.incomplete ?? stderr).toEqual([]);
  expect({
    code,
    applied: document.applied,
    complete: document.complete,
    residual: document.verified?.residual,
  }).toEqual({
    code: 0,
    applied: true,
    complete: true,
    residual: 0,
  });
}

/** That nothing was changed at any source. */
export function expectUntouched({ gone, came }: Changed): void {
  expect({ gone, came }).toEqual({ gone: [], came: [] });
}
