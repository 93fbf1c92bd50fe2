import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import sqlite from '../../connectors/sqlite/index.js';
import type { DsrError } from '../../src/model/error.js';
import { allOf, call, infoOf, matchOn, queryOf } from '../conformance/ask.js';
import { withEngine } from '../harness/engines.js';
import { scratchFolder } from '../harness/scratch.js';

const ROOT = new URL('../../', import.meta.url).pathname;

/** A view that gathers so many rows before its first: one step of SQLite, which nothing of ours can break off. */
async function gathering(rows: number) {
  const db = await withEngine('sqlite');
  await db.exec(`create view gathered (id, total) as
    with recursive n (i) as (select 1 union all select i + 1 from n where i < ${rows}) select 1, sum(i) from n`);
  return db;
}

it.each([
  ['a view', 'create view long (id, email) as select i, i from numbers'],
  [
    'a table without rowid',
    'create table long (id integer primary key, email text) without rowid; insert into long select i, i from numbers limit 700000',
  ],
  [
    'a table',
    'create table long (id integer primary key, email text); insert into long select i, i from numbers limit 700000',
  ],
])('a time-out breaks off the scan of %s itself, and the reader goes on', async (_name, statement) => {
  const db = await withEngine('sqlite');
  await db.exec(`create view numbers (i) as
    with recursive n (i) as (select 1 union all select i + 1 from n where i < 1000000000) select i from n limit 1000000000`);
  await db.exec(`${statement}; create table short (id integer primary key); insert into short values (1)`);
  const connector = await sqlite.open(
    sqlite.parse({
      name: 'crm',
      connection: db.connection,
      options: {},
      workspace: '/',
      scratch: scratchFolder(),
    }),
  );
  // Each row is compared in 20 ways, so that the scan takes its time.
  const slow = Array.from({ length: 20 }, (_none, digit) =>
    matchOn('email', [`x${digit}`], { mode: 'folded' }),
  );
  const long = await queryOf(connector, { table: 'long', key: ['id'], matches: slow });
  const short = await queryOf(connector, { table: 'short', matches: [matchOn('id', [1])] });
  const reader = await connector.reader(call(1_000));
  await expect(allOf(reader, long)).rejects.toMatchObject({ kind: 'transient' });
  expect(await allOf(reader, short)).toHaveLength(1);
  await reader.close();
  await connector.close();
});

it('an abort rejects in time though SQLite is deep in one step, and the source can be opened anew', async () => {
  const db = await gathering(15_000_000);
  const connector = await sqlite.open(
    sqlite.parse({
      name: 'crm',
      connection: db.connection,
      options: {},
      workspace: '/',
      scratch: scratchFolder(),
    }),
  );
  const query = await queryOf(connector, {
    table: 'gathered',
    key: ['id'],
    matches: [matchOn('total', [1])],
  });
  const controller = new AbortController();
  const reader = await connector.reader(call(25_000, controller.signal));
  setTimeout(() => controller.abort(), 200);
  const started = Date.now();
  const error = await allOf(reader, query).then(
    () => null,
    (reason: DsrError) => reason,
  );
  expect(error?.kind).toBe('cancelled');
  expect(Date.now() - started).toBeLessThan(1_500);
  await reader.close();
  expect((await infoOf(connector, 'gathered')).kind).toBe('view');
  await connector.close();
});

it('after Ctrl-C the process ends at once, as a shell expects it, though SQLite is deep in one step', async () => {
  const db = await gathering(200_000_000);
  const cache = join(ROOT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'dsr-abort-'));
  try {
    writeFileSync(
      join(folder, 'main.ts'),
      `import sqlite from ${JSON.stringify(join(ROOT, 'connectors/sqlite/index.js'))};
       import { keySetOf } from ${JSON.stringify(join(ROOT, 'src/connector/key-set.js'))};
       const controller = new AbortController();
       process.on('SIGINT', () => controller.abort());
       const connection = ${JSON.stringify(db.connection)};
       const connector = await sqlite.open(sqlite.parse({ name: 'crm', connection, options: {}, workspace: '/', scratch: '/' }));
       const reader = await connector.reader({ signal: controller.signal, timeoutMs: 60_000 });
       const match = { fields: [{ column: 'total', path: [] }], mode: 'exact', keys: keySetOf([[1]]), when: [] } as const;
       setTimeout(() => console.log('reading'), 200);
       try {
         for await (const _ of reader.find({ collection: 'gathered', key: ['id'], fields: [], matches: [match] }));
       } catch (error) {
         process.exitCode = (error as { kind: string }).kind === 'cancelled' ? 130 : 1;
       }
       await connector.close();
       process.exit();`,
    );
    await build({
      entryPoints: {
        main: join(folder, 'main.ts'),
        'sqlite-worker': join(ROOT, 'connectors/sqlite/worker.ts'),
      },
      outdir: folder,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      outExtension: { '.js': '.js' },
      logLevel: 'silent',
    });
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const child = spawn(process.execPath, [join(folder, 'main.js')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? String(code)));
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const started = Date.now();
    child.kill('SIGINT');
    expect(await ended).toBe('SIGINT');
    expect(Date.now() - started).toBeLessThan(3_000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
