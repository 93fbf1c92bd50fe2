import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { connectorEntries } from '../../connectors/index.js';
import { losingAnswers } from '../faults/lost-answers.js';
import { buildChild, type Child } from '../faults/processes.js';
import { describeEngines } from '../harness/engines.js';
import { dsr } from '../support/terminal.js';
import { changing } from './changes.js';
import { ANNA, BACKUP, BO, EVA, type ReplayWorld, replayWorld } from './replay-world.js';
import { silencing } from './silent-source.js';
import { type CaseWorkspace, caseWorkspace } from './workspace.js';

const PERSONAL = [...ANNA, ...BO, ...EVA];

// Answers are lost by a connector that stands before the engine: one is as good as three.
describeEngines(
  'replay after what was not told',
  (engine) => {
    let world: CaseWorkspace;
    let child: Child;
    beforeAll(async () => {
      child = await buildChild();
    }, 120_000);
    afterAll(() => child?.remove());
    afterEach(() => world.close());

    const open = async () => {
      const opened: ReplayWorld = await replayWorld(engine);
      world = opened;
      return { ...opened, call: changing(opened, PERSONAL) };
    };
    const lose = async (which: string) => {
      const { folder: cwd, env } = world;
      const entries = losingAnswers(connectorEntries, which);
      return dsr(['erase', 'bo@example.com', '--yes', '--json'], { cwd, env, entries });
    };

    it('erases again whose erasure was not answered, also where nothing was left of it to be done', async () => {
      const { call, restore } = await open();
      expect((await lose('crm 1 landed')).code).not.toBe(0);
      const again = await call('erase', 'bo@example.com', '--request', 'R-2026-0001', '--yes');
      expect([again.code, again.document.incomplete ?? again.stderr]).toEqual([0, []]);
      for (const event of ['answer', 'close']) {
        expect((await world.dsr('request', event, 'R-2026-0001')).code).toBe(0);
      }
      await restore();
      const replayed = await call('replay', '--since', BACKUP, '--yes');
      expect([replayed.code, replayed.document.incomplete ?? replayed.stderr]).toEqual([0, []]);
      expect(replayed.gone).toContain('crm.customers 2|Bo Ek|bo@example.com|19850101-2382');
    });

    it('names what was not answered until it is resumed', async () => {
      const { call, restore } = await open();
      await lose('crm 1 landed');
      await restore();
      const first = await call('replay', '--since', BACKUP, '--yes');
      expect(first.code).toBe(3);
      expect(first.document.incomplete.join()).toContain('dsr resume R-2026-0001');
      expect(first.gone).toContain('crm.customers 2|Bo Ek|bo@example.com|19850101-2382');
      expect((await call('resume', 'R-2026-0001', '--yes')).code).toBe(0);
      const second = await call('replay', '--since', BACKUP, '--yes');
      expect([second.code, second.document.incomplete ?? second.stderr]).toEqual([0, []]);
    });

    it('erases again whose erasure was killed before anybody was told, and names it until it is resumed', async () => {
      const { call, restore } = await open();
      const fault = {
        space: world,
        reset: restore,
        keepBooks: () => undefined,
        close: async () => undefined,
      };
      const steps = `${world.folder}/steps`;
      const argv = ['erase', 'bo@example.com', '--yes', '--json'];
      expect((await child.run(fault, argv, { steps })).code).toBe(0);
      const at = world.read('steps').toString().split('\n').indexOf('crm.commit, done');
      expect(at).toBeGreaterThan(0);
      // As if it had not been.
      rmSync(`${world.folder}/.dsr`, { recursive: true });
      await restore();
      expect((await child.run(fault, argv, { dieAt: at })).signal).toBe('SIGKILL');
      await restore();
      const first = await call('replay', '--since', BACKUP, '--yes');
      expect(first.code).toBe(3);
      expect(first.document.incomplete).toEqual([
        'R-2026-0001: it is not known everywhere whether its change was done: dsr resume R-2026-0001 asks the sources and finishes it',
      ]);
      expect(first.gone).toContain('crm.customers 2|Bo Ek|bo@example.com|19850101-2382');
      expect((await call('resume', 'R-2026-0001', '--yes')).code).toBe(0);
      const second = await call('replay', '--since', BACKUP, '--yes');
      expect([second.code, second.document.incomplete ?? second.stderr]).toEqual([0, []]);
    });

    it('names what was killed between two sources, of which one was told', async () => {
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
      const fault = { space: world, reset: async () => {}, keepBooks: () => {}, close: async () => {} };
      const erase = (who: string) => ['erase', who, '--yes', '--json'];
      expect((await child.run(fault, erase('eva@example.se'), { steps: `${world.folder}/steps` })).code).toBe(
        0,
      );
      const steps = world.read('steps').toString().split('\n');
      const at = steps.findLastIndex((step) => step.endsWith('.commit'));
      rmSync(`${world.folder}/.dsr`, { recursive: true });
      expect((await child.run(fault, erase('anna@example.se'), { dieAt: at })).signal).toBe('SIGKILL');
      expect((await world.found('anna@example.se')).length).toBe(1);
      const first = await call('replay', '--since', BACKUP, '--dry-run');
      expect(first.code).toBe(3);
      expect(first.document.incomplete.join()).toContain('dsr resume R-2026-0001');
      expect((await call('resume', 'R-2026-0001', '--yes')).code).toBe(0);
      const second = await call('replay', '--since', BACKUP, '--yes');
      expect([second.code, second.document.incomplete ?? second.stderr]).toEqual([0, []]);
      expect(await world.found('anna@example.se')).toEqual([]);
    });

    it.each(['scan', 'find'] as const)(
      'erases elsewhere though a source falls silent in the middle of its %s, and calls nothing nobody’s',
      async (when) => {
        const email = { category: 'user.contact.email', identifier: 'email' };
        world = await caseWorkspace(engine, {
          crm: {
            sql: [
              'create table people (id int primary key, email varchar(60))',
              "insert into people values (1, 'anna@example.se'), (2, 'eva@example.se')",
            ],
            collections: {
              people: { subject: 'customer', system: ['id'], fields: { email }, erase: 'delete' },
            },
          },
          shop: {
            sql: [
              'create table buyers (id int primary key, email varchar(60))',
              'create table alerts (id int primary key, person_id int, email varchar(60))',
              "insert into buyers values (1, 'anna@example.se'), (2, 'eva@example.se')",
              "insert into alerts values (1, 1, 'anna@example.se'), (2, 2, 'eva@example.se')",
            ],
            collections: {
              buyers: { subject: 'customer', system: ['id'], fields: { email }, erase: 'delete' },
              alerts: {
                system: ['id'],
                fields: {
                  person_id: { references: 'crm.people.id', relation: 'owned-by' },
                  email: { ...email, of: 'person_id' },
                },
                erase: 'delete',
              },
            },
          },
        });
        const call = changing(world, PERSONAL);
        for (const who of ['anna@example.se', 'eva@example.se']) {
          expect((await call('erase', who, '--yes')).gone).toHaveLength(3);
        }
        await world.databases.crm?.exec("insert into people values (1, 'anna@example.se')");
        await world.databases.shop?.exec("insert into buyers values (1, 'anna@example.se')");
        await world.databases.shop?.exec("insert into alerts values (1, 1, 'anna@example.se')");
        // Whose it is, only the silent source could say.
        await world.databases.shop?.exec("insert into alerts values (2, 2, 'eva@example.se')");
        const { folder: cwd, env } = world;
        const entries = silencing(connectorEntries, 'crm', when);
        const silent = await dsr(['replay', '--since', BACKUP, '--yes', '--json'], { cwd, env, entries });
        const document = JSON.parse(silent.stdout === '' ? '{}' : silent.stdout);
        expect([silent.code, document.decisions ?? silent.stderr]).toEqual([3, []]);
        expect(document.incomplete).toContain('crm was not searched: the connection was lost');
        expect(await world.found('anna@example.se')).not.toContain('own shop.buyers:1');
        const second = await call('replay', '--since', BACKUP, '--yes');
        expect(second.code).toBe(4);
        expect(second.document.decisions).toMatchObject([{ collection: 'shop.alerts', key: { id: 2 } }]);
        expect(await world.found('anna@example.se')).toEqual([]);
      },
    );
  },
  ['sqlite'],
);
