import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectorEntries } from '../../connectors/index.js';
import sqlite from '../../connectors/sqlite/index.js';
import { keySetOf } from '../../src/connector/key-set.js';
import { call, keysOf, matchOn } from '../conformance/ask.js';
import { describeEngines, withEngine } from '../harness/engines.js';
import { openOn } from './asking.js';

/** Open files that no folder names any more. */
function unlinkedFiles(): readonly { readonly path: string; readonly mode: number }[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      if (!path.endsWith(' (deleted)') || !path.startsWith('/')) return [];
      return [{ path: path.replace(' (deleted)', ''), mode: statSync(`/proc/self/fd/${fd}`).mode & 0o777 }];
    } catch {
      return [];
    }
  });
}

describeEngines('keys that are put aside', (engine) => {
  const rows = engine === 'sqlite' ? 105_000 : 6_000;

  it.skipIf(process.platform !== 'linux')(
    'stand in a private file of the scratch folder, unlinked while open, and nowhere else',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'dsr-scratch-'));
      const db = await withEngine(engine);
      const numbers = `with recursive n (i) as (select 1 union all select i + 1 from n where i < ${rows})`;
      await db.exec('create table t (id int primary key, owner int, friend int)');
      if (engine === 'mysql') await db.exec(`set max_recursive_iterations = ${rows + 1}`);
      await db.exec(
        engine === 'postgres'
          ? `${numbers} insert into t select i, i, i + 1 from n`
          : `insert into t ${numbers} select i, i, i + 1 from n`,
      );
      const entry = connectorEntries.find(({ name }) => name === engine);
      if (entry === undefined) throw new Error(`there is no ${engine}`);
      const factory = await entry.load();
      const before = new Set(unlinkedFiles().map(({ path }) => path));
      const connector = await factory.open(
        factory.parse({
          name: 'crm',
          connection: db.connection,
          options: {},
          workspace: '/',
          scratch: folder,
        }),
      );
      try {
        const info = (await connector.describe(call())).collections.find(({ name }) => name === 't');
        const keys = keySetOf(Array.from({ length: rows }, (_none, id) => [id + 1]));
        const reader = await connector.reader(call());
        const matches = ['owner', 'friend'].map((column) => ({
          fields: [{ column, path: [] }],
          mode: 'exact' as const,
          keys,
          when: [],
        }));
        let seen: ReturnType<typeof unlinkedFiles> = [];
        const found: string[] = [];
        for await (const batch of reader.find({
          collection: info?.id ?? '',
          key: ['id'],
          matches,
          fields: ['owner'],
        })) {
          found.push(...keysOf(batch));
          seen = unlinkedFiles().filter(({ path }) => !before.has(path));
          for (const { key, matched } of batch) {
            const id = Number(key[0]);
            const hits = matched.map((hit) => `${hit.match}:${hit.key}`).sort();
            if (hits.join() !== [`0:${id - 1}`, ...(id < rows ? [`1:${id}`] : [])].join())
              throw new Error(`${id} was hit by ${hits.join()}`);
          }
        }
        expect(new Set(found).size).toBe(rows);
        expect(found).toHaveLength(rows);
        expect(seen.length).toBeGreaterThan(0);
        for (const { path, mode } of seen) {
          expect(path.startsWith(`${folder}/`), path).toBe(true);
          expect(mode).toBe(0o600);
        }
        expect(readdirSync(folder)).toEqual([]);
        await reader.close();
      } finally {
        await connector.close();
        await db.drop();
        rmSync(folder, { recursive: true });
      }
    },
  );
});

it.skipIf(process.platform !== 'linux')(
  'SQLite itself puts no keys into the temporary folder of the system',
  async () => {
    const db = await withEngine('sqlite');
    await db.exec('create table t (id integer primary key, owner text)');
    await db.exec("insert into t values (1, 'anna')");
    const before = new Set(unlinkedFiles().map(({ path }) => path));
    const connector = await openOn(sqlite, db.connection);
    const reader = await connector.reader(call());
    // More than the cache of a temporary table holds.
    const keys = Array.from({ length: 60_000 }, (_none, at) => String(at).padStart(400, '0'));
    const query = {
      collection: 't',
      key: ['id'],
      matches: [matchOn('owner', [...keys, 'anna'])],
      fields: [],
    };
    let seen: readonly string[] | null = null;
    for await (const batch of reader.find(query)) {
      expect(keysOf(batch)).toEqual(['1']);
      seen = unlinkedFiles().flatMap(({ path }) => (before.has(path) ? [] : [path]));
    }
    expect(seen).toEqual([]);
    await reader.close();
    await connector.close();
    await db.drop();
  },
);
