import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from '../cases/changes.js';
import { type CaseWorkspace, caseWorkspace } from '../cases/workspace.js';
import { straysOf, workOf } from './books.js';
import { auditing, auditTable, SOURCES } from './landscape.js';

/** The day on which all of it happens: nothing in the books depends on when a test runs. */
export const NOW = '2026-03-03T09:00:00Z';

/** A workspace over the three databases that can be put back as it was, again and again. */
export interface FaultWorld {
  readonly space: CaseWorkspace;
  /** Sources as in the beginning, and the books as in `keepBooks`, or none. */
  reset(): Promise<void>;
  /** From here on `reset` brings back the books as they are now. */
  keepBooks(): void;
  close(): Promise<void>;
}

export async function faultWorld(): Promise<FaultWorld> {
  const space = await caseWorkspace(
    'sqlite',
    Object.fromEntries(
      Object.entries(SOURCES).map(([name, source]) => [
        name,
        {
          ...source,
          nonpersonal: ['audit'],
          sql: [
            ...source.sql,
            ...auditTable(source.engine),
            ...Object.entries(source.keys).flatMap(([table, key]) => auditing(source.engine, table, key)),
          ],
        },
      ]),
    ),
    MAP,
  );
  space.env.DSR_NOW = NOW;
  const state = join(space.folder, '.dsr');
  const kept = join(space.folder, 'books-kept');
  return {
    space,
    async reset() {
      // It may be a disk of its own, which stays.
      for (const file of existsSync(state) ? readdirSync(state) : [])
        rmSync(join(state, file), { recursive: true, force: true });
      if (existsSync(kept)) cpSync(kept, state, { recursive: true });
      await Promise.all(Object.keys(SOURCES).map((name) => refill(space, name)));
    },
    keepBooks() {
      rmSync(kept, { recursive: true, force: true });
      cpSync(state, kept, { recursive: true });
    },
    close: () => space.close(),
  };
}

async function refill({ databases }: CaseWorkspace, name: string): Promise<void> {
  const database = databases[name];
  const source = SOURCES[name];
  if (database === undefined || source === undefined) throw new Error(`there is no source ${name}`);
  const tables = Object.entries(source.rows);
  const statements = [
    ...tables.toReversed().map(([table]) => `delete from ${table}`),
    ...tables.map(
      ([table, rows]) => `insert into ${table} values ${rows.map((row) => `(${row})`).join(', ')}`,
    ),
    'delete from audit',
  ];
  await database.exec(['begin', ...statements, 'commit'].join(';\n'));
}

/** What may be compared with another run's: rows and changes of every source, and what the work file holds. */
export interface State {
  readonly rows: readonly string[];
  /** Each change of a row, as often as it happened. */
  readonly changes: readonly string[];
  readonly work: readonly string[];
  /** Files under `.dsr` of which the work file does not know. */
  readonly strays: readonly string[];
}

export async function stateOf({ space }: FaultWorld): Promise<State> {
  const all = await dump(space);
  const isChange = (row: string) => /^\w+\.audit /.test(row);
  return {
    rows: all.filter((row) => !isChange(row)),
    changes: all.filter(isChange),
    work: workOf(space.folder),
    strays: straysOf(space.folder),
  };
}

const MAP = {
  controller: {
    name: 'Onefin AB',
    contact: 'contact@example.com',
    authority: { name: 'IMY', url: 'https://www.imy.se' },
    ...{ country: 'SE', timezone: 'Europe/Stockholm', language: 'sv', fiscalYearEnd: '12-31' },
  },
  identifiers: { customer_no: { strength: 'strong', single: true, match: 'exact' } },
};
