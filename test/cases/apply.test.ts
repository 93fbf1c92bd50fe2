import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readZip } from '../extract/read-zip.js';
import { describeEngines, type Engine, hasEngine } from '../harness/engines.js';
import { changing, expectDone, expectUntouched } from './changes.js';
import { type CaseSource, caseWorkspace } from './workspace.js';

const email = { category: 'user.contact.email', identifier: 'email' };
const customer_no = { category: 'user.unique_id', identifier: 'customer_no' };
const PERSONAL = ['anna@example.se', 'Anna Lind', 'K-1001'];
const extra = { identifiers: { customer_no: { strength: 'strong', single: true, match: 'exact' } } };

const crm: CaseSource = {
  sql: [
    'create table users (id int primary key, email varchar(100), name varchar(40), no varchar(10) unique)',
    `insert into users values (1, 'anna@example.se', 'Anna Lind', 'K-1001'), (2, 'bo@example.se', 'Bo', 'K-1002')`,
  ],
  collections: {
    users: {
      subject: 'customer',
      system: ['id'],
      fields: { email, name: 'user.name', no: customer_no },
      erase: 'delete',
    },
  },
};
const shop: CaseSource = {
  sql: [
    'create table orders (id int primary key, no varchar(10), what varchar(40))',
    'create table likes (id int primary key, user_id int, page varchar(40))',
    `insert into orders values (1, 'K-1001', 'Symaskin'), (2, 'K-1002', 'Cykel'), (3, 'k-1001', 'Fel')`,
    `insert into likes values (1, 1, 'a'), (2, 2, 'b'), (3, 1, 'c')`,
  ],
  collections: {
    orders: {
      system: ['id'],
      fields: { no: { references: 'crm.users.no', relation: 'owned-by' }, what: 'user.behavior' },
      erase: 'delete',
    },
    likes: {
      system: ['id'],
      fields: { user_id: { references: 'crm.users.id', relation: 'owned-by' }, page: 'user.behavior' },
      information: { legalBasis: 'consent' },
      erase: 'delete',
    },
  },
};
const hers = [
  'crm.users 1|anna@example.se|Anna Lind|K-1001',
  'shop.likes 1|1|a',
  'shop.likes 3|1|c',
  'shop.orders 1|K-1001|Symaskin',
];

describeEngines('a change', (engine) => {
  it('across two databases that refer to each other: hers in both, and the keys compared as they are written', async () => {
    const world = await caseWorkspace(engine, { crm, shop }, extra);
    const done = await changing(world, PERSONAL)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.gone).toEqual(hers);
    expect(done.came).toEqual([]);
    expect(done.actions).toEqual(['crm.users delete 1', 'shop.likes delete 2', 'shop.orders delete 1']);
    expect(done.document.outcomes.map(({ source, outcome }) => `${source} ${outcome}`).sort()).toEqual([
      'crm committed',
      'shop committed',
    ]);
    await world.close();
  });

  it('in sources of two engines', async () => {
    const other: Engine = engine === 'sqlite' ? (hasEngine('postgres') ? 'postgres' : 'sqlite') : 'sqlite';
    const world = await caseWorkspace(engine, { crm, shop: { ...shop, engine: other } }, extra);
    const done = await changing(world, PERSONAL)('erase', 'customer_no=K-1001', '--yes');
    expectDone(done);
    expect(done.gone).toEqual(hers);
    expect(done.came).toEqual([]);
    await world.close();
  });

  it('that is only rehearsed, or not confirmed, changes nothing and says so', async () => {
    const world = await caseWorkspace(engine, { crm, shop }, extra);
    const call = changing(world, PERSONAL);
    const rehearsed = await call('erase', 'anna@example.se', '--dry-run');
    expect(rehearsed.code).toBe(0);
    expect(rehearsed.document).toMatchObject({ request: null, applied: false, verified: null });
    expect(rehearsed.actions).toEqual(['crm.users delete 1', 'shop.likes delete 2', 'shop.orders delete 1']);
    expectUntouched(rehearsed);
    for (const argv of [
      ['erase', 'anna@example.se'],
      ['rectify', 'anna@example.se', '--set', 'user.name=Anna Ström'],
    ]) {
      const unasked = await call(...argv);
      expect(unasked.code).toBe(4);
      expect(unasked.document).toMatchObject({ applied: false, verified: null });
      expectUntouched(unasked);
    }
    await world.close();
  });

  it('because consent was withdrawn covers what rests on consent; the rest is kept as not covered', async () => {
    const world = await caseWorkspace(engine, { crm, shop }, extra);
    const done = await changing(
      world,
      PERSONAL,
    )(...['erase', 'anna@example.se', '--reason', 'consent-withdrawn', '--yes']);
    expectDone(done);
    expect(done.gone).toEqual(['shop.likes 1|1|a', 'shop.likes 3|1|c']);
    expect(done.came).toEqual([]);
    const kept = done.document.actions.filter(({ action }) => action === 'keep');
    expect(kept.map(({ collection, ground }) => `${collection} ${ground}`).sort()).toEqual([
      'crm.users not-covered',
      'shop.orders not-covered',
    ]);
    await world.close();
  });

  it('with an extract asked for: made first, of what is then gone; one that fails stops the erasure', async () => {
    const world = await caseWorkspace(engine, { crm, shop }, extra);
    const call = changing(world, PERSONAL);
    const taken = join(world.folder, 'taken.zip');
    mkdirSync(taken);
    for (const file of [taken, join(world.folder, 'missing', 'a.zip')]) {
      const failed = await call('erase', 'anna@example.se', '--export', file, '--yes');
      expect(failed.code).not.toBe(0);
      expectUntouched(failed);
    }
    const file = join(world.folder, 'anna.zip');
    const done = await call('erase', 'anna@example.se', '--export', file, '--yes');
    expectDone(done);
    expect(done.gone).toEqual(hers);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const entries = await readZip(file);
    const users = Buffer.from(entries.get('data/crm/users.json') ?? []).toString('utf8');
    expect(users).toContain('Anna Lind');
    expect(Buffer.from(entries.get('data/shop/orders.json') ?? []).toString('utf8')).toContain('Symaskin');
    expect(done.entries.indexOf('export')).toBeGreaterThan(0);
    expect(done.entries.indexOf('export')).toBeLessThan(done.entries.indexOf('outcome crm committed'));
    await world.close();
  });

  it.for([['delete'], ['mask']] as const)(
    'with a source that does not answer (%s): what it may refer to waits with all that leads there, and the same request does it later',
    async ([erase]) => {
      const world = await caseWorkspace(engine, { crm: deep(erase), shop: accountOrders() });
      const url = String(world.env.SHOP_URL);
      const away = engine === 'sqlite' ? join(world.folder, 'gone.db') : url.replace(/:\d+\//, ':1/');
      world.env.SHOP_URL = away;
      const call = changing(world, PERSONAL);
      const half = await call('erase', 'anna@example.se', '--yes');
      expect(half.code).toBe(3);
      expect(half.gone).toEqual(['crm.notes 1|1|hemligt']);
      expect(half.document.complete).toBe(false);
      expect(half.actions).toEqual([
        ...['crm.accounts manual 1', 'crm.emails manual 1', `crm.notes ${erase} 1`, 'crm.users manual 1'],
      ]);
      expect(half.document.incomplete.join('\n')).toMatch(/shop was not searched/);
      expect(existsSync(join(world.folder, 'gone.db'))).toBe(false);
      world.env.SHOP_URL = url;
      const done = await call('erase', '--request', String(half.document.request), '--yes');
      expectDone(done);
      expect(done.gone).toContain('shop.orders 1|5');
      expect(done.gone).toContain('crm.emails 1|1|anna@example.se');
      expect((await world.dsr('ledger', 'verify')).code).toBe(0);
      await world.close();
    },
  );

  it('with a source that refuses: what leads to its records is left, the others are done, and the same request does the rest', async () => {
    const world = await caseWorkspace(engine, {
      crm: deep('delete'),
      shop: accountOrders(),
      web: {
        sql: [
          'create table visits (id int primary key, user_id int)',
          'insert into visits values (1, 1), (2, 2)',
        ],
        collections: {
          visits: {
            system: ['id'],
            fields: { user_id: { references: 'crm.users.id', relation: 'owned-by' } },
            erase: 'delete',
          },
        },
      },
    });
    const { shop: orders } = world.databases;
    for (const sql of refusing[engine]) await orders?.exec(sql);
    const call = changing(world, PERSONAL);
    const half = await call('erase', 'anna@example.se', '--yes');
    expect(half.code).toBe(3);
    expect(half.gone).toEqual(['web.visits 1|1']);
    expect(half.came).toEqual([]);
    expect(half.document.outcomes.map(({ source, outcome }) => `${source} ${outcome}`).sort()).toEqual([
      ...['crm rolled-back', 'shop rolled-back', 'web committed'],
    ]);
    expect(half.document.verified?.residual).toBeGreaterThan(0);
    await orders?.exec(`drop trigger no${engine === 'postgres' ? ' on orders' : ''}`);
    const done = await call('erase', '--request', String(half.document.request), '--yes');
    expectDone(done);
    expect(done.gone).toEqual([
      ...[
        'crm.accounts 5|1',
        'crm.emails 1|1|anna@example.se',
        'crm.notes 1|1|hemligt',
        'crm.users 1|Anna Lind',
      ],
      'shop.orders 1|5',
    ]);
    await world.close();
  });
});

/** A person known by an e-mail in a child table, with something further down that another database refers to. */
function deep(erase: 'delete' | 'mask'): CaseSource {
  const mine = { references: 'users.id', relation: 'owned-by' };
  return {
    sql: [
      'create table users (id int primary key, name varchar(40))',
      'create table emails (id int primary key, user_id int, email varchar(100))',
      'create table notes (id int primary key, user_id int, body varchar(40))',
      'create table accounts (id int primary key, user_id int not null, foreign key (user_id) references users (id))',
      `insert into users values (1, 'Anna Lind'), (2, 'Bo')`,
      `insert into emails values (1, 1, 'anna@example.se'), (2, 2, 'bo@example.se')`,
      `insert into notes values (1, 1, 'hemligt'), (2, 2, 'bos')`,
      'insert into accounts values (5, 1), (6, 2)',
    ],
    collections: {
      users: { subject: 'customer', system: ['id'], fields: { name: 'user.name' }, erase },
      emails: { system: ['id'], fields: { user_id: mine, email: { ...email, of: 'user_id' } }, erase },
      notes: { system: ['id'], fields: { user_id: mine, body: 'user.content.private' }, erase },
      accounts: { system: ['id'], fields: { user_id: 'owned-by' }, erase },
    },
  };
}

function accountOrders(): CaseSource {
  return {
    sql: [
      'create table orders (id int primary key, account int)',
      'insert into orders values (1, 5), (2, 6)',
    ],
    collections: {
      orders: {
        system: ['id'],
        fields: { account: { references: 'crm.accounts.id', relation: 'owned-by' } },
        erase: 'delete',
      },
    },
  };
}

const refusing: Readonly<Record<Engine, readonly string[]>> = {
  sqlite: [`create trigger no before delete on orders begin select raise(abort, 'Anna Lind'); end`],
  mysql: [
    `create trigger no before delete on orders for each row signal sqlstate '45000' set message_text = 'Anna Lind'`,
  ],
  postgres: [
    `create function no() returns trigger language plpgsql as $$ begin raise exception 'Anna Lind'; end $$`,
    'create trigger no before delete on orders for each row execute function no()',
  ],
};
