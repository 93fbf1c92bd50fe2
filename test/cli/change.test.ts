import { describe, expect, it } from 'vitest';
import type { ChangeResult, RectifiedPlace, VerifyResult } from '../../src/case/change/change.js';
import { codeOfChange } from '../../src/cli/exit-code.js';
import { createOutput } from '../../src/cli/output.js';
import { plain } from '../../src/cli/style.js';
import { printChange, type Told } from '../../src/cli/view/change.js';
import { planLines } from '../../src/cli/view/plan.js';
import { printVerify } from '../../src/cli/view/verify.js';
import type { Decision } from '../../src/model/subject.js';
import { actions, changed, proposal, stopped, task } from '../support/change.js';
import { recordingIo } from '../support/terminal.js';

const decision: Decision = {
  id: 'D1',
  kind: 'retention',
  collection: 'crm.leads',
  key: [9],
  why: 'invoice_date is empty',
};

const call: Told = { again: ['dsr', 'erase', 'x@example.se'], cwd: '/w', carryOut: null, asked: false };

async function told(
  result: ChangeResult,
  options: { readonly json?: boolean; readonly told?: Partial<Told> } = {},
) {
  const { io, stdout, stderr } = recordingIo();
  const output = await createOutput(io, { json: options.json ?? false, quiet: false, color: true });
  await printChange(output, result, { ...call, ...options.told });
  return { stdout: stdout(), stderr: stderr() };
}

describe('a plan, told before anybody is asked', () => {
  const text = planLines(proposal, plain).join('\n');

  it('says who it is, no more than the case tells of them', () => {
    expect(text).toMatch(/^Who is to be erased\n {2}email +a\*\*\*@example\.se\n {2}personnummer/);
  });

  it('says of each place what happens to how many records, on which ground, and why', () => {
    expect(text).toMatch(/crm\.tickets +deleted +1,204\n/);
    expect(text).toMatch(
      /crm\.customers +masked +1\n +name and email\n +a kept record of billing\.invoices refers/,
    );
    expect(text).toMatch(/crm\.support +cleared +21\n +contact_id\n/);
    expect(text).toMatch(
      /billing\.invoices +kept +2 +legal-obligation until 2033-01-01\n +Bokföringslag \(1999:1078\) 7 kap\. 2 §\n +note goes at once/,
    );
    expect(planLines({ ...proposal, actions: [task] }, plain).join('\n')).toMatch(
      /archive\.boxes +a task +1\n +the source is only read/,
    );
  });

  it('says how many records change, and why it would not be complete', () => {
    expect(text).toContain('1,228 records to change');
    expect(text).not.toContain('Incomplete');
    const lines = planLines({ ...proposal, incomplete: ['hr was not searched'] }, plain);
    expect(lines.join('\n')).toContain('Incomplete\n  - hr was not searched');
  });

  it('says whose login ends first, since that is counted, too', () => {
    expect(text).not.toContain('Login');
    const lines = planLines({ ...proposal, logins: [{ collection: 'crm.customers', records: 1 }] }, plain);
    expect(lines).toContain('Login ended first: crm.customers 1');
  });

  it('sends nothing of a source to the terminal that it would obey', () => {
    const [first] = actions;
    if (first === undefined) throw new Error('no action');
    const sly = { ...first, why: 'x\u001b[2J', fields: ['a\u0007'], action: 'mask' } as const;
    const lines = planLines({ ...proposal, who: ['\u009b1m'], actions: [sly] }, plain);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what may not be there
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });
});

describe('what rectify sets', () => {
  const update = (records: number) => [{ ...actions[0], action: 'update', records } as (typeof actions)[0]];
  const placesOf = (number: number): readonly RectifiedPlace[] =>
    Array.from({ length: number }, (_, at) => ({
      collection: 'crm.customers',
      key: [at + 1],
      fields: ['phone', 'note'],
      stated: [],
      old: ['070-174 06 05', null],
      new: ['070-174 06 12', { json: '{"a":1}' }],
    }));
  const linesOf = (number: number) =>
    planLines(
      { ...proposal, action: 'rectify', actions: update(number), places: () => placesOf(number) },
      plain,
    ).join('\n');

  it('stands beside what is there now, in each place', () => {
    expect(linesOf(1)).toContain('Who is to be rectified');
    expect(linesOf(1)).toMatch(
      /crm\.customers id=1 +phone +070-174 06 05 → 070-174 06 12\n +note +\(empty\) → \{"a":1\}\n/,
    );
    expect(linesOf(10)).not.toContain('more');
  });

  const lineOf = (change: Pick<RectifiedPlace, 'old' | 'new'> & Partial<RectifiedPlace>) => {
    const place = { collection: 'crm.customers', key: [1], fields: ['note'], stated: [], ...change };
    const lines = planLines(
      { ...proposal, action: 'rectify', actions: update(1), places: () => [place] },
      plain,
    );
    return lines.find((line) => line.includes('→')) ?? '';
  };

  it('of a long text shows what differs, and how much more does', () => {
    const text = (mail: string, phone: string) =>
      `{"list": "${'x'.repeat(80)}", "email": "${mail}", "more": "${'å'.repeat(80)}", "phone": "${phone}"}`;
    expect(lineOf({ old: [text('a@example.se', '1')], new: [text('b@example.se', '1')] })).toMatch(
      /…, "email": "a@example\.se", "more": "å+… → …, "email": "b@example\.se", "more": "å+…$/,
    );
    expect(lineOf({ old: [text('a@example.se', '1')], new: [text('b@example.se', '22')] })).toMatch(
      /b@example\.se", "more": "å+… and 1 more difference$/,
    );
    expect(lineOf({ old: ['y'.repeat(90)], new: [`${'y'.repeat(90)}z`] })).toMatch(/…y{12} → …y{12}z$/);
  });

  it('shows nothing of what is stored and never shown', () => {
    expect(lineOf({ old: [null], new: [null], stated: ['note'] })).toMatch(
      /note +\(stored, never shown\) → \(stored, never shown\)$/,
    );
  });

  it('of many places tells some, how many more there are, and how to see them', () => {
    expect(linesOf(1_000)).toContain('and 990 records more; --plan-out FILE saves them all');
    expect(linesOf(1_000)).not.toContain('id=11');
  });

  it('does not read on when enough was told', () => {
    let read = 0;
    const endless = function* (): Generator<RectifiedPlace> {
      for (const place of placesOf(10_000)) {
        read += 1;
        yield place;
      }
    };
    planLines({ ...proposal, action: 'rectify', actions: update(10_000), places: endless }, plain);
    expect(read).toBeLessThan(30);
  });
});

describe('what was done', () => {
  it('is told with what was kept until when, and that a new search found nothing', async () => {
    const { stdout } = await told(changed);
    expect(stdout).toContain('Done: 1,228 records changed in crm and billing.');
    expect(stdout).toMatch(
      /Kept\n +legal-obligation until 2033-01-01, Bokföringslag.+\n +billing\.invoices 2\n/,
    );
    expect(stdout).toContain('Searched again by 2 identifiers: nothing left.');
    expect(stdout).toContain('Request R-2026-0001. Next: dsr verify R-2026-0001, dsr request show');
  });

  it('tells the truth of a source that rolled back, or did not answer', async () => {
    const { stdout } = await told({
      ...changed,
      complete: false,
      incomplete: ['billing: rolled back: a check of billing.invoices refused'],
      outcomes: [
        { source: 'crm', outcome: 'committed', error: null },
        { source: 'billing', outcome: 'rolled-back', error: 'a check of billing.invoices refused' },
        { source: 'hr', outcome: 'unknown', error: null },
      ],
    });
    expect(stdout).toContain('Not all of it was done.');
    expect(stdout).not.toContain('Done');
    expect(stdout).toMatch(/crm +done\n/);
    expect(stdout).toMatch(/billing +rolled back: nothing/);
    expect(stdout).toMatch(/hr +not known/);
    expect(stdout).toMatch(/Incomplete\n +- billing: rolled back: a check of billing\.invoices refused/);
  });

  it('does not say done where every source rolled back', async () => {
    const outcomes = [{ source: 'crm', outcome: 'rolled-back', error: 'a trigger refused' }] as const;
    const { stdout } = await told({ ...changed, applied: false, verified: null, outcomes, complete: false });
    expect(stdout).toContain('The plan was not carried out.');
    expect(stdout).not.toMatch(/done|verify/i);
  });

  it('tells residue by place', async () => {
    const places = [{ collection: 'crm.notes', records: 3, why: 'found by email' }];
    const { stdout } = await told({ ...changed, verified: { residual: 3, places } });
    expect(stdout).toContain('Searched again by 2 identifiers: 3 records found that should not be there');
    expect(stdout).toMatch(/crm\.notes +3 records +found by email/);
  });

  it('of what is left in a source that rolled back says that, and suspects nobody', async () => {
    const outcomes = [
      { source: 'crm', outcome: 'committed', error: null },
      { source: 'billing', outcome: 'rolled-back', error: 'a check refused' },
    ] as const;
    const left = (...collections: readonly string[]) => ({
      residual: collections.length,
      places: collections.map((collection) => ({ collection, records: 1, why: 'still there' })),
    });
    const ours = await told({ ...changed, outcomes, verified: left('billing.invoices') });
    expect(ours.stdout).toContain('What is left in billing was not changed');
    expect(ours.stdout).not.toContain('wrote it meanwhile');
    const both = await told({ ...changed, outcomes, verified: left('billing.invoices', 'crm.notes') });
    expect(both.stdout).toMatch(/What is left in billing was not changed.*wrote it meanwhile/s);
    const theirs = await told({ ...changed, outcomes, verified: left('crm.notes') });
    expect(theirs.stdout).toContain('wrote it meanwhile');
    expect(theirs.stdout).not.toContain('was not changed,');
  });

  it('that nothing was there is an answer', async () => {
    const nothing = { ...changed, actions: [], outcomes: [], collections: [] };
    const { stdout } = await told(nothing);
    expect(stdout).toMatch(/^No data found about this person in 2 sources\.\n/);
    const same = await told({ ...nothing, collections: changed.collections });
    expect(same.stdout).toContain('Nothing to change.');
  });

  it('that changed nothing and leaves nothing open offers nothing to verify', async () => {
    const nothing = { ...changed, actions: [], outcomes: [] };
    expect((await told(nothing)).stdout).not.toContain('dsr verify');
    const task = { ...nothing, complete: false, incomplete: ['crm.boxes: one record is left to a human'] };
    expect((await told(task)).stdout).toContain('dsr verify');
  });

  it('says of what was not read neither that it is clean nor that it is not', async () => {
    const [crm] = changed.sources;
    const sources = [...(crm === undefined ? [] : [crm]), { source: 'hr', status: 'unreachable' } as const];
    const { stdout } = await told({ ...changed, complete: false, sources });
    expect(stdout).toContain('nothing left in crm, the others were not searched.');
  });

  it('where all is kept, claims neither a change nor a second search', async () => {
    const kept = actions.filter(({ action }) => action === 'keep').map((one) => ({ ...one, fields: [] }));
    const { stdout } = await told({ ...changed, actions: kept, outcomes: [] });
    expect(stdout).toContain('Nothing had to be changed.');
    expect(stdout).toContain('Searched by 2 identifiers: nothing left.');
  });

  it('never claims that anything is anonymous', async () => {
    const everything = [
      planLines(proposal, plain).join('\n'),
      (await told(changed)).stdout,
      (await told(changed, { json: true })).stdout,
    ];
    for (const text of everything) expect(text).not.toMatch(/anonym/i);
  });

  it('names the extract that was made first', async () => {
    const extract = { file: '/w/anna.zip', bytes: 18_249, sha256: 'cd'.repeat(32) };
    expect((await told({ ...changed, extract })).stdout).toMatch(/Extract +anna\.zip +18\.2 kB/);
  });
});

describe('what was not done', () => {
  it('a dry run says so, and how to carry out the plan that it saved', async () => {
    const { stdout } = await told(stopped('dry-run'), { told: { carryOut: ['dsr', 'apply', 'anna.plan'] } });
    expect(stdout).toContain('Nothing was changed: this was a dry run.');
    expect(stdout).toContain('dsr apply anna.plan');
    expect(stdout).not.toMatch(/done/i);
  });

  it('without a terminal says how to say yes', async () => {
    const { stdout } = await told(stopped('not-confirmed'));
    expect(stdout).toContain('there is no terminal to ask on');
    expect(stdout).toContain('dsr erase x@example.se --yes');
    const saved = { carryOut: ['dsr', 'apply', 'anna.plan'] };
    expect((await told(stopped('not-confirmed'), { told: saved })).stdout).toContain(
      'dsr apply anna.plan --yes',
    );
    const asked = await told(stopped('not-confirmed'), { told: { asked: true } });
    expect(asked.stdout).toContain('Nothing was changed: it was not confirmed.\n');
    expect(asked.stdout).not.toContain('--yes');
  });

  it('where no source could be searched says so, and no plan is told of', async () => {
    const result = { ...stopped('unread'), complete: false, actions: [], planHash: null };
    const { stdout } = await told({ ...result, incomplete: ['crm was not searched: no answer'] });
    expect(stdout).toContain('Nothing was changed: no source could be searched.');
    expect(stdout).toContain('crm was not searched: no answer');
    expect(codeOfChange(result)).toBe(3);
  });

  it('a stale plan says why, and that it is to be read anew', async () => {
    const { stdout } = await told({
      ...stopped('stale'),
      incomplete: ['the plan is stale: a schema is another'],
    });
    expect(stdout).toContain('The plan was not carried out: the plan is stale: a schema is another.');
    expect(stdout).toContain('Draw it up again');
  });

  it('with decisions open says how to answer them', async () => {
    const { stdout } = await told({
      ...stopped('undecided'),
      planHash: null,
      actions: [],
      decisions: [decision],
    });
    expect(stdout).toContain('D1  crm.leads id=9: invoice_date is empty');
    expect(stdout).toContain('dsr erase x@example.se --accept D1');
    expect(stdout).toContain('Nothing was changed: the decisions above come first.');
  });
});

describe('a change as JSON', () => {
  it('has the shape of the contract', async () => {
    const { stdout } = await told(changed, { json: true });
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      request: 'R-2026-0001',
      complete: true,
      applied: true,
      planHash: changed.planHash,
      actions,
      verified: { residual: 0, places: [] },
    });
    // whose it was is not told to a log
    expect(stdout).not.toContain('anna.lindqvist@example.se');
  });

  it('stopped is the same document, not applied and not verified; the hint stands on stderr', async () => {
    for (const why of ['dry-run', 'not-confirmed', 'undecided', 'stale'] as const) {
      const { stdout, stderr } = await told(stopped(why), { json: true });
      expect(JSON.parse(stdout)).toMatchObject({ applied: false, verified: null, stopped: why, actions });
      if (why === 'not-confirmed') expect(stderr).toContain('dsr erase x@example.se --yes');
      else expect(stderr).toBe('');
    }
  });

  it('tells a decision’s key by the names of its parts', async () => {
    const undecided = { ...stopped('undecided'), decisions: [decision] };
    const { stdout } = await told(undecided, { json: true });
    expect(JSON.parse(stdout).decisions).toEqual([{ ...decision, key: { id: 9 } }]);
  });
});

describe('the exit code of a change', () => {
  it.each([
    ['done', changed, 0],
    ['a dry run', stopped('dry-run'), 0],
    ['not confirmed', stopped('not-confirmed'), 4],
    ['undecided', { ...stopped('undecided'), decisions: [decision] }, 4],
    ['a dry run with decisions', { ...stopped('dry-run'), decisions: [decision] }, 4],
    ['stale, whatever else', { ...stopped('stale'), complete: false, decisions: [decision] }, 5],
    ['every source rolled back', { ...changed, applied: false, complete: false, verified: null }, 3],
    ['a source unread', { ...changed, complete: false }, 3],
    ['residue', { ...changed, verified: { residual: 1, places: [] } }, 3],
    ['a task left', { ...changed, actions: [task] }, 3],
    [
      'a source rolled back',
      { ...changed, outcomes: [{ source: 'crm', outcome: 'rolled-back', error: null }] },
      3,
    ],
    ['undecided and a source unread', { ...stopped('undecided'), complete: false }, 4],
  ] as const)('%s', (_name, result, code) => {
    expect(codeOfChange(result)).toBe(code);
  });
});

describe('verify', () => {
  const verified: VerifyResult = {
    ...changed,
    request: 'R-2026-0001',
    verified: { residual: 0, places: [] },
    searchedBy: 2,
  };

  async function tell(result: VerifyResult, json: boolean): Promise<string> {
    const { io, stdout } = recordingIo();
    const output = await createOutput(io, { json, quiet: false, color: true });
    await printVerify(output, result, ['dsr', 'find', '--request', result.request]);
    return stdout();
  }

  it('says that nothing is left, or where something is', async () => {
    expect(await tell(verified, false)).toContain('Searched again by 2 identifiers: nothing left.');
    const left = { residual: 1, places: [{ collection: 'crm.notes', records: 1, why: 'found by email' }] };
    expect(await tell({ ...verified, verified: left }, false)).toMatch(
      /crm\.notes +1 record +found by email/,
    );
  });

  it('as JSON has request, complete and verified', async () => {
    expect(JSON.parse(await tell(verified, true))).toMatchObject({
      request: 'R-2026-0001',
      complete: true,
      verified: { residual: 0, places: [] },
    });
  });
});
