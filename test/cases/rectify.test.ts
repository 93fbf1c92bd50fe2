import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rectifySubject } from '../../src/case/change/rectify.js';
import { codeOfChange } from '../../src/cli/exit-code.js';
import { contextOf } from '../case/workspace-support.js';
import { describeEngines } from '../harness/engines.js';
import { changing, dump, expectDone, expectUntouched } from './changes.js';
import { type CaseSource, caseWorkspace } from './workspace.js';

const email = { category: 'user.contact.email', identifier: 'email' };
const phone = { category: 'user.contact.phone_number', identifier: 'phone' };
const pnr = { category: 'user.government_id.national_identification_number', identifier: 'personnummer' };
const PERSONAL = [
  'anna@example.se',
  'ny@example.se',
  'Anna Lind',
  '070-174 06 05',
  '0701740612',
  '070-174 06 12',
];

const crm: CaseSource = {
  sql: [
    'create table users (id int primary key, email varchar(30) not null unique, name varchar(40), phone varchar(20), pnr varchar(13))',
    `create table orders (id int primary key, user_id int, phone bigint, ship_name varchar(40), ship_phone varchar(20),
       foreign key (user_id) references users (id))`,
    'create table calls (id int primary key, user_id int, called varchar(20), note varchar(40), foreign key (user_id) references users (id))',
    `insert into users values (1, 'anna@example.se', 'Anna Lind', '070-174 06 05', '900602-2397'), (2, 'bo@example.se', 'Bo Ek', '070-174 06 05', '850101-2382')`,
    `insert into orders values (0, 1, 701740605, 'Anna Lind', '0701740605'), (1, 1, null, 'Eva Berg', '070-1740699'), (2, 2, 701740605, 'Anna Lind', null)`,
    `insert into calls values (1, 1, '+46701740605', 'ring 070-174 06 05'), (2, 1, '0701740650', null), (3, 2, '+46701740605', null)`,
  ],
  collections: {
    users: {
      subject: 'customer',
      system: ['id'],
      fields: { email, name: 'user.name', phone, pnr },
      erase: 'delete',
    },
    orders: {
      system: ['id'],
      fields: {
        user_id: 'owned-by',
        phone: { ...phone, of: 'user_id' },
        ship_name: 'user.name',
        ship_phone: 'user.contact.phone_number',
      },
      erase: 'delete',
    },
    calls: {
      system: ['id'],
      fields: {
        user_id: 'owned-by',
        called: { category: 'user.contact.phone_number', rectify: false },
        note: 'user.content.private',
      },
      erase: 'delete',
    },
  },
};
const shop: CaseSource = {
  sql: [
    'create table buyers (id int primary key, mail varchar(60), tel varchar(12) not null)',
    `insert into buyers values (1, 'Anna@Example.se', '0701740605'), (2, 'bo@example.se', '0701740605')`,
  ],
  collections: {
    buyers: { subject: 'buyer', system: ['id'], fields: { mail: email, tel: phone }, erase: 'delete' },
  },
};

describeEngines('rectify', (engine) => {
  it("a phone number: in every place of the person's and in that place's own form, history and others' as they were", async () => {
    const world = await caseWorkspace(engine, { crm, shop });
    const call = changing(world, PERSONAL);
    const done = await call('rectify', 'anna@example.se', '--set', 'phone=+46 70 174 06 12', '--yes');
    expectDone(done);
    expect(done.gone).toEqual([
      'crm.orders 0|1|701740605|Anna Lind|0701740605',
      'crm.users 1|anna@example.se|Anna Lind|070-174 06 05|900602-2397',
      'shop.buyers 1|Anna@Example.se|0701740605',
    ]);
    expect(done.came).toEqual([
      'crm.orders 0|1|701740612|Anna Lind|0701740612',
      'crm.users 1|anna@example.se|Anna Lind|070-174 06 12|900602-2397',
      'shop.buyers 1|Anna@Example.se|0701740612',
    ]);
    expect(done.document.actions.filter(({ action }) => action === 'update')).toHaveLength(3);
    expect(done.entries.slice(-4)).toEqual([
      ...['intent rectify', 'outcome crm committed', 'outcome shop committed', 'verification'],
    ]);
    const again = await call('rectify', 'anna@example.se', '--set', 'phone=+46 70 174 06 12', '--yes');
    expectUntouched(again);
    expect(again.code).toBe(0);
    await world.close();
  });

  it('a name: a shipping name that is somebody else’s stays', async () => {
    const world = await caseWorkspace(engine, { crm });
    const done = await changing(world, PERSONAL)(
      'rectify',
      'anna@example.se',
      '--set',
      'user.name=Anna Ström',
      '--yes',
    );
    expectDone(done);
    expect(done.came).toEqual([
      'crm.orders 0|1|701740605|Anna Ström|0701740605',
      'crm.users 1|anna@example.se|Anna Ström|070-174 06 05|900602-2397',
    ]);
    await world.close();
  });

  it('an e-mail, in two databases at once; verified by the new one, too', async () => {
    const world = await caseWorkspace(engine, { crm, shop });
    const call = changing(world, PERSONAL);
    const done = await call('rectify', 'anna@example.se', '--set', 'email=ny@example.se', '--yes');
    expectDone(done);
    expect(done.came).toEqual([
      'crm.users 1|ny@example.se|Anna Lind|070-174 06 05|900602-2397',
      'shop.buyers 1|ny@example.se|0701740605',
    ]);
    expect((await call('verify', String(done.document.request))).code).toBe(0);
    await world.databases.crm?.exec(`update users set email = 'anna@example.se' where id = 1`);
    const verified = await call('verify', String(done.document.request));
    expect(verified.code).toBe(3);
    await world.close();
  });

  it("an e-mail that is somebody else's already: exit 4, nothing changed", async () => {
    const world = await caseWorkspace(engine, { shop });
    const call = changing(world, [...PERSONAL, 'bo@example.se']);
    const asked = await call('rectify', 'anna@example.se', '--set', 'email=bo@example.se', '--yes');
    expect(asked.code).toBe(4);
    expectUntouched(asked);
    expect(asked.document.decisions).toMatchObject([{ id: 'D1' }]);
    const { request } = asked.document;
    const again = ['rectify', '--request', String(request), '--set', 'email=bo@example.se', '--yes'];
    const refused = await call(...again, '--reject', 'D1');
    expectUntouched(refused);
    expect(refused.code).not.toBe(0);
    await world.close();
  });

  it.for([
    ['unique', 'email=bo@example.se', /crm\.users\.email/],
    ['NOT NULL', 'crm.users.email=', /crm\.users\.email/],
    ['a length', 'email=en.mycket.lang.adress@example.se', /crm\.users\.email/],
  ] as const)('what %s refuses: named, and nothing changed in any source', async ([, set, named]) => {
    const world = await caseWorkspace(engine, { crm, shop });
    // What is somebody else's is a decision first.
    const call = changing(world, [...PERSONAL, 'bo@example.se', 'en.mycket.lang']);
    const argv = ['rectify', 'anna@example.se', '--set', set, '--yes'];
    let refused = await call(...argv);
    expectUntouched(refused);
    const { decisions = [], request } = refused.document;
    if (decisions.length > 0) {
      refused = await call(
        'rectify',
        '--request',
        String(request),
        '--set',
        set,
        '--yes',
        '--accept',
        ...decisions.map(({ id }) => id),
      );
      expectUntouched(refused);
    }
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(named);
    await world.close();
  });

  it('a value that changed meanwhile: exit 5, nothing overwritten', async () => {
    const world = await caseWorkspace(engine, { crm, shop });
    const call = changing(world, PERSONAL);
    const plan = join(world.folder, 'anna.plan');
    const set = ['--set', 'phone=0701740612'];
    const planned = await call('rectify', 'anna@example.se', ...set, '--dry-run', '--plan-out', plan);
    expectUntouched(planned);
    expect(planned.document).toMatchObject({ applied: false, verified: null });
    await world.databases.shop?.exec(`update buyers set tel = '0701740677' where id = 1`);
    const stale = await call('apply', plan, '--yes');
    expect(stale.code).toBe(5);
    expectUntouched(stale);

    let confirmed: readonly string[] = [];
    const result = await rectifySubject(contextOf(world.folder, { env: world.env }), {
      ...{ identifiers: ['anna@example.se'], request: null, accept: [], reject: [], dryRun: false },
      ...{ planOut: null, set: [{ name: 'phone', value: '0701740612' }], show: async () => undefined },
      confirm: async () => {
        await world.databases.crm?.exec(`update users set phone = '0701740678' where id = 1`);
        confirmed = await dump(world);
        return true;
      },
    });
    expect(await dump(world)).toEqual(confirmed);
    expect(codeOfChange(result)).toBe(5);
    await world.close();
  });

  it('all or nothing in each source: what a rule refuses is rolled back there, and told', async () => {
    const refusing = {
      sqlite: [
        `create trigger no before update on orders begin select raise(abort, 'Anna Lind 070-174 06 05'); end`,
      ],
      mysql: [
        `create trigger no before update on orders for each row begin set @said = concat(old.ship_name, ' ', old.ship_phone); signal sqlstate '45000' set message_text = @said; end`,
      ],
      postgres: [
        `create function no() returns trigger language plpgsql as $$ begin raise exception '%', old; end $$`,
        'create trigger no before update on orders for each row execute function no()',
      ],
    }[engine];
    const world = await caseWorkspace(engine, { crm: { ...crm, sql: [...crm.sql, ...refusing] }, shop });
    const half = await changing(world, PERSONAL)(
      'rectify',
      'anna@example.se',
      '--set',
      'phone=0701740612',
      '--yes',
    );
    expect(half.code).toBe(3);
    expect(half.came).toEqual(['shop.buyers 1|Anna@Example.se|0701740612']);
    expect(half.document).toMatchObject({ applied: true, complete: false });
    expect(half.document.outcomes).toMatchObject([
      { source: 'crm', outcome: 'rolled-back' },
      { source: 'shop', outcome: 'committed' },
    ]);
    expect(half.document.verified?.residual).toBeGreaterThan(0);
    await world.close();
  });
});
