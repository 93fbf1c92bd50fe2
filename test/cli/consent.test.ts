import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApplySavedInput, ChangeInput, ChangeResult, EraseInput } from '../../src/case/change/change.js';
import type { Context } from '../../src/case/context.js';
import { main } from '../../src/cli/main.js';
import { DsrError } from '../../src/model/error.js';
import { changed, proposal, stopped } from '../support/change.js';
import { dsr as call } from '../support/terminal.js';
import { CTRL_C, DOWN, ENTER, type Typed, typist } from '../support/typing.js';

/** What the commands handed on, and what they are answered: the operations themselves are tested elsewhere. */
const operation = vi.hoisted(() => ({
  inputs: [] as unknown[],
  undecided: [] as unknown[],
  failures: [] as unknown[],
}));

async function carryOut(_context: Context, input: ApplySavedInput | ChangeInput): Promise<ChangeResult> {
  operation.inputs.push(input);
  if (operation.failures.length > 0) throw operation.failures.shift();
  const open = operation.undecided.shift();
  if (open !== undefined) return open as ChangeResult;
  await input.show(proposal);
  if (input.dryRun) return stopped('dry-run');
  return (await input.confirm(proposal)) ? changed : stopped('not-confirmed');
}

vi.mock('../../src/case/change/erase.js', () => ({ eraseSubject: carryOut }));
vi.mock('../../src/case/change/rectify.js', () => ({ rectifySubject: carryOut }));
vi.mock('../../src/case/change/apply-plan.js', () => ({ applySaved: carryOut }));

const folder = mkdtempSync(join(tmpdir(), 'dsr-consent-'));
writeFileSync(join(folder, 'dsr.yaml'), 'version: 1\n');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  operation.inputs.length = 0;
  operation.undecided.length = 0;
  operation.failures.length = 0;
});

const dsr = (argv: readonly string[], stdin?: string) =>
  call(argv, { cwd: folder, ...(stdin === undefined ? {} : { stdin }) });

async function atTerminal(argv: readonly string[], answers: readonly Typed[]) {
  const person = typist(folder, answers);
  const code = await main(argv, person.io, [], new AbortController().signal);
  return { code, stdout: person.stdout(), stderr: person.stderr(), unasked: person.unasked() };
}

const erase = ['erase', 'anna@example.se'];
const question = /type the number of records that change \(1,228\)/;

describe('before anything changes', () => {
  it.each([
    ['as it stands', '1228'],
    ['as it is printed', '1,228'],
  ])('the number of records is asked for, and may be typed %s', async (_name, typed) => {
    const { code, stdout, stderr, unasked } = await atTerminal(erase, [[question, `${typed}${ENTER}`]]);
    expect(unasked).toBe(0);
    expect(code).toBe(0);
    expect(stdout.indexOf('1,228 records to change')).toBeGreaterThan(0);
    expect(stdout.indexOf('Done')).toBeGreaterThan(stdout.indexOf('1,228 records to change'));
    // where stdout goes elsewhere, the person who is asked must see it all the same
    expect(stderr.indexOf('Who is to be erased')).toBeGreaterThanOrEqual(0);
    expect(stderr.indexOf('Who is to be erased')).toBeLessThan(stderr.indexOf('type the number'));
  });

  it('a wrong number asks again', async () => {
    const { code } = await atTerminal(erase, [
      [question, `7${ENTER}`],
      [/That is not 1,228/, `yes${ENTER}`],
      [/That is not 1,228/, `1228${ENTER}`],
    ]);
    expect(code).toBe(0);
  });

  it.each([
    ['a third wrong number', ['1', '2', '3']],
    ['an empty line', ['']],
  ])('%s is a no: exit 4', async (_name, typed) => {
    const { code, stdout, unasked } = await atTerminal(
      erase,
      typed.map((text) => [question, `${text}${ENTER}`] as const),
    );
    expect(unasked).toBe(0);
    expect(code).toBe(4);
    expect(stdout).toContain('Nothing was changed: it was not confirmed.');
  });

  it('Ctrl-C ends with 130, and nothing is told as done', async () => {
    const { code, stdout } = await atTerminal(erase, [[question, CTRL_C]]);
    expect(code).toBe(130);
    expect(stdout).not.toContain('Done');
  });

  it('without a terminal the plan is printed, nothing changes, exit 4', async () => {
    const { code, stdout } = await dsr(erase);
    expect(code).toBe(4);
    expect(stdout).toContain('1,228 records to change');
    expect(stdout).toContain('dsr erase anna@example.se --yes');
  });

  it('--json asks nobody, not even at a terminal', async () => {
    for (const { code, stdout } of [
      await dsr([...erase, '--json']),
      await atTerminal([...erase, '--json'], []),
    ]) {
      expect(code).toBe(4);
      expect(JSON.parse(stdout)).toMatchObject({ applied: false, verified: null, stopped: 'not-confirmed' });
    }
  });

  it('--yes answers, and the plan is printed all the same', async () => {
    const { code, stdout } = await dsr([...erase, '--yes']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/1,228 records to change.*Done/s);
    const json = await dsr([...erase, '--yes', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ applied: true });
  });

  it('--dry-run asks nothing and stops, even with --yes', async () => {
    const { code, stdout, unasked } = await atTerminal([...erase, '--dry-run', '--yes'], []);
    expect([code, unasked]).toEqual([0, 0]);
    expect(stdout).toContain('this was a dry run');
  });

  it.each([
    ['rectify', ['rectify', 'anna@example.se', '--set', 'phone=070-1740612']],
    ['apply', ['apply', 'anna.plan']],
  ])('holds for %s too', async (_name, argv) => {
    expect((await dsr(argv)).code).toBe(4);
    expect((await dsr([...argv, '--yes'])).code).toBe(0);
    expect((await dsr([...argv, '--dry-run'])).stdout).toContain('this was a dry run');
    expect((await atTerminal(argv, [[question, `1228${ENTER}`]])).code).toBe(0);
  });

  it('warnings of the plan are told once', async () => {
    const { stderr } = await dsr([...erase, '--yes']);
    expect(stderr).toBe('warning: the personnummer is not valid\n');
  });
});

describe('open decisions', () => {
  const open: ChangeResult = {
    ...stopped('undecided'),
    actions: [],
    planHash: null,
    decisions: [
      { id: 'D1', kind: 'candidate', collection: 'crm.leads', key: [1], why: 'the same phone number' },
      { id: 'D2', kind: 'retention', collection: 'crm.leads', key: [2], why: 'created_at is empty' },
    ],
  };
  const answers: readonly Typed[] = [
    [/D1.*Is this the same person\?/s, `${DOWN}${ENTER}`],
    [/D2.*Has its time passed/s, `${DOWN}${DOWN}${ENTER}`],
    [question, `1228${ENTER}`],
  ];

  it('are put to a person, and it goes on under the request that was opened', async () => {
    operation.undecided.push({ ...open, request: 'R-2026-0007' });
    const { code, unasked } = await atTerminal(erase, answers);
    expect([code, unasked]).toEqual([0, 0]);
    expect(operation.inputs[1]).toMatchObject({
      identifiers: [],
      request: 'R-2026-0007',
      accept: ['D1'],
      reject: ['D2'],
    });
  });

  it('without a request the person stays named, with every answer so far', async () => {
    operation.undecided.push(open);
    await atTerminal([...erase, '--reject', 'D9', '--dry-run'], answers.slice(0, 2));
    expect(operation.inputs[1]).toMatchObject({
      identifiers: ['anna@example.se'],
      request: null,
      accept: ['D1'],
      reject: ['D9', 'D2'],
    });
  });

  it('without a request, the call that answers the rest repeats what was answered', async () => {
    const [first, second] = open.decisions;
    if (first === undefined || second === undefined) throw new Error('no decisions');
    operation.undecided.push({ ...open, decisions: [second] });
    const one = await dsr([...erase, '--accept', 'd1', '--dry-run']);
    expect(one.stdout).toContain('dsr erase anna@example.se --accept D1 --accept D2');
    const two = await dsr([...erase, '--accept', 'D1', '--reject', 'D2']);
    expect(two.stdout).toContain('dsr erase anna@example.se --accept D1 --reject D2 --yes');
    operation.undecided.push({ ...open, decisions: [second], request: 'R-2026-0007' });
    const under = await dsr([...erase, '--accept', 'D1']);
    expect(under.stdout).toContain('dsr erase --request R-2026-0007 --accept D2');
  });

  it('what was answered at the terminal stands in the call, too', async () => {
    operation.undecided.push(open, { ...open, decisions: open.decisions.slice(1) });
    const { stdout } = await atTerminal(
      [...erase, '--dry-run'],
      [
        [/D1.*Is this the same person\?/s, `${DOWN}${ENTER}`],
        [/D2.*Has its time passed/s, ENTER],
        [/D2.*Has its time passed/s, ENTER],
      ],
    );
    expect(stdout).toContain('dsr erase anna@example.se --accept D1 --accept D2');
  });

  it('without a terminal are exit 4, with the call that answers them in full', async () => {
    operation.undecided.push(open, open);
    const { code, stdout } = await dsr([...erase, '--reason', 'objection']);
    expect(code).toBe(4);
    expect(stdout).toContain('dsr erase anna@example.se --reason objection --accept D1 --reject D2');
    const rectified = await dsr(['rectify', '-', '--set', 'phone=070-1740612'], 'anna@example.se\n');
    expect(rectified.stdout).toContain('dsr rectify - --set phone=070-1740612 --accept D1 --reject D2');
  });
});

describe('what is handed on', () => {
  const handed = () => operation.inputs.at(-1) as EraseInput;

  it('of erase', async () => {
    await dsr([...erase, '--reason', 'objection', '--plan-out', 'p/anna.plan', '--accept', 'd1,D2']);
    expect(handed()).toMatchObject({
      identifiers: ['anna@example.se'],
      request: null,
      reason: 'objection',
      planOut: join(folder, 'p/anna.plan'),
      accept: ['D1', 'D2'],
      reject: [],
      extract: null,
      dryRun: false,
    });
    await dsr(['erase', '--request', 'R-2026-0001']);
    expect(handed()).toMatchObject({ identifiers: [], request: 'R-2026-0001', reason: null });
    await dsr(['erase', '-'], 'anna@example.se\n\n199006022397\n');
    expect(handed()).toMatchObject({ identifiers: ['anna@example.se', '199006022397'] });
  });

  it.each([
    [['erase', 'anna@example.se', '--export'], null],
    [['erase', 'anna@example.se', '--export', 'a.zip'], join(folder, 'a.zip')],
    [['erase', '--export', 'anna@example.se'], null],
    [['erase', '--export', 'a.zip', 'anna@example.se'], join(folder, 'a.zip')],
  ])('the file of the extract is told from the person: %j', async (argv, file) => {
    await dsr(argv);
    expect(handed()).toMatchObject({ identifiers: ['anna@example.se'], extract: { file } });
  });

  it('whoever pastes the call that goes on does not lose the extract', async () => {
    expect((await dsr(['erase', '--export', 'anna@example.se'])).stdout).toContain(
      'dsr erase anna@example.se --export --yes',
    );
    expect((await dsr([...erase, '--export', 'a.zip'])).stdout).toContain('--export a.zip --yes');
  });

  it('of rectify: NAME up to the first =, the value as it was given', async () => {
    await dsr([
      'rectify',
      'anna@example.se',
      '--set',
      'email=a=b@example.se',
      '--set',
      'crm.customers.name=',
    ]);
    expect(handed()).toMatchObject({
      set: [
        { name: 'email', value: 'a=b@example.se' },
        { name: 'crm.customers.name', value: '' },
      ],
    });
  });

  it('of rectify: values from a file or standard input, so that they stand in no process list', async () => {
    writeFileSync(join(folder, 'new.txt'), '\ufeffphone=070-1740612\r\n\r\nuser.name=Anna Ek\r\n');
    await dsr(['rectify', 'anna@example.se', '--set-file', 'new.txt']);
    const set = [
      { name: 'phone', value: '070-1740612' },
      { name: 'user.name', value: 'Anna Ek' },
    ];
    expect(handed()).toMatchObject({ set });
    await dsr(['rectify', 'anna@example.se', '--set-file', '-'], 'phone=070-1740612\nuser.name=Anna Ek\n');
    expect(handed()).toMatchObject({ set });
  });

  it('of rectify: what a person answers who gave nothing to set', async () => {
    const { code, unasked } = await atTerminal(
      ['rectify'],
      [
        [/Who\?/, `anna@example.se${ENTER}`],
        [/And\?/, ENTER],
        [/Set what\?/, `phone=070-1740612${ENTER}`],
        [/And\?/, ENTER],
        [question, `1228${ENTER}`],
      ],
    );
    expect([code, unasked]).toEqual([0, 0]);
    expect(handed()).toMatchObject({
      identifiers: ['anna@example.se'],
      set: [{ name: 'phone', value: '070-1740612' }],
    });
  });

  it('of apply: the file', async () => {
    await dsr(['apply', 'anna.plan']);
    expect(handed()).toMatchObject({ file: join(folder, 'anna.plan'), dryRun: false });
  });
});

describe('an error that is an answer', () => {
  const failing = [
    ['an approval is missing', 'decision', 4],
    ['the plan is stale', 'conflict', 5],
    ['the source is locked', 'transient', 3],
    ['a value was rejected', 'data', 3],
  ] as const;
  const rectify = ['rectify', 'anna@example.se', '--set', 'phone=070-1740612'];

  it.each(failing)('has a document beside it with --json: %s', async (message, kind, code) => {
    for (const argv of [erase, rectify, ['apply', 'anna.plan']]) {
      operation.failures.push(new DsrError(kind, message));
      const told = await dsr([...argv, '--yes', '--json']);
      expect(told.code).toBe(code);
      expect(JSON.parse(told.stdout)).toEqual({
        ...{ request: null, complete: false, applied: false, planHash: null },
        ...{ actions: [], verified: null, incomplete: [message] },
      });
      expect(JSON.parse(told.stderr)).toMatchObject({ error: { code, kind, message } });
    }
  });

  it('names the request that was given', async () => {
    operation.failures.push(new DsrError('decision', 'an approval is missing'));
    const { stdout } = await dsr(['erase', '--request', 'R-2026-0001', '--yes', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ request: 'R-2026-0001' });
  });

  it.each(['usage', 'config', 'cancelled', 'internal'] as const)(
    'is not one of kind %s, and none is printed without --json',
    async (kind) => {
      operation.failures.push(new DsrError(kind, 'no'), new DsrError('decision', 'no'));
      expect((await dsr([...erase, '--yes', '--json'])).stdout).toBe('');
      expect((await dsr([...erase, '--yes'])).stdout).toBe('');
    },
  );
});

describe('a call that cannot be right', () => {
  const rectify = ['rectify', 'anna@example.se'];
  it.each([
    ['a reason that is none', [...erase, '--reason', 'spite'], 'allowed choices are request'],
    ['nobody', ['erase'], 'no identifier was given'],
    ['nothing to set', rectify, 'nothing was given to set'],
    ['a value without a name', [...rectify, '--set', '=Anna Lindqvist'], 'not written as NAME=VALUE'],
    ['a name without a value', [...rectify, '--set', 'Anna Lindqvist'], 'not written as NAME=VALUE'],
    ['two values', [...rectify, '--set', 'name=Anna', '--set', 'name=Lindqvist'], 'a NAME is set twice'],
    ['a file that is not there', [...rectify, '--set-file', 'nowhere.txt'], '--set-file cannot be read'],
    ['one standard input for two', ['rectify', '-', '--set-file', '-'], 'cannot be both'],
    ['no plan', ['apply'], "missing required argument 'plan'"],
    ['no request', ['verify'], "missing required argument 'request'"],
  ])('%s: exit 2, one hint, nothing begun', async (_name, argv, message) => {
    const { code, stdout, stderr } = await dsr(argv, '');
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^hint: /m);
    expect(stderr).not.toMatch(/anna|lindqvist|spite/i);
    expect(operation.inputs).toEqual([]);
  });
});
