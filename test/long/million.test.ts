import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import yauzl from 'yauzl';
import { caseWorkspace } from '../cases/workspace.js';
import { describeEngines, type Engine } from '../harness/engines.js';

/** `DSR_TEST_RECORDS=1000000` takes five minutes. */
const RECORDS = Number(process.env.DSR_TEST_RECORDS ?? 300_000);
const MOST_MEGABYTES = 250;
const built = join(import.meta.dirname, '../../dist/dsr.js');

/** Rows of one person, with values that a careless writer would bend. */
const fill: Readonly<Record<Engine, string>> = {
  postgres: `insert into events select n, 1, 'händelse ' || n, n * 0.01, timestamptz '2024-01-01 00:00:00.000001+00' + n * interval '1 second'
    from generate_series(1, ${RECORDS}) n`,
  mysql: `insert into events select seq, 1, concat('händelse ', seq), seq * 0.01, timestamp('2024-01-01 00:00:00.000001') + interval seq second
    from seq_1_to_${RECORDS}`,
  sqlite: `with recursive s(n) as (select 1 union all select n + 1 from s where n < ${RECORDS})
    insert into events select n, 1, 'händelse ' || n, printf('%.2f', n * 0.01), strftime('%Y-%m-%dT%H:%M:%S.000001', 1704067200 + n, 'unixepoch') from s`,
};
const moment: Readonly<Record<Engine, string>> = {
  postgres: 'timestamptz',
  mysql: 'datetime(6)',
  sqlite: 'text',
};
const amount: Readonly<Record<Engine, string>> = {
  postgres: 'numeric(12,2)',
  mysql: 'decimal(12,2)',
  sqlite: 'text',
};

describeEngines('many records of one person', (engine) => {
  it('are exported in little memory, and the JSON equals the database', async () => {
    const world = await caseWorkspace(engine, {
      log: {
        sql: [
          'create table users (id int primary key, email varchar(100))',
          `create table events (id int primary key, user_id int, what varchar(60), amount ${amount[engine]}, at ${moment[engine]},
             foreign key (user_id) references users (id))`,
          'create index events_user on events (user_id)',
          `insert into users values (1, 'anna@example.se')`,
          fill[engine],
        ],
        collections: {
          users: {
            subject: 'user',
            system: ['id'],
            fields: { email: { category: 'user.contact.email', identifier: 'email' } },
            erase: 'delete',
          },
          events: {
            system: ['id'],
            fields: {
              user_id: 'owned-by',
              what: 'user.behavior',
              amount: 'user.financial',
              at: 'user.behavior',
            },
            erase: 'delete',
          },
        },
      },
    });
    const file = join(world.folder, 'million.zip');
    const child = spawn(process.execPath, [built, 'export', 'anna@example.se', '-o', file, '--json'], {
      cwd: world.folder,
      env: { ...process.env, LOG_URL: world.databases.log?.connection ?? '' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const { code, peak, stderr } = await watched(child);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    console.log(`${engine}: ${RECORDS} records, at most ${peak} MB`);
    expect(peak).toBeLessThan(MOST_MEGABYTES);

    const bad = await compare(file);
    expect(bad).toEqual({ records: RECORDS, different: [] });
    await world.close();
  }, 900_000);
});

/** The most memory the process ever held (VmHWM), in MB. */
async function watched(child: ChildProcess) {
  let peak = 0;
  let stderr = '';
  child.stderr?.on('data', (part: Buffer) => (stderr += part.toString('utf8')));
  const closed = once(child, 'close') as Promise<[number | null]>;
  let running = true;
  void closed.then(() => (running = false));
  while (running) {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    peak = Math.max(peak, Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024));
    await wait(100);
  }
  const [code] = await closed;
  return { code, peak, stderr };
}

/** Reads data/log/events.json line by line and holds each record against what was put in. */
async function compare(file: string) {
  const zip = await yauzl.openPromise(file);
  let records = 0;
  const different: unknown[] = [];
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName !== 'data/log/events.json') continue;
    const stream = await zip.openReadStreamPromise(entry);
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      const text = line
        .trim()
        .replace(/^[[,]|[\],]$/g, '')
        .replace(/,$/, '')
        .trim();
      if (text === '') continue;
      const record = JSON.parse(text) as Record<string, unknown>;
      records += 1;
      const expected = expectedRecord(records);
      const got = { ...record, at: String(record.at).replace(/(?:Z|[+-]\d\d:\d\d)$/, '') };
      if (JSON.stringify(got) !== JSON.stringify(expected) && different.length < 3)
        different.push({ got: record, expected });
    }
  }
  return { records, different };
}

function expectedRecord(n: number) {
  const at = new Date(Date.UTC(2024, 0, 1) + n * 1000).toISOString().slice(0, 19);
  return { id: n, user_id: 1, what: `händelse ${n}`, amount: (n / 100).toFixed(2), at: `${at}.000001` };
}
