import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { describeEngines, type Engine } from '../harness/engines.js';
import { changing, dump, expectDone, expectUntouched } from './changes.js';
import { type CaseWorkspace, caseWorkspace } from './workspace.js';

const email = { category: 'user.contact.email', identifier: 'email' };
const ANNA = ['anna@example.se', '199006022397', 'Anna Lind'];
const NOW = '2026-11-26T09:00:00Z';

/** Anna's invoice with its item, which nothing keeps but a hold; Bo's, which names her as its seller. */
async function shop(engine: Engine): Promise<CaseWorkspace> {
  const world = await caseWorkspace(engine, {
    crm: {
      sql: [
        'create table users (id int primary key, email varchar(100), pnr varchar(20), name varchar(50))',
        `create table invoices (id int primary key, user_id int not null, seller_id int, phone varchar(30), day date,
           foreign key (user_id) references users (id), foreign key (seller_id) references users (id))`,
        `create table items (id int primary key, invoice_id int not null, text varchar(50),
           foreign key (invoice_id) references invoices (id))`,
        `insert into users values (1, 'anna@example.se', '199006022397', 'Anna Lind'), (2, 'bo@example.se', null, 'Bo Ek')`,
        `insert into invoices values (1, 1, null, '070-1740605', '2010-05-01'), (2, 2, 1, '070-1740699', '2010-05-01')`,
        `insert into items values (1, 1, 'a chair'), (2, 2, 'a desk')`,
      ],
      collections: {
        users: {
          subject: 'customer',
          system: ['id'],
          fields: {
            email,
            pnr: {
              category: 'user.government_id.national_identification_number',
              identifier: 'personnummer',
            },
            name: 'user.name',
          },
          erase: 'delete',
        },
        invoices: {
          system: ['id'],
          fields: {
            user_id: 'owned-by',
            seller_id: 'mentions',
            phone: 'user.contact.phone_number',
            day: 'user.financial',
          },
          erase: 'delete',
          retain: {
            ground: 'legal-obligation',
            until: { field: 'day', plus: { years: 5 } },
            mask: ['phone'],
          },
        },
        items: {
          system: ['id'],
          fields: { invoice_id: 'owned-by', text: 'user.content' },
          erase: 'as-owner',
        },
      },
    },
  });
  world.env.DSR_NOW = NOW;
  return world;
}

/** What is still to go, or to wait for. */
function owed(world: CaseWorkspace): readonly unknown[] {
  const work = new Database(join(world.folder, '.dsr', 'work.db'), { readonly: true });
  try {
    return ['obligations', 'blocked'].flatMap((table) => work.prepare(`select * from ${table}`).all());
  } finally {
    work.close();
  }
}

async function json<T>(world: CaseWorkspace, ...argv: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await world.dsr(...argv, '--json');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as T;
}

describeEngines('a hold', (engine) => {
  it('on a person keeps everything of theirs until it is released, whatever they are asked for by', async () => {
    const world = await shop(engine);
    const run = changing(world, ANNA);
    const added = await json(
      world,
      'hold',
      'add',
      '199006022397',
      '--ground',
      'legal-claims',
      '--operator',
      'Eva',
    );
    expect(added).toEqual({
      ...{ hold: 'H1', ground: 'legal-claims', collection: null, person: true, identifiers: 1 },
      ...{
        operator: 'Eva',
        since: '2026-11-26T09:00:00.000Z',
        released: null,
        releasedBy: null,
        requests: [],
      },
    });
    for (const flags of [['--dry-run'], ['--yes']]) {
      const held = await run('erase', 'anna@example.se', ...flags);
      expectUntouched(held);
      expect(held.code).toBe(4);
      expect(held.document).toMatchObject({ applied: false, stopped: 'held', complete: false });
      expect(held.document.incomplete).toEqual([
        'H1 holds this person’s erasure: legal-claims, since 2026-11-26, by Eva',
      ]);
      expect(held.actions).toEqual([
        'crm.invoices clear 1',
        'crm.invoices delete 1',
        'crm.items delete 1',
        'crm.users delete 1',
      ]);
    }
    const request = 'R-2026-0001';
    expect(await json(world, 'hold', 'list')).toMatchObject({ hold: 'H1', requests: [request] });
    expect(await json(world, 'hold', 'release', 'H1')).toMatchObject({
      ...{ hold: 'H1', released: '2026-11-26T09:00:00.000Z' },
      back: { requests: [request], records: 0 },
    });
    const swept = await run('sweep', '--yes');
    expect(swept.code).toBe(0);
    expect((await dump(world)).map((row) => row.replace(/\|.*/, ''))).toEqual([
      'crm.invoices 2',
      'crm.items 2',
      'crm.users 2',
    ]);
    expect((await world.dsr('hold', 'list', '--json')).stdout).toBe('');
    await world.close();
  });

  it('on a collection keeps its records in every role, and masks whom they point at', async () => {
    const world = await shop(engine);
    const run = changing(world, ANNA);
    await json(world, 'hold', 'add', '--collection', 'crm.invoices', '--ground', 'legal-claims');
    // Whether the law keeps it, too: nothing of it is minimised.
    await world.databases.crm?.exec("update invoices set day = '2026-05-01' where id = 1");
    const erased = await run('erase', 'anna@example.se', '--yes');
    expectDone(erased);
    expect(erased.actions).toEqual(['crm.invoices keep 2', 'crm.items keep 1', 'crm.users mask 1']);
    for (const { collection, ground, until, why, fields } of erased.document.actions) {
      if (collection === 'crm.users') continue;
      expect({ ground, until, why, fields }).toEqual({
        ...{ ground: 'legal-claims', until: null, why: 'hold H1', fields: [] },
      });
    }
    expect(erased.gone.filter((row) => !row.startsWith('crm.users 1|'))).toEqual([]);
    expect((await world.dsr('verify', erased.document.request ?? '', '--json')).code).toBe(0);
    const { request } = erased.document;
    // The invoice, its item, Bo's that names her, and the row that was masked for their sake.
    expect(await json(world, 'hold', 'release', 'H1')).toMatchObject({
      back: { requests: [request], records: 4 },
    });
    await world.databases.crm?.exec("update invoices set day = '2010-05-01' where id = 1");
    const swept = await run('sweep', '--yes');
    expect({ code: swept.code, stderr: swept.stderr, incomplete: swept.document.incomplete }).toEqual({
      ...{ code: 0, stderr: '', incomplete: [] },
    });
    expect((await dump(world)).map((row) => row.replace(/\|.*/, ''))).toEqual([
      'crm.invoices 2',
      'crm.items 2',
      'crm.users 2',
    ]);
    expect(swept.came).toEqual([expect.stringMatching(/^crm\.invoices 2\|2\|null\|070-1740699\|/)]);
    expect(owed(world)).toEqual([]);
    await world.close();
  });

  it('released before a law lets go has what it kept judged anew', async () => {
    const world = await shop(engine);
    const run = changing(world, ANNA);
    await world.databases.crm?.exec("update invoices set day = '2026-05-01' where id = 1");
    await json(world, 'hold', 'add', '--collection', 'crm.invoices', '--ground', 'legal-claims');
    expectDone(await run('erase', 'anna@example.se', '--yes'));
    const before = await run('sweep', '--yes');
    expectUntouched(before);
    expect(before.code).toBe(0);
    await json(world, 'hold', 'release', 'H1');
    const swept = await run('sweep', '--yes');
    expect(swept.code).toBe(0);
    expect(swept.gone.map((row) => row.replace(/\|.*/, ''))).toEqual(['crm.invoices 1', 'crm.invoices 2']);
    expect(swept.came).toEqual([
      expect.stringMatching(/^crm\.invoices 1\|1\|null\|null\|2026-05-01/),
      expect.stringMatching(/^crm\.invoices 2\|2\|null\|070-1740699\|/),
    ]);
    const until = { until: '2031-05-01', hold: null };
    expect(owed(world)).toMatchObject([
      { collection: 'crm.invoices', role: 'own', ground: 'legal-obligation', ...until },
      { collection: 'crm.items', role: 'own', ...until },
      { collection: 'crm.users', role: 'husk', ...until },
    ]);
    world.env.DSR_NOW = '2031-05-01T09:00:00Z';
    expect((await run('sweep', '--yes')).code).toBe(0);
    expect(owed(world)).toEqual([]);
    await world.close();
  });

  it('on a person keeps what the law kept of them until it is released', async () => {
    const world = await shop(engine);
    const run = changing(world, ANNA);
    await world.databases.crm?.exec("update invoices set day = '2026-05-01' where id = 1");
    expectDone(await run('erase', 'anna@example.se', '--yes'));
    // By another identifier than the one that they were erased by: the erasure had learnt it.
    await json(world, 'hold', 'add', '199006022397', '--ground', 'legal-claims');
    world.env.DSR_NOW = '2032-01-01T09:00:00Z';
    expectUntouched(await run('sweep', '--yes'));
    await json(world, 'hold', 'release', 'H1');
    expect((await run('sweep', '--yes')).code).toBe(0);
    expect((await dump(world)).map((row) => row.replace(/\|.*/, ''))).toEqual([
      'crm.invoices 2',
      'crm.items 2',
      'crm.users 2',
    ]);
    await world.close();
  });

  it('that comes after the erasure keeps what the law had kept, past its day', async () => {
    const world = await shop(engine);
    const run = changing(world, ANNA);
    await world.databases.crm?.exec("update invoices set day = '2026-05-01'");
    expectDone(await run('erase', 'anna@example.se', '--yes'));
    await json(world, 'hold', 'add', '--collection', 'crm.invoices', '--ground', 'legal-claims');
    world.env.DSR_NOW = '2032-01-01T09:00:00Z';
    const swept = await run('sweep', '--yes');
    expectUntouched(swept);
    expect({ code: swept.code, stderr: swept.stderr }).toEqual({ code: 0, stderr: '' });
    // Its item and the masked row wait with it, and nothing of it is due any more.
    const waits = { request: 'R-2026-0001', until: '9999-12-31', hold: 'H1' };
    expect(owed(world)).toMatchObject([
      { collection: 'crm.invoices', role: 'own', ...waits },
      { collection: 'crm.invoices', role: 'mention', ...waits },
      { collection: 'crm.items', role: 'own', ...waits },
      { collection: 'crm.users', role: 'husk', ...waits },
    ]);
    expect((await run('sweep', '--yes')).entries).toEqual([]);
    await json(world, 'hold', 'release', 'H1');
    expect((await run('sweep', '--yes')).code).toBe(0);
    expect((await dump(world)).map((row) => row.replace(/\|.*/, ''))).toEqual([
      'crm.invoices 2',
      'crm.items 2',
      'crm.users 2',
    ]);
    expect(owed(world)).toEqual([]);
    await world.close();
  });

  it('on the collection of the person themselves keeps them as they are, and lets the rest go', async () => {
    const world = await shop(engine);
    const run = changing(world, ANNA);
    await json(world, 'hold', 'add', '--collection', 'crm.users', '--ground', 'archiving');
    const erased = await run('erase', 'anna@example.se', '--yes');
    expectDone(erased);
    expect(erased.gone).not.toContainEqual(expect.stringContaining('crm.users'));
    expect(erased.actions).toEqual([
      'crm.invoices clear 1',
      'crm.invoices delete 1',
      'crm.items delete 1',
      'crm.users keep 1',
    ]);
    await world.close();
  });
});
