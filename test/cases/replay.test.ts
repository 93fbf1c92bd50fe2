import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { describeEngines } from '../harness/engines.js';
import { type Changed, changing, dump, expectUntouched } from './changes.js';
import { ANNA, BACKUP, BO, EVA, type ReplayWorld, replayWorld } from './replay-world.js';

interface ReplayDocument {
  readonly erasures: number;
  readonly found: number;
  readonly waiting: number;
  readonly held: number;
  readonly scanned: { readonly values: number };
}

const PERSONAL = [...ANNA, ...BO, ...EVA];

describeEngines('replay', (engine) => {
  let world: ReplayWorld;
  afterEach(() => world.close());

  const open = async (...args: Parameters<typeof replayWorld> extends [unknown, ...infer R] ? R : never) => {
    world = await replayWorld(engine, ...args);
    return changing(world, PERSONAL);
  };
  const document = (changed: Changed) => changed.document as Changed['document'] & ReplayDocument;
  const rows = async (of: string) => (await dump(world)).filter((row) => row.startsWith(`crm.${of} `));
  const eraseBoth = async (call: ReturnType<typeof changing>) => {
    for (const who of ['anna@example.se', 'bo@example.com']) {
      const { code, stderr } = await call('erase', who, '--yes');
      expect([code, stderr]).toEqual([0, expect.any(String)]);
    }
  };
  const replay = (call: ReturnType<typeof changing>, ...flags: readonly string[]) =>
    call('replay', '--since', BACKUP, ...flags);

  it('erases those two again whom the backup brought back, and nobody else', async () => {
    const call = await open();
    const before = await dump(world);
    await eraseBoth(call);
    const after = await dump(world);
    const left = (all: readonly string[]) => all.filter((row) => !/^crm\.(customers|invoices) 1\|/.test(row));
    await world.restore();
    expect(await dump(world)).toEqual(before);
    const again = await replay(call, '--yes');
    expect(again.document.incomplete ?? again.stderr).toEqual([]);
    expect(again.code).toBe(0);
    expect(document(again)).toMatchObject({
      ...{ erasures: 2, found: 2, waiting: 0, held: 0, applied: true, complete: true, decisions: [] },
      verified: { residual: 0, places: [] },
    });
    const now = await dump(world);
    expect(left(now)).toEqual(left(after));
    // Her invoice is kept and masked again, and what it points at holds nothing of her.
    expect((await rows('invoices'))[0]).toMatch(/^crm\.invoices 1\|1\|2025-05-01.*\|Anna Alm\|null$/);
    expect((await rows('customers'))[0]).not.toMatch(/Anna|anna|900602/i);
    expect(again.entries).toContain('intent replay');
    expect(again.entries).toContain('outcome crm committed');
    // Done is done.
    const third = await replay(call, '--yes');
    expectUntouched(third);
    expect([third.code, document(third).found, third.document.decisions]).toEqual([0, 0, []]);
  });

  it('finds nobody where no backup was restored, and nobody where none was erased since', async () => {
    const call = await open();
    await eraseBoth(call);
    const live = await replay(call, '--yes');
    expectUntouched(live);
    expect([live.code, document(live).erasures, document(live).found]).toEqual([0, 2, 0]);
    await world.restore();
    world.env.DSR_NOW = '2026-11-27T09:00:00Z';
    const later = await call('replay', '--since', '2026-11-27', '--yes');
    expectUntouched(later);
    expect([later.code, document(later).erasures, document(later).found]).toEqual([0, 0, 0]);
    const human = await world.dsr('replay', '--since', '2026-11-27');
    expect(human.stdout).toContain('Nobody was erased since 2026-11-26T23:00:00.000Z.');
  });

  it('asks about one who came back under a new key; others go on, and a no is remembered', async () => {
    const call = await open();
    await eraseBoth(call);
    await world.restore();
    await world.exec("insert into customers values (17, 'Anna Alm', 'anna@example.se', '19900602-2397')");
    await world.exec("insert into notes values (17, 17, 'ny kund')");
    const first = await replay(call, '--yes');
    expect(first.code).toBe(4);
    expect(first.document.decisions).toMatchObject([
      { id: 'D1', kind: 'candidate', collection: 'crm.customers', key: { id: 17 } },
    ]);
    expect(document(first)).toMatchObject({ found: 2, waiting: 1 });
    // Bo goes on, Anna waits.
    expect(first.gone.filter((row) => /\|?2\|/.test(row)).length).toBeGreaterThan(0);
    expect(await rows('customers')).toHaveLength(3);
    expect((await rows('customers')).join()).toContain('Anna@Example.se');
    const second = await replay(call, '--reject', 'D1', '--yes');
    expect([second.code, second.document.incomplete ?? second.stderr]).toEqual([0, []]);
    expect((await rows('customers')).filter((row) => /anna@example/i.test(row))).toEqual([
      'crm.customers 17|Anna Alm|anna@example.se|19900602-2397',
    ]);
    expect(await rows('notes')).toEqual(['crm.notes 17|17|ny kund', 'crm.notes 3|3|kom']);
    const third = await replay(call, '--yes');
    expectUntouched(third);
    expect([third.code, third.document.decisions]).toEqual([0, []]);
    expect(third.document.warnings.join()).toContain('left alone, as was answered before');
  });

  it('asks about a number that is somebody else’s by now, and erases it when told to', async () => {
    const call = await open();
    await eraseBoth(call);
    await world.exec("insert into customers values (18, 'Dan Dal', 'bo@example.com', null)");
    const first = await replay(call, '--yes');
    expectUntouched(first);
    expect([first.code, document(first).found]).toEqual([4, 0]);
    expect(first.document.decisions).toMatchObject([{ collection: 'crm.customers', key: { id: 18 } }]);
    expect((await replay(call, '--accept', 'D9')).code).toBe(2);
    const second = await replay(call, '--accept', 'D1', '--yes');
    expect(second.code).toBe(0);
    expect(second.gone).toEqual(['crm.customers 18|Dan Dal|bo@example.com|null']);
  });

  it('asks about a record that is nobody’s by the map', async () => {
    const call = await open();
    await eraseBoth(call);
    await world.exec(
      "insert into visits values (9, 'BO@example.com', '/'), (10, 'bo@example.com', '/x'), (11, 'x@example.se', '/')",
    );
    const first = await replay(call, '--yes');
    expectUntouched(first);
    expect(first.code).toBe(4);
    expect(first.document.decisions).toMatchObject([{ collection: 'crm.visits', key: { id: 9 } }]);
    const second = await replay(call, '--accept', 'D1', '--yes');
    expect(second.code).toBe(0);
    expect(second.gone).toHaveLength(2);
  });

  it('shows the plan and changes nothing without a yes', async () => {
    const call = await open();
    await eraseBoth(call);
    await world.restore();
    const dry = await replay(call, '--dry-run');
    expectUntouched(dry);
    expect(dry.code).toBe(0);
    expect(dry.document).toMatchObject({ applied: false, verified: null, request: null });
    expect(dry.actions).toContain('crm.customers delete 1');
    const asked = await replay(call);
    expectUntouched(asked);
    expect(asked.code).toBe(4);
    const plan = await world.dsr('replay', '--since', BACKUP, '--dry-run');
    expect(plan.stdout).toContain('Who is to be erased');
    expect(plan.stdout).toContain('2 erased records there again');
  });

  it('leaves nothing personal behind once it is done', async () => {
    const call = await open();
    await eraseBoth(call);
    for (const request of ['R-2026-0001', 'R-2026-0002']) {
      for (const event of ['answer', 'close']) {
        const { code, stderr } = await world.dsr('request', event, request);
        expect([code, stderr]).toEqual([0, expect.any(String)]);
      }
    }
    await world.restore();
    expect((await replay(call, '--yes')).code).toBe(0);
    const bytes = readFileSync(join(world.folder, '.dsr', 'work.db')).toString('latin1');
    for (const text of [...PERSONAL, 'anna.alm@example.com']) expect(bytes).not.toContain(text);
    const list = await world.dsr('request', 'list', '--json');
    expect(
      list.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).status),
    ).toEqual(['closed', 'closed', 'closed']);
  });

  it('leaves whom a hold keeps', async () => {
    const call = await open();
    await eraseBoth(call);
    await world.restore();
    const hold = await world.dsr('hold', 'add', 'anna@example.se', '--ground', 'legal-claims');
    expect([hold.code, hold.stderr]).toEqual([0, expect.any(String)]);
    const again = await replay(call, '--yes');
    expect([again.code, document(again).held]).toEqual([4, 1]);
    expect((await rows('customers')).map((row) => row.split('|')[0])).toEqual([
      'crm.customers 1',
      'crm.customers 3',
    ]);
    expect((await rows('customers'))[0]).toContain('Anna@Example.se');
  });

  it('reaches no further than the erasure did', async () => {
    const call = await open({
      notes: {
        system: ['id'],
        fields: { customer_id: 'owned-by', body: 'user.content' },
        information: { legalBasis: 'consent' },
        erase: 'delete',
      },
    });
    const erased = await call('erase', 'bo@example.com', '--reason', 'consent-withdrawn', '--yes');
    expect([erased.code, erased.gone]).toEqual([0, ['crm.notes 2|2|skrev']]);
    // He stayed, and nothing is there again.
    const live = await replay(call, '--yes');
    expectUntouched(live);
    expect([live.code, live.document.decisions]).toEqual([0, []]);
    await world.restore();
    const first = await replay(call, '--yes');
    expectUntouched(first);
    expect(first.code).toBe(4);
    expect(first.document.decisions).toMatchObject([
      { kind: 'candidate', collection: 'crm.customers', key: { id: 2 } },
    ]);
    const again = await replay(call, '--accept', 'D1', '--yes');
    expect([again.code, again.gone]).toEqual([0, ['crm.notes 2|2|skrev']]);
  });

  it('knows who was called otherwise when the backup was made', async () => {
    const call = await open({
      customers: {
        subject: 'customer',
        system: ['id', 'personnummer'],
        fields: {
          name: 'user.name',
          email: { category: 'user.contact.email', identifier: 'email' },
        },
        erase: 'delete',
      },
      addresses: { system: ['id', 'email'], fields: { customer_id: 'owned-by' }, erase: 'delete' },
    });
    const set = await call('rectify', 'bo@example.com', '--set', 'email=bo.ny@example.se', '--yes');
    expect([set.code, set.stderr]).toEqual([0, expect.any(String)]);
    expect((await call('erase', 'bo.ny@example.se', '--yes')).code).toBe(0);
    await world.restore();
    const again = await replay(call, '--yes');
    expect([again.code, again.document.incomplete ?? again.stderr]).toEqual([0, []]);
    expect(again.gone).toContain('crm.customers 2|Bo Ek|bo@example.com|19850101-2382');
  });

  it('says what it cannot compare', async () => {
    const call = await open({
      visits: {
        system: ['id', 'page'],
        fields: {
          email: {
            category: 'user.contact.email',
            identifier: 'email',
            encoding: 'sha256',
          },
        },
        erase: 'delete',
      },
    });
    await call('erase', 'bo@example.com', '--yes');
    await world.restore();
    const again = await replay(call, '--yes');
    expect(again.code).toBe(3);
    expect(again.document.incomplete.join()).toContain('crm.visits.email: holds email as sha256');
  });

  it.each(['tomorrow', '2026-02-30', '2027-01-01', '2026-11-26T09:00:01Z', '2026-11-26T09:00'])(
    'refuses --since %s',
    async (since) => {
      const call = await open();
      const { code, stderr } = await call('replay', '--since', since);
      expect([code, stderr]).toEqual([2, expect.stringContaining('--since')]);
    },
  );
});
