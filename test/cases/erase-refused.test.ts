import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eraseSubject } from '../../src/case/change/erase.js';
import { codeOfChange } from '../../src/cli/exit-code.js';
import { contextOf } from '../case/workspace-support.js';
import { describeEngines, type Engine } from '../harness/engines.js';
import { changing, dump, expectDone, expectUntouched } from './changes.js';
import { type CaseWorkspace, caseWorkspace } from './workspace.js';

const email = { category: 'user.contact.email', identifier: 'email' };
const phone = { category: 'user.contact.phone_number', identifier: 'phone' };
const ANNA = ['anna@example.se', 'Anna Lind', '070-174 06 05', 'Torget 2'];

/** A trigger that does `body` for every row, `old` and `new` as the engine names them. */
function trigger(
  engine: Engine,
  table: string,
  when: 'before delete' | 'before update' | 'after delete' | 'after update',
  body: string,
): readonly string[] {
  if (engine === 'postgres') {
    const last = when === 'before delete' || when === 'after delete' ? 'old' : 'new';
    return [
      `create function ${table}_${when.replace(' ', '_')}() returns trigger language plpgsql as $$ begin ${body} return ${last}; end $$`,
      `create trigger ${table}_${when.replace(' ', '_')} ${when} on ${table} for each row execute function ${table}_${when.replace(' ', '_')}()`,
    ];
  }
  const name = `${table}_${when.replace(' ', '_')}`;
  return [`create trigger ${name} ${when} on ${table} for each row begin ${body} end`];
}

/** A trigger's refusal that tells on the person. */
function refusal(engine: Engine, about: string): string {
  if (engine === 'postgres') return `raise exception 'no: % is needed', ${about};`;
  // SQLite before 3.47 takes a literal only.
  if (engine === 'sqlite') return `select raise(abort, 'no: Anna Lind 070-174 06 05 is needed');`;
  return `set @said = concat('no: ', ${about}, ' is needed'); signal sqlstate '45000' set message_text = @said;`;
}

const crmTables = (checks: readonly string[]) => [
  `create table users (id int primary key, email varchar(100), name varchar(60), phone varchar(30), street varchar(60), active int not null default 1${checks.map((check) => `, ${check}`).join('')})`,
  'create table notes (id int primary key, user_id int, body varchar(60), foreign key (user_id) references users (id))',
  `insert into users values (1, 'anna@example.se', 'Anna Lind', '070-174 06 05', 'Torget 2', 1), (2, 'bo@example.se', 'Bosse', '070-174 06 06', null, 1)`,
  `insert into notes values (1, 1, 'annas'), (2, 2, 'bos')`,
];
const shopTables = [
  'create table buyers (id int primary key, email varchar(100), name varchar(60))',
  `insert into buyers values (1, 'anna@example.se', 'Anna Lind'), (2, 'bo@example.se', 'Bosse')`,
];

interface Told {
  readonly crm?: readonly string[];
  readonly shop?: readonly string[];
  readonly users?: Readonly<Record<string, unknown>>;
  readonly notes?: Readonly<Record<string, unknown>>;
  readonly columns?: readonly string[];
  /** Of the table of users. */
  readonly checks?: readonly string[];
}

function two(engine: Engine, told: Told = {}): Promise<CaseWorkspace> {
  return caseWorkspace(engine, {
    shop: {
      sql: [...shopTables, ...(told.shop ?? [])],
      collections: {
        buyers: { subject: 'buyer', system: ['id'], fields: { email, name: 'user.name' }, erase: 'delete' },
      },
    },
    crm: {
      sql: [...crmTables(told.checks ?? []), ...(told.crm ?? [])],
      nonpersonal: ['log'],
      collections: {
        users: {
          subject: 'customer',
          system: ['id', 'active', ...(told.columns ?? [])],
          fields: { email, name: 'user.name', phone, street: 'user.contact.address.street' },
          erase: 'delete',
          ...told.users,
        },
        notes: {
          system: ['id'],
          fields: { user_id: 'owned-by', body: 'user.content.private' },
          erase: 'delete',
          ...told.notes,
        },
      },
    },
  });
}

describeEngines('an erasure that is resisted', (engine) => {
  it('by a trigger that rewrites updated_at: is fine', async () => {
    const stamp: Readonly<Record<Engine, readonly string[]>> = {
      postgres: trigger(engine, 'users', 'before update', 'new.updated_at = new.updated_at + 1;'),
      mysql: trigger(engine, 'users', 'before update', 'set new.updated_at = new.updated_at + 1;'),
      sqlite: trigger(
        engine,
        'users',
        'after update',
        'update users set updated_at = updated_at + 1 where id = new.id and updated_at = old.updated_at;',
      ),
    };
    const world = await two(engine, {
      crm: ['alter table users add updated_at int not null default 0', ...stamp[engine]],
      columns: ['updated_at'],
      users: { erase: 'mask' },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    // SQLite's trigger fires once more for what it did itself.
    expect(done.came).toEqual([expect.stringMatching(/^crm\.users 1\|null\|null\|null\|null\|1\|[12]$/)]);
    await world.close();
  });

  const silent = {
    postgres: [
      'create function nothing() returns trigger language plpgsql as $$ begin return null; end $$',
      'create trigger skipping before delete on users for each row execute function nothing()',
    ],
    sqlite: ['create trigger skipping before delete on users begin select raise(ignore); end'],
    mysql: trigger('mysql', 'users', 'before delete', refusal('mysql', 'old.email')),
  };
  const rules: Readonly<Record<string, Told>> = {
    'a trigger that refuses': { crm: trigger(engine, 'users', 'before delete', refusal(engine, 'old.name')) },
    'a trigger that skips the row': { crm: silent[engine] },
    'a check that the map says will do': {
      checks: ['check (coalesce(length(phone), 0) + coalesce(length(street), 0) > 0)'],
      users: {
        fields: {
          email,
          name: 'user.name',
          phone: { ...phone, mask: 'null' },
          street: { category: 'user.contact.address.street', mask: 'null' },
        },
        erase: 'mask',
      },
    },
    'a check that refuses that the login ends': {
      checks: ['check (active in (1, 2))'],
      users: { disable: { active: 0 } },
    },
    'a trigger that puts the value back': { crm: restoring(engine), users: { erase: 'mask' } },
  };

  it.for(Object.entries(rules))(
    'by %s: that source is rolled back whole, the other is told truly, and no word of the person gets out',
    async ([, told]) => {
      const world = await two(engine, told);
      const call = changing(world, ANNA);
      const refused = await call('erase', 'anna@example.se', '--yes');
      expect(refused.code).toBe(3);
      expect(refused.gone).toEqual(['shop.buyers 1|anna@example.se|Anna Lind']);
      expect(refused.came).toEqual([]);
      expect(refused.document).toMatchObject({ applied: true, complete: false });
      expect(refused.document.outcomes.map(({ source, outcome }) => `${source} ${outcome}`).sort()).toEqual([
        'crm rolled-back',
        'shop committed',
      ]);
      expect(refused.document.incomplete.join('\n')).toMatch(/crm: rolled back.*users/);
      expect(refused.document.verified?.residual).toBeGreaterThan(0);
      expect(refused.entries).toContain('outcome crm rolled-back');
      expect(refused.entries).toContain('outcome shop committed');
      await world.close();
    },
  );

  it('by a check that no mask can be known to meet: refused by name, exit 2, nothing changed in any source', async () => {
    const world = await two(engine, {
      checks: ['check (coalesce(length(phone), 0) + coalesce(length(street), 0) > 0)'],
      users: { erase: 'mask' },
    });
    const refused = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/crm\.collections\.users\.fields\.phone/);
    expect(refused.stderr).toMatch(/crm\.collections\.users\.fields\.street/);
    expectUntouched(refused);
    await world.close();
  });

  it('by a trigger, and not any more: the same request does the rest', async () => {
    const world = await two(engine, {
      crm: trigger(engine, 'users', 'before delete', refusal(engine, 'old.name')),
    });
    const call = changing(world, ANNA);
    const refused = await call('erase', 'anna@example.se', '--yes');
    await world.databases.crm?.exec(
      `drop trigger users_before_delete${engine === 'postgres' ? ' on users' : ''}`,
    );
    const done = await call('erase', '--request', String(refused.document.request), '--yes');
    expectDone(done);
    expect(done.gone).toHaveLength(2);
    await world.close();
  });

  it('by a delete that fails: the login, ended first, stays ended, and that is told', async () => {
    const log = (value: string) => `insert into log values (${value});`;
    const world = await two(engine, {
      crm: [
        'create table log (what varchar(60))',
        ...trigger(engine, 'users', 'after update', log(`concat('active ', old.active, ' to ', new.active)`)),
        ...trigger(engine, 'notes', 'before delete', refusal(engine, 'old.body')),
      ],
      users: { disable: { active: 0 } },
    });
    const refused = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expect(refused.code).toBe(3);
    expect(refused.came).toEqual([
      'crm.log active 1 to 0',
      'crm.users 1|anna@example.se|Anna Lind|070-174 06 05|Torget 2|0',
    ]);
    expect(refused.document.outcomes).toContainEqual(
      expect.objectContaining({
        ...{ source: 'crm', outcome: 'rolled-back' },
        error: expect.stringContaining('the login was ended before'),
      }),
    );
    expect(refused.entries.filter((entry) => /intent|outcome/.test(entry))).toEqual([
      ...['intent erase', 'intent disable', 'outcome crm committed'],
      ...['intent erase', 'outcome crm rolled-back', 'outcome shop committed'],
    ]);
    await world.close();
  });

  it('by nothing: the login ends before anything else goes', async () => {
    const world = await two(engine, {
      crm: [
        'create table log (id int, what varchar(60))',
        ...trigger(
          engine,
          'users',
          'after update',
          `insert into log select count(*), concat('active ', new.active) from log;`,
        ),
        ...trigger(
          engine,
          'notes',
          'after delete',
          `insert into log select count(*), concat('note of active ', (select active from users where id = old.user_id)) from log;`,
        ),
      ],
      users: { disable: { active: 0 } },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.came).toEqual(['crm.log 0|active 0', 'crm.log 1|note of active 0']);
    await world.close();
  });
});

/** What was masked stands there again, and nothing says so. */
function restoring(engine: Engine): readonly string[] {
  if (engine === 'sqlite') {
    return trigger(engine, 'users', 'after update', 'update users set name = old.name where id = new.id;');
  }
  const restore = engine === 'mysql' ? 'set new.name = old.name;' : 'new.name = old.name;';
  return trigger(engine, 'users', 'before update', restore);
}

describeEngines('a plan that no longer holds', (engine) => {
  const meanwhile: Readonly<Record<string, string>> = {
    'a row appeared': `insert into notes values (3, 1, 'annas')`,
    'a link leads elsewhere': 'update notes set user_id = 2 where id = 1',
    'a row is gone': 'delete from notes where id = 1',
    'the row that proves it says somebody else': `update users set email = 'eva@example.se' where id = 1`,
  };

  it.for(Object.entries(meanwhile))(
    'because %s between plan and apply: exit 5, nothing changed',
    async ([, sql]) => {
      const world = await two(engine);
      const call = changing(world, ANNA);
      const plan = join(world.folder, 'anna.plan');
      const planned = await call('erase', 'anna@example.se', '--dry-run', '--plan-out', plan);
      expect(planned.code).toBe(0);
      expectUntouched(planned);
      expect(planned.document).toMatchObject({ applied: false, verified: null, request: null });
      await world.databases.crm?.exec(sql);
      const stale = await call('apply', plan, '--yes');
      expect(stale.code).toBe(5);
      expectUntouched(stale);
      expect(stale.document).toMatchObject({ applied: false, complete: false, verified: null });
      await world.close();
    },
  );

  it.for(Object.entries(meanwhile).slice(0, 2))(
    'because %s after it was confirmed: exit 5, nothing changed',
    async ([, sql]) => {
      const world = await two(engine);
      const before = await dump(world);
      let confirmed: readonly string[] = [];
      const result = await eraseSubject(contextOf(world.folder, { env: world.env }), {
        ...{ identifiers: ['anna@example.se'], request: null, accept: [], reject: [], dryRun: false },
        ...{ planOut: null, reason: 'request', extract: null, show: async () => undefined },
        confirm: async () => {
          await world.databases.crm?.exec(sql);
          confirmed = await dump(world);
          return true;
        },
      });
      expect(confirmed).not.toEqual(before);
      expect(await dump(world)).toEqual(confirmed);
      expect(result).toMatchObject({ applied: false, complete: false, stopped: 'stale', verified: null });
      expect(codeOfChange(result)).toBe(5);
      expect(result.incomplete.join('\n')).toMatch(/crm\./);
      await world.close();
    },
  );

  it('because it was carried out: once, and only with a yes', async () => {
    const world = await two(engine);
    const call = changing(world, ANNA);
    const plan = join(world.folder, 'anna.plan');
    await call('erase', 'anna@example.se', '--dry-run', '--plan-out', plan);
    const dry = await call('apply', plan, '--dry-run');
    expectUntouched(dry);
    expect(dry.document).toMatchObject({ applied: false, verified: null });
    const unasked = await call('apply', plan);
    expectUntouched(unasked);
    expect(unasked.code).toBe(4);
    const done = await call('apply', plan, '--yes');
    expectDone(done);
    expect(done.gone).toHaveLength(3);
    const again = await call('apply', plan, '--yes');
    expectUntouched(again);
    expect(again.code).toBe(5);
    await world.close();
  });

  it('no more after the commit: what appears then is residue, exit 3', async () => {
    const world = await two(engine);
    const call = changing(world, ANNA);
    const { request } = (await call('erase', 'anna@example.se', '--yes')).document;
    const before = await call('verify', String(request));
    expect(before.code).toBe(0);
    await world.databases.crm?.exec(
      `insert into users values (9, null, 'Anna', '+46 70 174 06 05', null, 1), (10, 'Anna@example.se', 'A. L.', null, null, 1)`,
    );
    const verified = await call('verify', String(request));
    expect(verified.code).toBe(3);
    expect(verified.document.verified).toMatchObject({
      residual: 1,
      places: [{ collection: 'crm.users', records: 1 }],
    });
    expectUntouched(verified);
    await world.close();
  });
});
