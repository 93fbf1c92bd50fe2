import { expect, it, onTestFinished } from 'vitest';
import { eraseSubject } from '../../src/case/change/erase.js';
import { contextOf } from '../case/workspace-support.js';
import { describeEngines } from '../harness/engines.js';
import { changing } from './changes.js';
import { caseWorkspace } from './workspace.js';

const email = { category: 'user.contact.email', identifier: 'email' };

describeEngines('between the question and the answer', (engine) => {
  it('a table that comes, and whose rows the database would take along, makes the plan stale', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table people (id int primary key, email varchar(100))',
          `insert into people values (1, 'anna@example.se'), (2, 'bo@example.com')`,
        ],
        collections: {
          people: { subject: 'customer', system: ['id'], fields: { email }, erase: 'delete' },
        },
      },
    });
    onTestFinished(() => world.close());
    const exec = (sql: string) => world.databases.crm?.exec(sql);
    const result = await eraseSubject(contextOf(world.folder, { env: world.env }), {
      ...{ identifiers: ['anna@example.se'], request: null, accept: [], reject: [], reason: null },
      ...{ dryRun: false, planOut: null, extract: null, show: async () => undefined },
      async confirm() {
        await exec(`create table watched (id int primary key, person int,
          foreign key (person) references people (id) on delete cascade)`);
        await exec('insert into watched values (7, 1)');
        return true;
      },
    });
    expect(result).toMatchObject({ applied: false, complete: false, stopped: 'stale', verified: null });
    expect(result.incomplete[0]).toMatch(/a schema was changed since it was drawn up, in crm/);
    expect(await exec('select id from watched')).toHaveLength(1);
    expect(await exec('select id from people')).toHaveLength(2);
    expect(result.outcomes).toMatchObject([{ source: 'crm', outcome: 'rolled-back' }]);
  });
});

describeEngines('a table without a key', (engine) => {
  it('is a task for a human until its rows are gone, whether or not a search leads there', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table people (id int primary key, email varchar(100))',
          'create table visits (person int, place varchar(20))',
          `insert into people values (1, 'anna@example.se'), (2, 'bo@example.com')`,
          `insert into visits values (2, 'Lund'), (1, 'Ystad'), (1, 'Malmö')`,
        ],
        collections: {
          people: { subject: 'customer', system: ['id'], fields: { email }, erase: 'mask' },
          visits: {
            fields: {
              person: { references: 'people.id', relation: 'owned-by' },
              place: 'user.location',
            },
            erase: 'manual',
          },
        },
      },
    });
    onTestFinished(() => world.close());
    const call = changing(world, ['anna@example.se']);
    const done = await call('erase', 'anna@example.se', '--yes');
    expect(done.code).toBe(3);
    const request = String(done.document.request);
    const left = async () => {
      const { code, stdout } = await world.dsr('verify', request, '--json');
      return [code, ...(JSON.parse(stdout) as { incomplete: readonly string[] }).incomplete];
    };
    expect(await left()).toEqual([3, 'crm.visits: 2 records are left to a human']);
    const again = await call('erase', '--request', request, '--yes');
    expect(again.code).toBe(3);
    expect(again.document.incomplete).toEqual(['crm.visits: 2 records are left to a human']);
    await world.databases.crm?.exec('delete from visits where person = 1');
    expect(await left()).toEqual([0]);
    expect((await call('erase', '--request', request, '--yes')).code).toBe(0);
  });
});
