import { expect, it } from 'vitest';
import { describeEngines } from '../harness/engines.js';
import { changing, expectDone, expectUntouched } from './changes.js';
import { caseWorkspace } from './workspace.js';

const email = { category: 'user.contact.email', identifier: 'email' };
const phone = { category: 'user.contact.phone_number', identifier: 'phone' };
const pnr = { category: 'user.government_id.national_identification_number', identifier: 'personnummer' };
const text = 'user.content.private';
const ANNA = ['anna@example.se', 'Anna Lind', '900602-2397', '199006022397', '070-174 06 05'];

describeEngines('masks', (engine) => {
  const json = { postgres: 'jsonb', mysql: 'json', sqlite: 'text' }[engine];

  it('fit type, length, check and uniqueness, and are never a valid identifier', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          `create table users (id int primary key, email varchar(100) not null unique, name varchar(10) not null, pnr char(11) not null unique,
             phone varchar(12) not null, sex varchar(10) not null check (sex in ('kvinna', 'man', 'okänt')), born date not null,
             income decimal(10, 2) not null, level smallint not null check (level between 1 and 5), town varchar(40), about text not null,
             nick varchar(20) not null)`,
          `insert into users values (1, 'anna@example.se', 'Anna Lind', '900602-2397', '070-1740605', 'kvinna', '1990-06-02', 31000.50, 3, 'Malmö',
             'Anna Lind ringer från 070-174 06 05 eller anna@example.se om hunden', 'annan')`,
          `insert into users values (2, 'bo@example.se', 'Bo', '850101-2382', '070-1740606', 'man', '1985-01-01', 1, 1, null, 'Bo', 'bo')`,
        ],
        collections: {
          users: {
            subject: 'customer',
            system: ['id'],
            fields: {
              email,
              pnr,
              name: { category: 'user.name', identifier: 'name' },
              phone,
              sex: 'user.demographic.gender',
              born: 'user.demographic.date_of_birth',
              income: 'user.financial',
              level: 'user.account',
              town: { category: 'user.contact.address.city', mask: 'keep' },
              about: { category: text, freetext: true, mask: 'redact' },
              nick: { category: 'user.name', mask: { constant: 'borttagen' } },
            },
            erase: 'mask',
          },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.gone).toHaveLength(1);
    expect(done.came).toHaveLength(1);
    const [, address, name, number, called, sex, , , level, town, about, nick] = (done.came[0] ?? '').split(
      '|',
    );
    expect(address).toMatch(/^\S+@\S+\.invalid$/);
    expect(name?.length).toBeLessThanOrEqual(10);
    expect(number?.length).toBeLessThanOrEqual(11);
    expect(called?.length).toBeLessThanOrEqual(12);
    expect(['kvinna', 'man', 'okänt']).toContain(sex);
    expect(Number(level)).toBeGreaterThanOrEqual(1);
    expect(Number(level)).toBeLessThanOrEqual(5);
    expect(town).toBe('Malmö');
    expect(nick).toBe('borttagen');
    expect(about).toMatch(/om hunden$/);
    expect(done.document.warnings.join('\n')).toMatch(/crm\.users\.about: .*have a look/);
    expect(done.came[0]).not.toMatch(/anna|lind|070|900602|1990-06-02|31000/i);
    await world.close();
  });

  it('of a unique e-mail for two people one after another, and for two roots of one person, do not collide', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table users (id int primary key, email varchar(30) not null unique, pnr varchar(20))',
          `insert into users values (1, 'anna@example.se', '900602-2397'), (2, 'anna@example.com', '19900602-2397'),
             (3, 'bo@example.se', '850101-2382'), (4, 'eva@example.se', null)`,
        ],
        collections: {
          users: { subject: 'customer', system: ['id'], fields: { email, pnr }, erase: 'mask' },
        },
      },
    });
    const call = changing(world, [...ANNA, 'bo@example.se']);
    const first = await call('erase', 'personnummer=900602-2397', '--yes');
    expectDone(first);
    expect(first.actions).toEqual(['crm.users mask 2']);
    const second = await call('erase', 'bo@example.se', '--yes');
    expectDone(second);
    const addresses = [...first.came, ...second.came].map((row) => row.split('|')[1]);
    expect(new Set(addresses).size).toBe(3);
    for (const address of addresses) expect(address).toMatch(/\.invalid$/);
    await world.close();
  });

  it('take the person out of JSON and free text, and leave what is beside', async () => {
    const profile = {
      theme: 'dark',
      newsletter: { email: 'anna@example.se', weekly: true },
      contacts: [
        { email: 'anna@example.se', kind: 'home' },
        { email: 'ann@example.com', kind: 'work' },
      ],
    };
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          `create table users (id int primary key, email varchar(100), profile ${json}, legend text)`,
          `insert into users values (1, 'anna@example.se', '${JSON.stringify(profile)}', '😀 Åsa känner ANNA@EXAMPLE.SE 👍'), (2, 'bo@example.se', '{"theme":"light"}', null)`,
        ],
        collections: {
          users: {
            subject: 'customer',
            system: ['id'],
            fields: {
              email,
              'profile.newsletter.email': email,
              'profile.contacts[].email': 'user.contact.email',
              'profile.theme': { category: 'user.account.settings', mask: 'keep' },
              legend: { category: text, freetext: true, mask: 'redact' },
            },
            erase: 'mask',
          },
        },
      },
    });
    const done = await changing(world, ['anna@example.se', 'ann@example.com'])(
      'erase',
      'anna@example.se',
      '--yes',
    );
    expectDone(done);
    const [, , after, legend] = (done.came[0] ?? '').split('|');
    expect(JSON.parse(after ?? '')).toEqual({
      theme: 'dark',
      newsletter: { email: null, weekly: true },
      contacts: [
        { email: null, kind: 'home' },
        { email: null, kind: 'work' },
      ],
    });
    expect(legend).toMatch(/^😀 Åsa känner .* 👍$/u);
    expect(legend).not.toMatch(/anna/i);
    await world.close();
  });
});

describeEngines('keys', (engine) => {
  const instant = { postgres: 'timestamptz', mysql: 'datetime(6)', sqlite: 'text' }[engine];

  it('that are a personnummer: the row goes; where what is kept points at it, it stays under that ground and is no residue', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table people (pnr varchar(20) primary key, email varchar(100), name varchar(50))',
          'create table notes (id int primary key, person varchar(20) not null, body varchar(50), foreign key (person) references people (pnr))',
          'create table receipts (id int primary key, person varchar(20) not null, paid date, foreign key (person) references people (pnr))',
          `insert into people values ('19900602-2397', 'anna@example.se', 'Anna Lind'), ('19850101-2382', 'bo@example.se', 'Bo'), ('0', 'eva@example.se', 'Eva')`,
          `insert into notes values (1, '19900602-2397', 'annas'), (2, '19850101-2382', 'bos'), (3, '0', 'evas')`,
          `insert into receipts values (1, '19850101-2382', '2026-02-01'), (2, '0', '2026-02-01')`,
        ],
        collections: {
          people: { subject: 'customer', fields: { pnr, email, name: 'user.name' }, erase: 'delete' },
          notes: { system: ['id'], fields: { person: 'owned-by', body: text }, erase: 'delete' },
          receipts: {
            system: ['id'],
            fields: { person: 'owned-by', paid: 'user.financial' },
            erase: 'delete',
            retain: { ground: 'legal-obligation', until: { field: 'paid', plus: { years: 7 } } },
          },
        },
      },
    });
    const call = changing(world, [...ANNA, '19900602-2397', '19850101-2382']);
    const anna = await call('erase', 'personnummer=199006022397', '--yes');
    expectDone(anna);
    expect(anna.gone).toEqual([
      'crm.notes 1|19900602-2397|annas',
      'crm.people 19900602-2397|anna@example.se|Anna Lind',
    ]);
    expect(anna.came).toEqual([]);
    const bo = await call('erase', 'bo@example.se', '--yes');
    expectDone(bo);
    expect(bo.came).toEqual(['crm.people 19850101-2382|null|null']);
    expect(bo.document.actions.find(({ collection }) => collection === 'crm.people')?.why).toMatch(
      /pnr stays: crm\.receipts\.person points at it/,
    );
    const again = await call('erase', 'personnummer=850101-2382', '--yes');
    expectDone(again);
    expectUntouched(again);
    await world.close();
  });

  it('of several columns with a 0 in them, and references over them: hers alone', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table members (club int, number int, email varchar(100), primary key (club, number))',
          `create table fees (club int, number int, year int, note varchar(40), primary key (club, number, year),
             foreign key (club, number) references members (club, number))`,
          `insert into members values (0, 0, 'anna@example.se'), (0, 1, 'bo@example.se'), (1, 0, 'eva@example.se')`,
          `insert into fees values (0, 0, 0, 'a'), (0, 0, 2026, 'b'), (0, 1, 0, 'c'), (1, 0, 0, 'd')`,
        ],
        collections: {
          members: { subject: 'member', system: ['club', 'number'], fields: { email }, erase: 'delete' },
          fees: {
            system: ['year'],
            fields: { note: text },
            references: [{ fields: ['club', 'number'], to: 'members', relation: 'owned-by' }],
            erase: 'delete',
          },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.gone).toEqual(['crm.fees 0|0|0|a', 'crm.fees 0|0|2026|b', 'crm.members 0|0|anna@example.se']);
    expect(done.came).toEqual([]);
    await world.close();
  });

  it('with microseconds, in another case or with blanks at their end: the very row', async () => {
    const exact = {
      postgres: 'varchar(20)',
      mysql: 'varchar(20) collate utf8mb4_bin',
      sqlite: 'varchar(20)',
    }[engine];
    const utc = engine === 'postgres' ? '+00' : '';
    const at = (micros: string) => `'2026-02-01 10:00:00.${micros}${utc}'`;
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          `create table visits (at ${instant} primary key, email varchar(100), place varchar(40))`,
          `create table codes (code ${exact} primary key, email varchar(100))`,
          `insert into visits values (${at('000001')}, 'anna@example.se', 'a'), (${at('000002')}, 'bo@example.se', 'b'), (${at('000000')}, 'eva@example.se', 'c')`,
          `insert into codes values ('ab', 'anna@example.se'), ('AB', 'bo@example.se'), ('ab2', 'eva@example.se'), ('åb', 'eva@example.se')`,
        ],
        collections: {
          visits: { system: ['at'], fields: { email, place: text }, erase: 'delete' },
          codes: { system: ['code'], fields: { email }, erase: 'mask' },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.gone).toEqual([
      'crm.codes ab|anna@example.se',
      expect.stringMatching(/^crm\.visits 2026-02-01 \d\d:00:00\.000001.*\|anna@example\.se\|a$/),
    ]);
    expect(done.came).toEqual(['crm.codes ab|null']);
    await world.close();
  });
});
