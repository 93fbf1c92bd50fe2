import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openSession } from './database-session.js';
import { describeEngines, withEngine } from './engines.js';
import { serverUrl, sweepStale } from './fresh-database.js';

describeEngines('a fresh database', (engine) => {
  it('is empty, takes statements with and without parameters, and is gone after drop', async () => {
    const db = await withEngine(engine);
    await db.exec('create table t (id int primary key, name varchar(20)); insert into t values (1, null)');
    await db.exec(`insert into t values (${engine === 'postgres' ? '$1, $2' : '?, ?'})`, [2, 'två']);
    expect(await db.exec('select id, name from t order by id')).toEqual([
      { id: 1, name: null },
      { id: 2, name: 'två' },
    ]);
    await db.drop();
    if (engine === 'sqlite') expect(existsSync(db.connection)).toBe(false);
    else await expect(openSession(engine, db.connection)).rejects.toThrow();
  });

  it('is apart from every other', async () => {
    const [one, two] = [await withEngine(engine), await withEngine(engine)];
    await one.exec('create table t (id int)');
    await expect(two.exec('select * from t')).rejects.toThrow();
    await one.drop();
    await two.drop();
  });

  it('is dropped though a transaction in it is open', async () => {
    const db = await withEngine(engine);
    await db.exec('create table t (id int)');
    const other = await db.session();
    await other.exec('begin');
    await other.exec('select * from t');
    await db.drop();
    await db.drop();
  });
});

describeEngines(
  'databases of dead runs',
  (engine) => {
    if (engine === 'sqlite') return;
    const administration = () => openSession(engine, serverUrl(engine));
    const living = async (name: string) => {
      const session = await administration();
      const rows = await session.exec(
        engine === 'postgres'
          ? `select 1 from pg_database where datname = '${name}'`
          : `select 1 from information_schema.schemata where schema_name = '${name}'`,
      );
      await session.end();
      return rows.length === 1;
    };

    it('are swept by age, those of living runs stay', async () => {
      const mine = await withEngine(engine);
      const old = `dsr_test_${(Date.now() - 7 * 60 * 60 * 1000).toString(36)}_abcdef_1_1`;
      const session = await administration();
      await session.exec(`create database ${old}`);
      await session.end();
      await sweepStale(engine);
      expect(await living(old)).toBe(false);
      expect(await living(new URL(mine.connection).pathname.slice(1))).toBe(true);
      await mine.drop();
    });
  },
  ['postgres', 'mysql'],
);
