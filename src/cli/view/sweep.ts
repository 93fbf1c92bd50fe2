import type { PassResult } from '../../obligation/pass.js';
import type { SweepResult } from '../../obligation/sweep.js';
import type { Output } from '../output.js';
import { printable } from '../printable.js';
import { shellLine } from '../shell.js';
import { changeDocument, printChange, type Told } from './change.js';
import { count } from './words.js';

export async function printSweep(output: Output, result: SweepResult, told: Told): Promise<void> {
  if (output.json) {
    await output.document(sweepDocument(result));
    if (result.pass?.stopped === 'not-confirmed') {
      output.message(
        `Nothing was changed: it was not confirmed. Read the plan, then: ${shellLine([...told.again, '--yes'])}`,
      );
    }
    return;
  }
  const { pass, unsettled, released, refused, held, due } = result;
  const { style } = output;
  if (pass === null) {
    await output.print([
      held.length === 0
        ? 'Nothing that was kept is due.'
        : 'Nothing that was kept is due but what holds keep.',
    ]);
  } else {
    await printChange(output, pass.closed ? { ...pass, request: null } : pass, told);
    await output.print([
      `${count(due, 'record')} had been kept until today or before.`,
      ...(pass.closed ? closedWords(pass) : []),
    ]);
  }
  for (const each of released) {
    const again = [...told.again.slice(0, -1), 'erase', '--request', each.request ?? ''];
    await output.print(['', style.bold(`${each.request ?? 'An erasure'}: its hold was released`)]);
    await printChange(output, each, { ...told, again, carryOut: again });
  }
  await output.print([
    ...(unsettled === null ? [] : [style.red(unsettled)]),
    ...held.map(
      ({ request, hold }) => `${request}: what it kept is due, and stays: ${hold} holds its person.`,
    ),
    ...refused.flatMap(({ request, error: { message, hint } }) => [
      `${style.red(`${request} was left out`)}: ${printable(message)}`,
      ...(hint === null || hint === undefined ? [] : [`  ${printable(hint)}`]),
    ]),
  ]);
}

/** What stays is in no request: the next sweep looks at it again. */
function closedWords({ request, complete }: PassResult): readonly string[] {
  const done =
    request === null
      ? 'What an earlier sweep had left open is closed.'
      : `Done under ${request}, which was opened for it and is closed.`;
  return complete
    ? [done]
    : [
        done,
        'What is named above as left is not done by that: each sweep names it until somebody has seen to it.',
      ];
}

/** contract.md §4 for all that is due, and beside it what stands apart. */
function sweepDocument({ today, due, pass, unsettled, released, refused, held }: SweepResult) {
  const left = [
    ...(unsettled === null ? [] : [unsettled]),
    ...refused.map(({ request, error }) => `${request} was left out: ${error.message}`),
  ];
  const document = pass === null ? NOTHING : changeDocument(pass);
  const complete = document.complete && left.length === 0 && released.every((each) => each.complete);
  return {
    ...document,
    complete,
    incomplete: [...document.incomplete, ...left],
    today,
    due,
    closed: pass?.closed ?? false,
    held,
    refused: refused.map(({ request, error: { kind, message } }) => ({ request, kind, message })),
    released: released.map(changeDocument),
  };
}

const NOTHING = {
  ...{ request: null, action: 'erase', complete: true, applied: false, stopped: null, planHash: null },
  ...{ actions: [], verified: null, outcomes: [], incomplete: [], warnings: [], sources: [], decisions: [] },
  extract: null,
} as const;
