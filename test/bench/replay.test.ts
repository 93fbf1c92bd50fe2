import { randomBytes } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import { connectorEntries } from '../../connectors/index.js';
import type { Context } from '../../src/case/context.js';
import { type Landscape, openLandscape, openSnapshots } from '../../src/case/landscape.js';
import { loadTypes } from '../../src/case/map-and-types.js';
import { prepareWorkspace, workspaceAt } from '../../src/case/workspace.js';
import { registryOf } from '../../src/connector/registry.js';
import { keyOf } from '../../src/ledger/key.js';
import { startHashing } from '../../src/obligation/replay/hashing.js';
import { scanForErased } from '../../src/obligation/replay/scan.js';
import { tracesIn } from '../../src/obligation/replay/traces.js';
import { openScratch } from '../../src/store/scratch.js';
import { type CaseWorkspace, caseWorkspace } from '../cases/workspace.js';
import { type Engine, hasEngine } from '../harness/engines.js';

/** Set REPLAY_VALUES for a shorter run, REPLAY_ENGINE for another database. */
const VALUES = Number(process.env.REPLAY_VALUES ?? 10_000_000);
const ENGINE = (process.env.REPLAY_ENGINE ?? 'sqlite') as Engine;
const ROUNDS = Number(process.env.REPLAY_ROUNDS ?? 3);
const ERASED = 10_000;
/** What the issue asks for. */
const MOST_TIMES = 3;

let world: CaseWorkspace | null = null;
afterAll(() => world?.close());

const COUNTED: Readonly<Record<Engine, string>> = {
  sqlite: `insert into people with recursive n(i) as (select 1 union all select i + 1 from n where i < ${VALUES})
    select i, 'person.number' || i || '@example.se' from n`,
  postgres: `insert into people select i, 'person.number' || i || '@example.se' from generate_series(1, ${VALUES}) i`,
  mysql: `insert into people select seq, concat('person.number', seq, '@example.se') from seq_1_to_${VALUES}`,
};

it.skipIf(!hasEngine(ENGINE))(
  `replay compares ${VALUES.toLocaleString('en')} values with the ledger in ${MOST_TIMES} × the time of reading them · ${ENGINE}`,
  async () => {
    world = await caseWorkspace(ENGINE, {
      crm: {
        sql: ['create table people (id bigint primary key, email varchar(60))', COUNTED[ENGINE]],
        collections: {
          people: {
            subject: 'customer',
            system: ['id'],
            fields: { email: { category: 'user.contact.email', identifier: 'email' } },
            erase: 'delete',
          },
        },
      },
    });
    const context: Context = {
      ...{ workspace: world.folder, env: world.env, registry: registryOf(connectorEntries) },
      ...{ operator: 'bench', signal: new AbortController().signal, timeoutMs: 600_000 },
      clock: { now: () => new Date(), rehearsed: false },
      ...{ report: () => undefined, boundary: () => undefined },
    };
    prepareWorkspace(workspaceAt(world.folder));
    const landscape = await openLandscape(context, loadTypes(context));
    const times: { readonly read: Spent; readonly compared: Spent }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const read = await reading(context, landscape);
      const compared = await comparing(context, landscape);
      times.push({ read, compared });
      console.log(
        `read ${told(read)}, compared ${told(compared)}, ${(compared.wall / read.wall).toFixed(2)} ×`,
      );
    }
    await landscape.close();
    const ratio = median(times.map(({ read, compared }) => compared.wall / read.wall));
    console.log(`median ${ratio.toFixed(2)} × over ${ROUNDS} rounds, ${VALUES} values, ${ENGINE}`);
    expect(ratio).toBeLessThanOrEqual(MOST_TIMES);
  },
);

/** Seconds on the clock, and of all threads of this process. */
interface Spent {
  readonly wall: number;
  readonly cpu: number;
}

function stopwatch(): () => Spent {
  const [began, used] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(used);
    return { wall: (performance.now() - began) / 1e3, cpu: (user + system) / 1e6 };
  };
}

function told({ wall, cpu }: Spent): string {
  return `${wall.toFixed(1)} s (${cpu.toFixed(1)} s of all threads)`;
}

/** The same values by the same scan, looked at and forgotten. */
async function reading(context: Context, landscape: Landscape): Promise<Spent> {
  const snapshots = await openSnapshots(context, landscape);
  const reader = snapshots.readers.get('crm');
  const [people] = landscape.map.collections;
  if (reader?.scan === undefined || people === undefined) throw new Error('there is nothing to read');
  const spent = stopwatch();
  let values = 0;
  const query = { collection: people.table, key: people.key, fields: ['email'], containing: null };
  for await (const batch of reader.scan(query)) {
    for (const record of batch) if (typeof record.values[0] === 'string') values += 1;
  }
  const taken = spent();
  await snapshots.close();
  expect(values).toBe(VALUES);
  return taken;
}

async function comparing(context: Context, landscape: Landscape): Promise<Spent> {
  const { map, types, catalogs } = landscape;
  const snapshots = await openSnapshots(context, landscape);
  const key = randomBytes(32);
  const { subjectTag } = keyOf(key);
  // Every other one of them is in the database.
  const tags = Array.from({ length: ERASED }, (_, at) => ({
    type: 'email',
    tag: subjectTag('email', `person.number${at % 2 === 0 ? at + 1 : VALUES + at}@example.se`),
  }));
  const scratch = openScratch(null);
  const traces = tracesIn(scratch);
  const spent = stopwatch();
  const hashing = startHashing({ key, tags, settings: {}, country: 'SE', now: Date.now() });
  const { readers } = snapshots;
  const swept = { roots: new Map(), ledger: keyOf(key) };
  const input = { map, types, catalogs, readers, tags, swept, hashing, traces };
  const { values } = await scanForErased({ ...input, signal: context.signal, onProgress: () => undefined });
  const taken = spent();
  expect(values).toBe(VALUES);
  expect([...traces.bearers()]).toHaveLength(ERASED / 2);
  await hashing.close();
  scratch.close();
  await snapshots.close();
  return taken;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
