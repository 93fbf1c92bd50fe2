import type { ChangeResult } from '../../case/change/change.js';
import type { ReplayResult } from '../../obligation/replay/replay.js';
import type { Output } from '../output.js';
import { shellLine } from '../shell.js';
import type { Style } from '../style.js';
import { decisionWords, incompleteLines } from './answer.js';
import { residueLines } from './change.js';
import { keyObject } from './key.js';
import { count, list, paragraph } from './words.js';

export interface ReplayTold {
  /** The call, to be made again. */
  readonly again: readonly string[];
  /** Whether somebody could have been asked. */
  readonly asked: boolean;
}

/** `dsr replay`: who was there again, and what became of them. */
export async function printReplay(output: Output, result: ReplayResult, told: ReplayTold): Promise<void> {
  const { style } = output;
  if (output.json) {
    await output.document(replayDocument(result));
    return;
  }
  for (const warning of result.warnings) output.warning(warning);
  await output.print([
    ...foundLines(result, style),
    ...result.passes.flatMap((pass) => passLines(pass, told, style)),
    ...waitingLines(result),
    ...decisionLines(result, told.again, style),
    ...incompleteLines(result.incomplete, style),
  ]);
}

/** contract.md §4; one a reason stands in `passes`, their sum beside it. */
export function replayDocument(result: ReplayResult) {
  const { passes, complete, incomplete, warnings, sources, keyFields, scanned, erasures, hits } = result;
  const { waiting, held } = result;
  const [only] = passes;
  const sole = passes.length === 1 ? only : undefined;
  const verified = passes.flatMap((pass) => pass.verified ?? []);
  return {
    request: only?.request ?? null,
    action: 'replay',
    complete,
    applied: isApplied(result),
    stopped: stoppedBy(result),
    planHash: sole?.planHash ?? null,
    actions: passes.flatMap(({ actions }) => actions),
    verified:
      result.dryRun || (passes.length > 0 && verified.length === 0)
        ? null
        : {
            residual: verified.reduce((sum, { residual }) => sum + residual, 0),
            places: verified.flatMap(({ places }) => places),
          },
    outcomes: passes.flatMap(({ outcomes }) => outcomes),
    incomplete,
    warnings,
    sources,
    decisions: result.decisions.map((decision) => ({
      ...decision,
      key: keyObject(keyFields[decision.collection], decision.key),
    })),
    since: result.since.toISOString(),
    ...{ erasures, found: hits, waiting, held, scanned },
    passes: passes.map(({ request, planHash, applied, stopped, actions }) => ({
      ...{ request, planHash, applied, stopped, actions },
    })),
  };
}

/** Everybody who is there again was erased again, or nobody is. */
function isApplied(result: ReplayResult): boolean {
  return !result.dryRun && stoppedBy(result) === null && result.passes.every(({ applied }) => applied);
}

function stoppedBy({ dryRun, passes, decisions, waiting, held }: ReplayResult): ChangeResult['stopped'] {
  if (dryRun) return 'dry-run';
  const stopped = passes.find((pass) => pass.stopped !== null)?.stopped ?? null;
  if (stopped !== null || passes.length > 0) return stopped;
  if (decisions.length + waiting > 0) return 'undecided';
  return held > 0 ? 'held' : null;
}

function foundLines({ erasures, hits, since, scanned }: ReplayResult, style: Style): readonly string[] {
  const when = since.toISOString();
  if (erasures === 0) return [style.bold(`Nobody was erased since ${when}.`)];
  const values = `${count(scanned.values, 'value')} compared in ${scanned.seconds.toFixed(1)} s`;
  const many = `${count(erasures, 'erasure')} since ${when}`;
  return hits === 0
    ? [style.bold(`Nobody who was erased is there again (${many}; ${values}).`)]
    : [style.bold(`${count(hits, 'erased record')} there again (${many}; ${values}).`)];
}

function passLines(pass: ChangeResult, { asked, again }: ReplayTold, style: Style): readonly string[] {
  const changed = pass.actions.reduce(
    (sum, { action, fields, records }) =>
      action === 'manual' || (action === 'keep' && fields.length === 0) ? sum : sum + records,
    0,
  );
  switch (pass.stopped) {
    case null:
      return [
        '',
        pass.applied && pass.outcomes.every(({ outcome }) => outcome === 'committed')
          ? `${style.green('Erased again')}: ${count(changed, 'record')} changed${wherever(pass)}.`
          : style.red('Not all of it was done.'),
        ...(pass.verified === null ? [] : residueLines(pass.verified, pass, true, style)),
        ...(pass.request === null ? [] : [`Request ${pass.request}`]),
      ];
    case 'dry-run':
      return ['', `${style.bold('Nothing was changed')}: this was a dry run.`];
    case 'not-confirmed':
      return [
        '',
        asked
          ? style.yellow('Nothing was changed: it was not confirmed.')
          : `Nothing was changed: it was not confirmed, and there is no terminal to ask on. Read the plan, then: ${shellLine([...again, '--yes'])}`,
      ];
    default:
      return [
        '',
        `${style.red('Nothing was changed')}: the plan does not hold any more, or something new is to be decided. Call it again.`,
      ];
  }
}

function wherever({ outcomes }: ChangeResult): string {
  return outcomes.length === 0 ? '' : ` in ${list(outcomes.map(({ source }) => source))}`;
}

function waitingLines({ waiting, held }: ReplayResult): readonly string[] {
  return [
    ...(waiting === 0
      ? []
      : ['', `${people(waiting)} there again and left as they are: a decision comes first.`]),
    ...(held === 0
      ? []
      : ['', `${people(held)} there again and left as they are: a hold stands against it.`]),
  ];
}

function people(number: number): string {
  return number === 1 ? 'One person is' : `${number} people are`;
}

function decisionLines(result: ReplayResult, again: readonly string[], style: Style): readonly string[] {
  const { decisions } = result;
  const [first] = decisions;
  if (first === undefined) return [];
  return [
    '',
    style.bold(`${count(decisions.length, 'decision')} for you to take: shall it be erased?`),
    ...decisions.flatMap((decision) => {
      const [line = '', ...more] = paragraph(decisionWords(result, decision), 86);
      return [`  ${style.yellow(decision.id)}  ${line}`, ...more.map((rest) => `      ${rest}`)];
    }),
    '',
    '  To answer, call again with --accept (erase) or --reject (leave it; it is not asked about again):',
    `    ${style.cyan(shellLine([...again, '--accept', first.id]))}`,
    `    ${style.cyan(shellLine([...again, '--reject', 'all']))}`,
  ];
}
