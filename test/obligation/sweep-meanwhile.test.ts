import { renameSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { addHold } from '../../src/case/hold/hold.js';
import { withBooks } from '../../src/case/ledger-work.js';
import { loadTypes } from '../../src/case/map-and-types.js';
import { codeOfChange } from '../../src/cli/exit-code.js';
import { DsrError } from '../../src/model/error.js';
import { closePass } from '../../src/obligation/pass.js';
import { resume } from '../../src/obligation/resume.js';
import { sweep } from '../../src/obligation/sweep.js';
import { takeUpSweep } from '../../src/obligation/take-up.js';
import { contextOf } from '../case/workspace-support.js';
import { dump } from '../cases/changes.js';
import { owed, setDay, shopAt } from '../cases/sweep-world.js';
import type { CaseWorkspace } from '../cases/workspace.js';
import { describeEngines } from '../harness/engines.js';

const contextIn = (world: CaseWorkspace) =>
  contextOf(world.folder, { env: world.env, now: new Date(world.env.DSR_NOW ?? '') });

const onAnna = {
  ...{ identifiers: ['anna@example.se'], request: null, collection: null },
  ground: 'legal-claims',
} as const;

/** Sweeps what is due of Anna and Eva, and puts a hold on Anna while it is asked whether to. */
async function heldMeanwhile(world: CaseWorkspace) {
  onTestFinished(() => world.close());
  for (const who of ['anna@example.se', 'eva@example.se']) await world.dsr('erase', who, '--yes');
  setDay(world, '2032-05-01');
  const context = contextIn(world);
  return sweep(context, {
    dryRun: false,
    show: async () => undefined,
    async confirm({ records }) {
      expect(records).toBeGreaterThan(0);
      await addHold(context, onAnna);
      return true;
    },
  });
}

describeEngines('a hold that is put on while a sweep is being confirmed', (engine) => {
  it('stops it, whoever else is swept with it; the next goes on without them', async () => {
    const world = await shopAt(engine);
    const before = async () => (await dump(world)).filter((row) => !row.startsWith('crm.letters'));
    const { pass } = await heldMeanwhile(world);
    if (pass === null) throw new Error('nothing was due');
    expect(pass).toMatchObject({ applied: false, stopped: 'stale', complete: false, closed: false });
    expect(pass.incomplete[0]).toBe('the plan is stale: H1 was put on the person of R-2026-0001 meanwhile');
    expect(codeOfChange(pass)).toBe(5);
    const rows = await before();
    for (const record of ['customers 1', 'customers 3', 'invoices 10', 'invoices 30', 'invoice_lines 100']) {
      expect(
        rows.some((row) => row.startsWith(`crm.${record}|`)),
        record,
      ).toBe(true);
    }
    expect(new Set(owed(world).map((line) => line.split(' ')[3]))).toEqual(
      new Set(['R-2026-0001', 'R-2026-0002']),
    );

    const { code, stdout } = await world.dsr('sweep', '--yes', '--json');
    expect(code).toBe(0);
    const told = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
    expect(told).toMatchObject({
      ...{ applied: true, closed: true, request: pass.request },
      held: [{ request: 'R-2026-0001', hold: 'H1' }],
    });
    const gone = new Set(await before());
    expect(rows.filter((row) => !gone.has(row)).map((row) => row.split('|')[0])).toEqual([
      'crm.customers 3',
      'crm.invoice_lines 300',
      'crm.invoices 30',
    ]);
  });
});

it('a sweep that was ended by whoever held its request is not taken up again', async () => {
  const world = await shopAt('sqlite');
  const { pass } = await heldMeanwhile(world);
  const context = contextIn(world);
  const mapAndTypes = loadTypes(context);
  await withBooks(context, async (books) => {
    expect(await takeUpSweep(context, books, mapAndTypes, true)).toBe(pass?.request);
    const waiting = {
      ...books,
      locks: {
        ...books.locks,
        hold: async (request: Parameters<typeof books.locks.hold>[0]) => {
          closePass(context, books, mapAndTypes, request);
        },
      },
    };
    expect(await takeUpSweep(context, waiting, mapAndTypes, false)).toBeNull();
  });
});

it('put on after a sweep failed, it stops the resume, and the next sweep finishes without them', async () => {
  const world = await shopAt('sqlite');
  onTestFinished(() => world.close());
  for (const who of ['anna@example.se', 'eva@example.se']) await world.dsr('erase', who, '--yes');
  setDay(world, '2032-05-01');
  const context = contextIn(world);
  const asking = { show: async () => undefined, confirm: async () => true };
  const before = await dump(world);
  const failing = (step: string) => {
    if (step === 'crm.settle') throw new DsrError('transient', 'the connection was lost');
  };
  const { pass } = await sweep({ ...context, boundary: failing }, { ...asking, dryRun: false });
  expect(pass).toMatchObject({ applied: false });
  expect(await dump(world)).toEqual(before);
  await addHold(context, onAnna);
  const request = pass?.request ?? null;
  await expect(resume(context, { ...asking, request }).next()).rejects.toMatchObject({
    kind: 'conflict',
    message: 'H1 was put on the person of R-2026-0001 meanwhile',
  });
  expect(await dump(world)).toEqual(before);
  expect((await world.dsr('sweep', '--yes')).code).toBe(0);
  const after = new Set(await dump(world));
  expect(before.filter((row) => !after.has(row)).map((row) => row.split('|')[0])).toEqual([
    'crm.customers 3',
    'crm.invoice_lines 300',
    'crm.invoices 30',
  ]);
});

it('a sweep’s request of which something was found again stays open until a search finds nothing', async () => {
  const world = await shopAt('sqlite');
  onTestFinished(() => world.close());
  expect((await world.dsr('erase', 'anna@example.se', '--yes')).code).toBe(0);
  setDay(world, '2032-05-01');
  const { crm } = world.databases;
  const context = contextIn(world);
  let wasBack = false;
  const asking = { show: async () => undefined, confirm: async () => true, dryRun: false };
  const { pass } = await sweep(
    {
      ...context,
      async boundary(step) {
        if (step !== 'crm.commit, done' || wasBack) return;
        wasBack = true;
        await crm?.exec(`insert into customers values (1, 'x', 'x', 'x')`);
      },
    },
    asking,
  );
  expect(wasBack).toBe(true);
  expect(pass).toMatchObject({ applied: true, closed: false, verified: { residual: 1 } });
  const request = pass?.request ?? '';
  const statusOf = async () =>
    (JSON.parse((await world.dsr('request', 'show', request, '--json')).stdout) as { status: string }).status;

  // A search that cannot be made clears nothing.
  const file = fileOf(await crm?.exec('pragma database_list'));
  renameSync(file, `${file}.away`);
  const again = await world.dsr('sweep', '--yes', '--json');
  expect(again.code).toBe(3);
  const why = `${request} stays open: crm was not searched again`;
  expect(JSON.parse(again.stdout)).toMatchObject({ complete: false, incomplete: [why], due: 0 });
  expect((await world.dsr('sweep')).stdout).toContain(why);
  expect(await statusOf()).toBe('in-progress');

  renameSync(`${file}.away`, file);
  await crm?.exec('delete from customers where id = 1');
  expect((await world.dsr('sweep', '--yes')).code).toBe(0);
  expect(await statusOf()).toBe('closed');
});

function fileOf(listed: readonly Readonly<Record<string, unknown>>[] = []): string {
  return String(listed.find(({ name }) => name === 'main')?.file);
}
