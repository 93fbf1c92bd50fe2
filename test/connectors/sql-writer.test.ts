import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import mysql from '../../connectors/mysql/index.js';
import postgres from '../../connectors/postgres/index.js';
import type { Connector, Query, Writer } from '../../src/connector/contract.js';
import type { DsrError } from '../../src/model/error.js';
import { describeEngines, type Engine, type TestDatabase, withEngine } from '../harness/engines.js';
import { call, match, openOn } from './asking.js';
import {
  allOf,
  caught,
  committed,
  deletion,
  everything,
  records,
  update,
  valuesOf,
  writerOn,
} from './writing.js';

const SECRET = 'secret-2397';

/** Customers 1 to 3, of whom 1 has an invoice. */
const SCHEMA = `
  create table customer (id int primary key, email varchar(40) not null unique, name varchar(20), age int check (age < 200));
  create table invoice (id int primary key, customer_id int, constraint invoice_customer foreign key (customer_id) references customer (id));
  insert into customer values (1, 'a@example.se', 'A', 1), (2, 'b@example.se', 'B', 2), (3, 'c@example.se', 'C', 3);
  insert into invoice values (10, 1)`;

interface World {
  readonly db: TestDatabase;
  readonly connector: Connector;
  id(table: string): string;
  all(table: string, fields: readonly string[]): Query;
}

async function world(engine: Engine, schema = SCHEMA): Promise<World> {
  const db = await withEngine(engine);
  await db.exec(schema);
  const connector =
    engine === 'postgres' ? await openOn(postgres, db.connection) : await openOn(mysql, db.connection);
  const of = engine === 'postgres' ? 'public' : new URL(db.connection).pathname.slice(1);
  const id = (table: string) => `${of}.${table}`;
  return {
    db,
    connector,
    id,
    all: (table, fields) => ({
      ...{ collection: id(table), key: ['id'], fields },
      matches: [match('id', [1, 2, 3, 10, 11])],
    }),
  };
}

async function ended({ db, connector }: World): Promise<void> {
  await connector.close();
  await db.drop();
}

/** Whether it is held up by a lock: still waiting after a while. */
async function waits(work: Promise<unknown>): Promise<boolean> {
  return Promise.race([work.then(() => false).catch(() => false), wait(250, true)]);
}

describeEngines(
  'a SQL writer',
  (engine) => {
    it('shows nothing before the commit, everything after, and nothing where it was closed', async () => {
      const at = await world(engine);
      const { connector, id, all } = at;
      const writer = await writerOn(connector);
      expect(
        await writer.apply(
          update(
            id('customer'),
            ['name'],
            [
              [1, 'X'],
              [2, null],
              [9, 'Z'],
            ],
          ),
        ),
      ).toEqual({ records: 2 });
      expect(await writer.apply(deletion(id('customer'), [3, 4]))).toEqual({ records: 1 });
      const inside = await everything(writer, all('customer', ['name']));
      expect(inside.map(({ key, values }) => [...key, ...values])).toEqual([
        [1, 'X'],
        [2, null],
      ]);
      expect([...(await valuesOf(connector, all('customer', ['name']))).values()]).toEqual([
        ['A'],
        ['B'],
        ['C'],
      ]);
      await writer.close();
      expect([...(await valuesOf(connector, all('customer', ['name']))).values()]).toEqual([
        ['A'],
        ['B'],
        ['C'],
      ]);
      expect(await committed(connector, deletion(id('customer'), [2, 3]))).toBe(2);
      expect([...(await valuesOf(connector, all('customer', ['name']))).keys()]).toEqual(['1']);
      await ended(at);
    });

    it('finds what others committed since it began, after a lock or a search of its own too', async () => {
      const at = await world(engine);
      const { connector, db, id, all } = at;
      const writer = await writerOn(connector);
      const names = async () =>
        (await everything(writer, all('customer', ['name']))).map(({ values }) => values[0]);
      expect(await names()).toEqual(['A', 'B', 'C']);
      await writer.lock(records(id('customer'), ['id'], [[1]]));
      await db.exec("update customer set name = 'N' where id = 2");
      expect(await names()).toEqual(['A', 'N', 'C']);
      expect(await writer.apply(update(id('customer'), ['name'], [[2, 'M']]))).toEqual({ records: 1 });
      await writer.close();
      await ended(at);
    });

    it('counts records that a change leaves as they were', async () => {
      const at = await world(engine);
      expect(await committed(at.connector, update(at.id('customer'), ['name'], [[1, 'A']]))).toBe(1);
      await ended(at);
    });

    it('holds what it locked against changes, deletion and new references, and nothing else', async () => {
      const at = await world(engine);
      const { connector, db, id } = at;
      const writer = await writerOn(connector);
      expect(await writer.lock(records(id('customer'), ['id'], [[1], [2], [77], ['x']]))).toBe(2);
      const others = [await db.session(), await db.session(), await db.session()] as const;
      const held = [
        others[0].exec("update customer set name = 'other' where id = 1"),
        others[1].exec('delete from customer where id = 2'),
        others[2].exec('insert into invoice values (11, 2)'),
      ].map((work) => work.catch(() => undefined));
      expect(await Promise.all(held.map(waits))).toEqual([true, true, true]);
      // Found by the key's index, though the table is small enough to be scanned.
      await db.exec("update customer set name = 'free' where id = 3; insert into invoice values (12, 3)");
      await writer.close();
      await Promise.all(held);
      expect((await valuesOf(connector, at.all('customer', ['name']))).get('1')).toEqual(['other']);
      await ended(at);
    });

    it('a change holds no neighbour of what it changes', async () => {
      const at = await world(engine);
      const { connector, db, id } = at;
      const writer = await writerOn(connector);
      await writer.apply(update(id('customer'), ['name'], [[1, 'mine']]));
      await writer.apply(deletion(id('invoice'), [10]));
      await db.exec("update customer set name = 'theirs' where id = 2; insert into invoice values (13, 3)");
      await writer.close();
      await ended(at);
    });

    it('stops waiting for a lock at an abort', async () => {
      const at = await world(engine);
      const { connector, db, id } = at;
      const other = await db.session();
      await other.exec('begin');
      await other.exec('delete from invoice where id = 10');
      const controller = new AbortController();
      const writer = await writerOn(connector, { signal: controller.signal, timeoutMs: 30_000 });
      const locking = caught(writer.lock(records(id('invoice'), ['id'], [[10]])));
      expect(await waits(locking)).toBe(true);
      const started = Date.now();
      controller.abort();
      expect(await locking).toMatchObject({ kind: 'cancelled' });
      await writer.close();
      expect(Date.now() - started).toBeLessThan(1_000);
      // At the server too: the one that waited is gone.
      await other.exec('rollback');
      await other.exec("update customer set name = 'free' where id = 1");
      await ended(at);
    });

    it('tells what it waited for before its time is out', async () => {
      const at = await world(engine);
      const { connector, db, id } = at;
      const other = await db.session();
      await other.exec('begin');
      await other.exec('delete from invoice where id = 10');
      const writer = await writerOn(connector, call(1_300));
      expect(await caught(writer.lock(records(id('invoice'), ['id'], [[10]])))).toMatchObject({
        kind: 'transient',
        message: expect.stringContaining('locked by another process'),
      });
      await writer.close();
      await other.exec('rollback');
      await ended(at);
    });

    it('tells by code and table what refuses a change, and no value', async () => {
      const at = await world(engine);
      const { connector, db, id } = at;
      await db.exec(`insert into customer values (4, '${SECRET}@example.se', 'D', 4)`);
      await db.exec(
        engine === 'postgres'
          ? `create function refuse() returns trigger language plpgsql as 'begin raise exception ''no % here'', new.name; end';
             create trigger refuses before update on invoice for each row execute function refuse();
             create or replace function refuse() returns trigger language plpgsql as 'begin raise exception ''no ${SECRET} here''; end'`
          : `create trigger refuses before update on invoice for each row signal sqlstate '45000' set message_text = 'no ${SECRET} here'`,
      );
      const refusals = [
        [deletion(id('customer'), [1]), /a foreign key refuses it .*invoice.*invoice_customer/],
        [
          update(id('customer'), ['email'], [[1, `${SECRET}@example.se`]]),
          /a unique key refuses it .*(23505|ER_DUP_ENTRY)/,
        ],
        [update(id('customer'), ['email'], [[4, null]]), /may not be empty .*column email/],
        [update(id('customer'), ['age'], [[4, 201]]), /a check refuses it .*customer/],
        [update(id('customer'), ['name'], [[4, `${SECRET} ${SECRET} ${SECRET}`]]), /does not fit/],
        [update(id('customer'), ['age'], [[4, SECRET]]), /customer\.age: a value does not fit int/],
        [update(id('customer'), ['age'], [[4, 2 ** 40]]), /does not fit/],
        [update(id('invoice'), ['customer_id'], [[10, 77]]), /a trigger refuses it/],
      ] as const;
      for (const [change, what] of refusals) {
        const error = await caught(committed(connector, change));
        expect(error).toMatchObject({ kind: 'data', message: expect.stringMatching(what) });
        expect(allOf(error)).not.toContain(SECRET);
        expect((error as DsrError).cause).toBeUndefined();
      }
      await ended(at);
    });

    it('after a failure can only be closed: half a transaction is never committed', async () => {
      const at = await world(engine);
      const { connector, id, all } = at;
      const writer = await writerOn(connector);
      await writer.apply(update(id('customer'), ['name'], [[2, 'half']]));
      expect(await caught(writer.apply(deletion(id('customer'), [1])))).toMatchObject({ kind: 'data' });
      for (const more of [writer.commit(), writer.settle(), writer.apply(deletion(id('invoice'), [10]))]) {
        expect(await caught(more)).toMatchObject({ kind: 'internal' });
      }
      await writer.close();
      expect((await valuesOf(connector, all('customer', ['name']))).get('2')).toEqual(['B']);
      await ended(at);
    });

    it('says of a commit whose answer was lost that it may have landed', async () => {
      const at = await world(engine);
      const { connector, db, id } = at;
      const writer = await writerOn(connector);
      await writer.apply(deletion(id('customer'), [3]));
      if (engine === 'postgres') {
        await db.exec(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        );
      } else {
        for (const { id: thread } of await db.exec(
          'select id from information_schema.processlist where db = database() and id <> connection_id()',
        ))
          await db.exec(`kill ${Number(thread)}`);
      }
      expect(await caught(writer.commit())).toMatchObject({
        kind: 'transient',
        message: expect.stringContaining('may have landed'),
      });
      await writer.close();
      await ended(at);
    });

    it('does not give up a commit at an abort', async () => {
      const at = await world(engine);
      const { connector, id, all } = at;
      const controller = new AbortController();
      const writer = await writerOn(connector, { signal: controller.signal, timeoutMs: 20_000 });
      await writer.apply(deletion(id('customer'), [3]));
      const committing = writer.commit();
      controller.abort();
      await committing;
      await writer.close();
      expect([...(await valuesOf(connector, all('customer', []))).keys()]).toEqual(['1', '2']);
      await ended(at);
    });

    it('changes neither views nor what the source makes itself, nor records without a key of their own', async () => {
      const at = await world(
        engine,
        `create table loose (name varchar(20), twice int generated always as (length(name)) stored);
         create view seen as select name from loose; insert into loose (name) values ('a'), ('a'), ('b')`,
      );
      const { connector, id } = at;
      const refused = async (work: (writer: Writer) => Promise<unknown>) => {
        const writer = await writerOn(connector);
        const error = await caught(work(writer));
        await writer.close();
        return error;
      };
      const byName = (collection: string, key = 'name') => deletion(id(collection), ['a'], key);
      expect(await refused((writer) => writer.apply(byName('seen')))).toMatchObject({
        kind: 'config',
        message: expect.stringContaining('it is a view'),
      });
      expect(
        await refused((writer) => writer.apply(update(id('loose'), ['twice'], [['a', 1]], 'name'))),
      ).toMatchObject({ kind: 'data', message: expect.stringContaining('loose.twice cannot be set') });
      const [address = ''] =
        (await connector.describe(call())).collections.find(({ name }) => name === 'loose')?.key.fields ?? [];
      expect(await refused((writer) => writer.apply(byName('loose', address)))).toMatchObject({
        kind: 'config',
        message: expect.stringContaining('no key of their own'),
      });
      // A key that only the map names, over columns that no index serves.
      expect(await refused((writer) => writer.lock(byName('loose')))).toBeNull();
      expect(
        await committed(connector, update(id('loose'), ['name'], [['b', 'c']], 'name'), byName('loose')),
      ).toBe(3);
      await ended(at);
    });

    it('takes more keys than a statement does, long texts, and each key once', async () => {
      const at = await world(engine, 'create table many (id int primary key, note text)');
      const { connector, db, id } = at;
      await db.exec(
        engine === 'postgres'
          ? "insert into many select n, 'n' from generate_series(1, 12000) n"
          : "insert into many select seq, 'n' from seq_1_to_12000",
      );
      const ids = Array.from({ length: 12_000 }, (_one, at) => at + 1);
      const writer = await writerOn(connector);
      expect(
        await writer.lock(
          records(
            id('many'),
            ['id'],
            [...ids, '007', '0012000'].map((one) => [one]),
          ),
        ),
      ).toBe(12_000);
      const notes = ids.map((one) => [one, `${one} ${'å'.repeat(one % 500)}`] as const);
      expect(await writer.apply(update(id('many'), ['note'], notes))).toEqual({ records: 12_000 });
      const found = await everything(writer, {
        ...{ collection: id('many'), key: ['id'], fields: ['note'] },
        matches: [match('id', ids)],
      });
      expect(found.length).toBe(12_000);
      expect(found.every(({ key, values }) => values[0] === notes[Number(key[0]) - 1]?.[1])).toBe(true);
      expect(await writer.apply(deletion(id('many'), [...ids.slice(1), '07']))).toEqual({ records: 11_999 });
      await writer.close();
      await ended(at);
    });

    it('finds over many statements what is there now, and says so when records go meanwhile', async () => {
      const at = await world(engine, 'create table many (id int primary key, a int, b int)');
      const { connector, db, id } = at;
      await db.exec(
        engine === 'postgres'
          ? 'insert into many select n, n, n from generate_series(1, 6000) n'
          : 'insert into many select seq, seq, seq from seq_1_to_6000',
      );
      const keys = Array.from({ length: 6_000 }, (_one, at) => at + 1);
      const query: Query = {
        ...{ collection: id('many'), key: ['id'], fields: ['a'] },
        matches: [match('a', keys), match('b', keys)],
      };
      const writer = await writerOn(connector);
      const batches = writer.find(query)[Symbol.asyncIterator]();
      await batches.next();
      await db.exec('update many set a = 0 where id > 5500');
      let more = 0;
      for (let next = await batches.next(); next.done !== true; next = await batches.next())
        more += next.value.length;
      expect(more).toBe(5_000);
      const again = writer.find(query)[Symbol.asyncIterator]();
      await again.next();
      await db.exec('delete from many where id > 5500');
      const rest = async () => {
        for (let next = await again.next(); next.done !== true; next = await again.next());
      };
      expect(await caught(rest())).toMatchObject({ kind: 'conflict' });
      await writer.close();
      await ended(at);
    });
  },
  ['postgres', 'mysql'],
);
