import { copyFileSync, rmSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { describeEngines } from '../harness/engines.js';
import { changing, dump, expectUntouched } from './changes.js';
import { ANNA, BACKUP, BO, EVA, type ReplayWorld, replayWorld } from './replay-world.js';
import { type CaseWorkspace, caseWorkspace } from './workspace.js';

const PERSONAL = [...ANNA, ...BO, ...EVA];

describeEngines('replay of what is odd', (engine) => {
  let world: CaseWorkspace;
  afterEach(() => world.close());

  const open = async (collections: Readonly<Record<string, unknown>> = {}) => {
    const opened: ReplayWorld = await replayWorld(engine, collections);
    world = opened;
    return { ...opened, call: changing(opened, PERSONAL) };
  };
  const rows = async (of: string) => (await dump(world)).filter((row) => row.startsWith(`crm.${of} `));

  it('counts what an earlier replay erased', async () => {
    const { call, restore, env } = await open();
    expect((await call('erase', 'bo@example.com', '--yes')).code).toBe(0);
    env.DSR_NOW = '2026-11-28T09:00:00Z';
    await restore();
    expect((await call('replay', '--since', BACKUP, '--yes')).code).toBe(0);
    // A backup of the days in between, in which he was there again.
    env.DSR_NOW = '2026-11-30T09:00:00Z';
    await restore();
    const again = await call('replay', '--since', '2026-11-27', '--yes');
    expect([again.code, again.document.incomplete ?? again.stderr]).toEqual([0, []]);
    expect(await rows('customers')).toHaveLength(2);
    expect(again.gone.every((row) => /^crm\.\w+ 2\|/.test(row))).toBe(true);
  });

  it('asks about what a sweep erased: it had been masked, and tells nobody', async () => {
    const { call, env, exec } = await open();
    expect((await call('erase', 'anna@example.se', '--yes')).code).toBe(0);
    const before = [...(await rows('customers')), ...(await rows('invoices'))].filter((row) =>
      / 1\|/.test(row),
    );
    env.DSR_NOW = '2033-01-02T09:00:00Z';
    expect((await call('sweep', '--yes')).code).toBe(0);
    expect((await rows('customers')).some((row) => row.includes(' 1|'))).toBe(false);
    // The backup of the day before, in which she was masked; and somebody new under a key of before.
    for (const row of before) {
      const [place = '', ...values] = row.split('|');
      const [table, id] = place.slice('crm.'.length).split(' ');
      const all = [id, ...values].map((value) => (value === 'null' ? 'null' : `'${value}'`));
      await exec(`insert into ${table} values (${all.join(', ')})`);
    }
    env.DSR_NOW = '2033-01-03T09:00:00Z';
    const first = await call('replay', '--since', '2033-01-01', '--yes');
    expectUntouched(first);
    expect(first.code).toBe(4);
    expect(first.document.decisions).toMatchObject([{ collection: 'crm.customers', key: { id: 1 } }]);
    const second = await call('replay', '--since', '2033-01-01', '--accept', 'D1', '--yes');
    expect([second.code, second.document.incomplete ?? second.stderr]).toEqual([0, []]);
    expect(second.gone).toHaveLength(2);
    // Whoever got the key since tells who they are.
    await exec("insert into customers values (1, 'Ny Kund', 'ny@example.com', null)");
    const third = await call('replay', '--since', '2033-01-01', '--yes');
    expectUntouched(third);
    expect([third.code, third.document.decisions]).toEqual([0, []]);
  });

  it('does not take along who has a value by now that a restored record held', async () => {
    const { call, restore, exec } = await open();
    for (const who of ['anna@example.se', 'bo@example.com']) await call('erase', who, '--yes');
    await restore();
    // Changed by others before the erasure: the ledger never knew it as hers.
    await exec("update customers set email = 'dan@example.com' where id = 1");
    await exec("insert into customers values (21, 'Dan Dal', 'dan@example.com', '19440813-9089')");
    const dan = (await rows('customers')).filter((row) => row.includes(' 21|'));
    const first = await call('replay', '--since', BACKUP, '--yes');
    expect(first.code).toBe(4);
    expect(first.document.decisions.length).toBeGreaterThan(0);
    expect((await rows('customers')).filter((row) => row.includes(' 21|'))).toEqual(dan);
    expect((await rows('customers')).map((row) => row.split('|')[0])).toEqual([
      'crm.customers 1',
      'crm.customers 21',
      'crm.customers 3',
    ]);
    const ids = first.document.decisions.map(({ id }) => id);
    const second = await call('replay', '--since', BACKUP, '--reject', ...ids, '--yes');
    expect([second.code, second.document.incomplete ?? second.stderr]).toEqual([0, []]);
    expect((await rows('customers')).filter((row) => row.includes(' 21|'))).toEqual(dan);
  });

  it('asks about who came back under the very key, known by something that nobody erased had', async () => {
    const { call, exec } = await open();
    await call('erase', 'bo@example.com', '--yes');
    await exec("insert into customers values (2, 'Bo Ek', 'bo@example.com', '19440813-9089')");
    const before = await rows('customers');
    const first = await call('replay', '--since', BACKUP, '--yes');
    expect([first.code, first.document.decisions.length]).toEqual([4, 1]);
    expect(await rows('customers')).toEqual(before);
  });

  it('follows an identifier to the record that it is of', async () => {
    const { call, restore, exec } = await open();
    await call('erase', 'bo@example.com', '--yes');
    await restore();
    // His root is known by the address in the other table alone.
    await exec('update customers set email = null, personnummer = null where id = 2');
    await exec("insert into customers values (22, 'Ida Ek', null, null)");
    await exec("insert into addresses values (22, 22, 'bo.ek@example.se')");
    const first = await call('replay', '--since', BACKUP, '--yes');
    expect(first.code).toBe(4);
    expect(first.document.decisions).toMatchObject([{ collection: 'crm.customers', key: { id: 22 } }]);
    const second = await call('replay', '--since', BACKUP, '--reject', 'all', '--yes');
    expect(second.code).toBe(0);
    expect(await rows('customers')).toHaveLength(3);
    expect(await rows('addresses')).toContain('crm.addresses 22|22|bo.ek@example.se');
    expect(await rows('addresses')).not.toContain('crm.addresses 2|2|bo.ek@example.se');
  });

  it('finds identifiers inside documents, and numbers without their zeros', async () => {
    const column = { sqlite: 'text', postgres: 'jsonb', mysql: 'json' }[engine];
    world = await caseWorkspace(
      engine,
      {
        crm: {
          sql: [
            `create table people (id int primary key, profile ${column}, customer_no int)`,
            `insert into people values (1, '{"mails": ["anna@example.se", "a2@example.se"]}', 17), (2, '{"mails": ["eva@example.se"]}', 18)`,
          ],
          collections: {
            people: {
              subject: 'customer',
              system: ['id'],
              fields: {
                'profile.mails[]': { category: 'user.contact.email', identifier: 'email' },
                customer_no: { category: 'user.unique_id', identifier: 'customer_no' },
              },
              erase: 'delete',
            },
          },
        },
      },
      { identifiers: { customer_no: { strength: 'strong', match: 'digits' } } },
    );
    const call = changing(world, PERSONAL);
    const database = world.databases.crm;
    const erased = await call('erase', 'customer_no=00017', '--yes');
    expect([erased.code, erased.gone.length, erased.came]).toEqual([0, 1, []]);
    for (const document of ['{"mails": ["A2@example.se"]}', '{"mails": []}']) {
      await database?.exec(
        `insert into people values (1, '${document}', ${document.includes('A2') ? 'null' : 17})`,
      );
      const again = await call('replay', '--since', BACKUP, '--yes');
      expect([again.code, again.document.incomplete ?? again.stderr]).toEqual([0, []]);
      expect([again.gone.length, again.came]).toEqual([1, []]);
    }
  });

  const twoSources = async () => {
    const sourceOf = (table: string) => ({
      sql: [
        `create table ${table} (id int primary key, email varchar(60))`,
        `insert into ${table} values (1, 'anna@example.se'), (2, 'eva@example.se')`,
      ],
      collections: {
        [table]: {
          subject: 'customer',
          system: ['id'],
          fields: { email: { category: 'user.contact.email', identifier: 'email' } },
          erase: 'delete',
        },
      },
    });
    world = await caseWorkspace(engine, { crm: sourceOf('people'), shop: sourceOf('buyers') });
    const call = changing(world, PERSONAL);
    expect((await call('erase', 'anna@example.se', '--yes')).code).toBe(0);
    await world.databases.crm?.exec("insert into people values (1, 'anna@example.se')");
    await world.databases.shop?.exec("insert into buyers values (1, 'anna@example.se')");
    return call;
  };

  it('erases in the sources that answer, and names the others', async () => {
    const call = await twoSources();
    const url = world.env.SHOP_URL ?? '';
    world.env.SHOP_URL =
      engine === 'sqlite' ? `${url}.gone` : url.replace(/\/[^/]*$/, '/dsr_no_such_database');
    const first = await call('replay', '--since', BACKUP, '--yes');
    expect([first.code, first.gone]).toEqual([3, ['crm.people 1|anna@example.se']]);
    expect(first.document.incomplete.join()).toContain('shop was not searched');
    world.env.SHOP_URL = url;
    const second = await call('replay', '--since', BACKUP, '--yes');
    expect([second.code, second.gone]).toEqual([0, ['shop.buyers 1|anna@example.se']]);
  });

  it('is finished by resume where a source did not take it, and names itself until then', async () => {
    const call = await twoSources();
    const refusing = {
      sqlite: ["create trigger no before delete on buyers begin select raise(abort, 'no'); end"],
      mysql: ["create trigger no before delete on buyers for each row signal sqlstate '45000'"],
      postgres: [
        "create function no() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$",
        'create trigger no before delete on buyers for each row execute function no()',
      ],
    }[engine];
    for (const statement of refusing) await world.databases.shop?.exec(statement);
    const first = await call('replay', '--since', BACKUP, '--yes');
    expect([first.code, first.gone]).toEqual([3, ['crm.people 1|anna@example.se']]);
    await world.databases.shop?.exec(engine === 'postgres' ? 'drop trigger no on buyers' : 'drop trigger no');
    const second = await call('replay', '--since', BACKUP, '--dry-run');
    expect(second.document.incomplete.join()).toContain(`dsr resume ${first.document.request}`);
    const resumed = await call('resume', first.document.request ?? '', '--yes');
    expect([resumed.code, resumed.gone]).toEqual([0, ['shop.buyers 1|anna@example.se']]);
    const third = await call('replay', '--since', BACKUP, '--yes');
    expectUntouched(third);
    expect([third.code, third.document.incomplete ?? third.stderr]).toEqual([0, []]);
  });

  if (engine === 'sqlite') {
    it('erases again in the copy of a file that is put back', async () => {
      const { call, databases } = await open();
      const file = databases.crm?.connection ?? '';
      copyFileSync(file, `${file}.backup`);
      for (const who of ['anna@example.se', 'bo@example.com']) await call('erase', who, '--yes');
      const without = (await dump(world)).filter((row) => !row.includes('customers 1|'));
      for (const ending of ['-wal', '-shm', '-journal']) rmSync(`${file}${ending}`, { force: true });
      copyFileSync(`${file}.backup`, file);
      const live = await world.dsr('find', 'bo@example.com', '--json');
      expect(live.code).toBe(0);
      expect((await call('replay', '--since', BACKUP, '--yes')).code).toBe(0);
      expect((await dump(world)).filter((row) => !row.includes('customers 1|'))).toEqual(without);
      expectUntouched(await call('replay', '--since', BACKUP, '--yes'));
    });
  }
});
