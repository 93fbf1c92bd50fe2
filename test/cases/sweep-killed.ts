import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Child } from '../faults/processes.js';
import type { FaultWorld } from '../faults/world.js';
import { dump } from './changes.js';
import { kept, openPlans, owed, setDay, shop, shopAt } from './sweep-world.js';
import type { CaseSource, CaseWorkspace } from './workspace.js';

const DUE = '2032-05-01';

/** Log-ins of whoever holds the e-mail, kept as long as Anna's invoice. */
const web: CaseSource = {
  sql: [
    'create table logins (id int primary key, email varchar(100), day date)',
    `insert into logins values (1, 'anna@example.se', '2026-05-01'), (2, 'bo@example.se', '2026-05-01')`,
  ],
  collections: {
    logins: {
      system: ['id'],
      fields: {
        email: { category: 'user.contact.email', identifier: 'email' },
        day: 'user.behavior',
      },
      erase: 'delete',
      retain: kept(6, 'day'),
    },
  },
};

const TABLES = { crm: ['customers', 'invoices', 'invoice_lines', 'letters'], web: ['logins'] } as const;

export interface Sweeping {
  readonly world: CaseWorkspace;
  /** Every boundary that a sweep comes by, in order. */
  readonly steps: readonly string[];
  /**
   * Kills a sweep at a boundary (from 0), calls `before` if any, and sweeps again. Answers what is not as
   * after the undisturbed run.
   */
  killAt(at: number, before: readonly string[] | null): Promise<readonly string[]>;
}

/** A sweep of two sources on its day, that can be run again and again. */
export async function sweepToKill(child: Child): Promise<Sweeping> {
  const world = await shopAt('sqlite', { web }, shop);
  const erased = await world.dsr('erase', 'anna@example.se', '--yes', '--json');
  if (erased.code !== 0) throw new Error(erased.stderr);
  setDay(world, DUE);
  const state = join(world.folder, '.dsr');
  const books = join(world.folder, 'books');
  cpSync(state, books, { recursive: true });
  const sources = Object.entries(TABLES);
  for (const [name, tables] of sources) {
    const { exec } = world.databases[name] ?? { exec: async () => [] };
    await exec(`attach '${join(world.folder, `${name}.saved`)}' as saved`);
    for (const table of tables) await exec(`create table saved.${table} as select * from ${table}`);
  }
  const reset = async () => {
    rmSync(state, { recursive: true });
    cpSync(books, state, { recursive: true });
    for (const [name, tables] of sources) {
      const exec = async (sql: string) => world.databases[name]?.exec(sql);
      for (const table of tables.toReversed()) await exec(`delete from ${table}`);
      for (const table of tables) await exec(`insert into ${table} select * from saved.${table}`);
    }
  };
  const space: FaultWorld = { space: world, reset, keepBooks: () => undefined, close: () => world.close() };
  const file = join(world.folder, 'steps');
  const argv = ['sweep', '--yes', '--json'];
  const undisturbed = await child.run(space, argv, { steps: file });
  if (undisturbed.code !== 0) throw new Error(`${undisturbed.stdout}${undisturbed.stderr}`);
  const steps = readFileSync(file, 'utf8').trimEnd().split('\n');
  const expected = await stateOf(world);
  return {
    world,
    steps,
    async killAt(at, before) {
      await reset();
      const died = await child.run(space, argv, { dieAt: at });
      if (died.signal !== 'SIGKILL') return [`it was not killed at ${at}: ${died.code} ${died.stderr}`];
      const codes = [];
      if (before !== null) codes.push((await world.dsr(...before)).code);
      codes.push((await world.dsr(...argv)).code, (await world.dsr('ledger', 'verify')).code);
      const now = await stateOf(world);
      const wrong = [
        ...codes.filter((code) => code !== 0).map((code) => `exit ${code}`),
        ...now.filter((line) => !expected.includes(line)).map((line) => `there is ${line}`),
        ...expected.filter((line) => !now.includes(line)).map((line) => `missing: ${line}`),
      ];
      return wrong.map((what) => `killed at ${at} (${steps[at]}): ${what}`);
    },
  };
}

/** Rows of every source, what is owed, and what a request leaves behind while it runs. */
async function stateOf(world: CaseWorkspace): Promise<readonly string[]> {
  const work = new Database(join(world.folder, '.dsr', 'work.db'), { readonly: true });
  try {
    const open = work
      .prepare(
        `select id from requests where id <> 'R-2026-0001' and not exists
           (select 1 from events where request = id and event in ('closed', 'abandoned'))`,
      )
      .all() as readonly { readonly id: string }[];
    const left = ['identifiers', 'learnt', 'names', 'seeds', 'plans'].flatMap((table) => {
      const rows = work.prepare(`select count(*) as n from ${table} where request <> 'R-2026-0001'`).get();
      return `${table} ${String((rows as { readonly n: number }).n)}`;
    });
    const plans = openPlans(world).filter((name) => !name.startsWith('R-2026-0001'));
    return [...(await dump(world)), ...owed(world), ...open.map(({ id }) => `open ${id}`), ...left, ...plans];
  } finally {
    work.close();
  }
}
