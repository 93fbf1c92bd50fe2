import { expect, it } from 'vitest';
import { closeRequests, setDay, shopAt } from './sweep-world.js';
import type { CaseWorkspace } from './workspace.js';

async function due(world: CaseWorkspace, ...flags: readonly string[]) {
  const { code, stdout, stderr } = await world.dsr('due', '--json', ...flags);
  expect(stderr).toBe('');
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  return { code, lines };
}

const LAW = { ground: 'legal-obligation', law: 'Bokföringslag (1999:1078) 7 kap. 2 §' };

it('tells what was kept and is due, by day and place: upcoming, today, overdue', async () => {
  const world = await shopAt('sqlite');
  for (const who of ['anna@example.se', 'eva@example.se']) await world.dsr('erase', who, '--yes');
  await closeRequests(world);
  expect(await due(world)).toEqual({ code: 0, lines: [] });
  expect((await world.dsr('due')).stdout).toContain('Nothing is due, today or within 30 days.');

  setDay(world, '2032-04-01');
  const coming = await due(world);
  const until = { kind: 'retention', until: '2032-05-01', ...LAW, hold: null };
  const soon = { ...until, when: 'upcoming', daysLeft: 30, request: null };
  expect(coming.code).toBe(0);
  // Of all people together, the masked customers among them.
  expect(coming.lines).toEqual([
    { ...soon, collection: 'crm.customers', records: 2 },
    { ...soon, collection: 'crm.invoice_lines', records: 3 },
    { ...soon, collection: 'crm.invoices', records: 2 },
  ]);
  expect((await due(world, '--within', '29')).lines).toEqual([]);

  setDay(world, '2032-05-01');
  const today = await due(world);
  expect(today.code).toBe(0);
  expect(today.lines).toHaveLength(6);
  expect(today.lines[0]).toEqual({
    ...until,
    ...{ when: 'today', daysLeft: 0, collection: 'crm.customers', records: 1, request: 'R-2026-0001' },
  });

  setDay(world, '2032-05-03');
  const late = await due(world);
  expect(late.code).toBe(3);
  expect(late.lines.map(({ when, daysLeft }) => `${String(when)} ${String(daysLeft)}`)).toEqual(
    Array.from({ length: 6 }, () => 'overdue -2'),
  );
  const shown = await world.dsr('due');
  expect(shown.code).toBe(3);
  expect(shown.stdout).toMatch(/Overdue/);
  expect(shown.stdout).toMatch(/2032-05-01 {2}crm\.invoices {2,}1 {2}legal-obligation, Bokföringslag/);
  expect(shown.stdout).toContain('To erase what is due: dsr sweep');

  expect((await world.dsr('sweep', '--yes')).code).toBe(0);
  expect(await due(world)).toEqual({ code: 0, lines: [] });
  await world.close();
});

it('tells of requests when the law wants them answered', async () => {
  const world = await shopAt('sqlite');
  await world.dsr('request', 'open', '--type', 'export', '--received', '2026-11-24', 'anna@example.se');
  const line = {
    kind: 'request',
    request: 'R-2026-0001',
    type: 'export',
    status: 'open',
    legalDue: '2026-12-24',
  };
  expect(await due(world)).toEqual({ code: 0, lines: [{ ...line, when: 'upcoming', daysLeft: 28 }] });
  expect((await due(world, '--within', '27')).lines).toEqual([]);
  setDay(world, '2026-12-24');
  expect(await due(world)).toEqual({ code: 0, lines: [{ ...line, when: 'today', daysLeft: 0 }] });
  setDay(world, '2026-12-25');
  expect(await due(world)).toEqual({ code: 3, lines: [{ ...line, when: 'overdue', daysLeft: -1 }] });
  await closeRequests(world);
  expect(await due(world)).toEqual({ code: 0, lines: [] });
  await world.close();
});

it('tells what a hold keeps over its day as held, and the erasure that a released hold brings back', async () => {
  const world = await shopAt('sqlite');
  await world.dsr('erase', 'anna@example.se', '--yes');
  await world.dsr('hold', 'add', 'anna@example.se', '--ground', 'legal-claims');
  await world.dsr('hold', 'add', 'bo@example.se', '--ground', 'legal-claims');
  await closeRequests(world);
  expect((await world.dsr('erase', 'bo@example.se', '--yes')).code).toBe(4);
  setDay(world, '2026-11-27');
  await world.dsr('hold', 'release', 'H2');
  expect((await due(world)).lines.filter(({ kind }) => kind === 'released')).toEqual([
    { kind: 'released', when: 'today', request: 'R-2026-0002' },
  ]);
  setDay(world, '2032-06-01');
  const { lines } = await due(world);
  const kept = lines.filter(({ kind }) => kind === 'retention');
  expect(kept).toHaveLength(3);
  for (const line of kept) expect(line).toMatchObject({ when: 'held', hold: 'H1', request: 'R-2026-0001' });
  await world.close();
});

it('takes a whole number of days', async () => {
  const world = await shopAt('sqlite');
  const { code, stderr } = await world.dsr('due', '--within', 'soon');
  expect(code).toBe(2);
  expect(stderr).toContain('--within is not a number of days');
  await world.close();
});
