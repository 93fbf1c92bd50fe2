import { relative } from 'node:path';
import type { ChangeResult, Residue, SourceOutcome } from '../../case/change/change.js';
import type { Action } from '../../plan/actions.js';
import type { Output } from '../output.js';
import { printable } from '../printable.js';
import { shellLine } from '../shell.js';
import type { Style } from '../style.js';
import { answerDocument, decisionLines, headline, incompleteLines, isNothing } from './answer.js';
import { groundWords } from './plan.js';
import { table } from './table.js';
import { count, list, paragraph, size, wrap } from './words.js';

/** What of the call stands in the words of its answer. */
export interface Told {
  /** The call, to be made again. */
  readonly again: readonly string[];
  readonly cwd: string;
  /** The call that carries out just this plan, where it was saved; null: it was not. */
  readonly carryOut: readonly string[] | null;
  /** Whether somebody could have been asked. */
  readonly asked: boolean;
}

export async function printChange(output: Output, result: ChangeResult, told: Told): Promise<void> {
  const { style } = output;
  if (output.json) {
    await output.document(changeDocument(result));
    if (result.stopped === 'not-confirmed') output.message(notConfirmed(told).join('\n'));
    return;
  }
  for (const warning of result.warnings) output.warning(warning);
  await output.print([
    ...(isPlanShown(result) ? [''] : []),
    ...(result.stopped === null ? doneLines(result, output) : stoppedLines(result, output, told)),
    ...extractLines(result, style, told.cwd),
    ...nextLines(result, style),
  ]);
}

/** What is answered follows upon the plan, if there was one to read. */
function isPlanShown({ stopped, actions }: ChangeResult): boolean {
  return actions.length > 0 && stopped !== 'undecided' && stopped !== 'unread' && stopped !== 'stale';
}

/** contract.md §4, and what says why it is so. */
export function changeDocument(result: ChangeResult) {
  const { incomplete, warnings, sources, decisions } = answerDocument(result);
  const { request, action, complete, applied, stopped, planHash, actions, verified, outcomes, extract } =
    result;
  const facts = { request, action, complete, applied, stopped, planHash, actions, verified };
  return { ...facts, outcomes, incomplete, warnings, sources, decisions, extract };
}

function stoppedLines(result: ChangeResult, output: Output, told: Told): readonly string[] {
  const { style } = output;
  // What is held was searched for all the same.
  const searched = { ...result, complete: result.sources.every(({ status }) => status === 'searched') };
  switch (result.stopped) {
    case 'dry-run':
      return [
        ...(isNothing(result) ? headline(result, output) : []),
        `${style.bold('Nothing was changed')}: this was a dry run.`,
        ...(told.carryOut === null ? [] : [`To carry it out: ${style.cyan(shellLine(told.carryOut))}`]),
      ];
    case 'not-confirmed': {
      const [first = '', ...more] = notConfirmed(told);
      return [style.yellow(first), ...more];
    }
    case 'held':
      return [
        // The plan has told why already, where there was one to read.
        ...(result.actions.length > 0
          ? []
          : [...headline(searched, output), ...incompleteLines(result.incomplete, style), '']),
        `${style.yellow('Nothing was changed')}: a hold stands against it. Once it is released, \`dsr sweep\` erases by itself.`,
      ];
    case 'unread':
      return [
        `${style.red('Nothing was changed')}: no source could be searched.`,
        ...incompleteLines(result.incomplete, style),
      ];
    case 'stale': {
      const [why = 'the plan is stale', ...others] = result.incomplete;
      return [
        `${style.red('The plan was not carried out')}: ${printable(why)}.`,
        ...outcomeLines(result.outcomes, style),
        ...incompleteLines(others, style),
        'Draw it up again and read it: what it rests on is another now.',
      ];
    }
    default:
      return [
        ...headline(result, output),
        ...decisionLines(result, output, told.again),
        ...incompleteLines(result.incomplete, style),
        '',
        `${style.yellow('Nothing was changed')}: the decisions above come first.`,
      ];
  }
}

function notConfirmed({ asked, again, carryOut }: Told): readonly string[] {
  if (asked) return ['Nothing was changed: it was not confirmed.'];
  return [
    'Nothing was changed: it was not confirmed, and there is no terminal to ask on.',
    `Read the plan, then: ${shellLine([...(carryOut ?? again), '--yes'])}`,
    ...(carryOut === null ? ['To carry out just what you have read, save it: --plan-out FILE'] : []),
  ];
}

/** `incomplete` says why of all that is missing; it stands last, where it is seen. */
function doneLines(result: ChangeResult, output: Output): readonly string[] {
  const { style } = output;
  const { actions, applied, outcomes, verified, incomplete } = result;
  if (actions.length === 0) {
    const found = isNothing(result) ? headline(result, output) : [style.bold('Nothing to change.')];
    return [...found, ...incompleteLines(incomplete, style)];
  }
  const again = outcomes.length > 0;
  return [
    doneWords(result, style),
    ...outcomeLines(outcomes, style),
    ...(applied ? keptLines(actions, style) : []),
    ...(verified === null ? [] : ['', ...residueLines(verified, result, again, style)]),
    ...incompleteLines(incomplete, style),
  ];
}

function doneWords({ actions, outcomes, applied }: ChangeResult, style: Style): string {
  if (!applied) return style.red('The plan was not carried out.');
  if (!outcomes.every(isDone)) return style.red('Not all of it was done.');
  const changed = actions.filter(isChange).reduce((sum, { records }) => sum + records, 0);
  if (changed === 0) return style.bold('Nothing had to be changed.');
  const where = list(outcomes.map(({ source }) => source));
  return `${style.green('Done')}: ${count(changed, 'record')} changed in ${where}.`;
}

function isDone({ outcome }: SourceOutcome): boolean {
  return outcome === 'committed';
}

/** Also a kept record may lose some of its fields. */
function isChange({ action, fields }: Action): boolean {
  return action !== 'manual' && (action !== 'keep' || fields.length > 0);
}

const outcomeWords: Readonly<Record<SourceOutcome['outcome'], string>> = {
  committed: 'done',
  'rolled-back': 'rolled back: nothing was changed there',
  unknown: 'not known: whether it was done was not answered',
  untouched: 'not touched',
};

function outcomeLines(outcomes: readonly SourceOutcome[], style: Style): readonly string[] {
  if (outcomes.every(isDone)) return [];
  const rows = outcomes.map((each) => [
    each.source,
    (isDone(each) ? style.green : style.red)(outcomeWords[each.outcome]),
  ]);
  return table([{ title: '' }, { title: '' }], rows);
}

/** By the ground on which it stays: one law keeps many places. */
function keptLines(actions: readonly Action[], style: Style): readonly string[] {
  const places = new Map<string, string[]>();
  for (const action of actions) {
    if (action.action !== 'keep') continue;
    const why = whyKept(action);
    const place = `${action.collection} ${action.records.toLocaleString('en')}`;
    places.set(why, [...(places.get(why) ?? []), place]);
  }
  if (places.size === 0) return [];
  return [
    '',
    style.bold('Kept'),
    ...[...places].flatMap(([why, where]) => [
      ...paragraph(why, 92).map((line) => `  ${line}`),
      ...wrap(where.join(', '), 88).map((line) => `      ${style.dim(line)}`),
    ]),
  ];
}

function whyKept(action: Action): string {
  const { law, why } = action;
  return [groundWords(action), law ?? why ?? ''].filter((text) => text !== '').join(', ');
}

/** What a search by every identifier known found again. */
export function residueLines(
  residue: Residue,
  result: Pick<ChangeResult, 'searchedBy' | 'sources'> & Partial<Pick<ChangeResult, 'outcomes'>>,
  again: boolean,
  style: Style,
): readonly string[] {
  const { searchedBy, sources, outcomes = [] } = result;
  const by = `Searched ${again ? 'again ' : ''}by ${count(searchedBy ?? 0, 'identifier')}`;
  if (residue.residual === 0) {
    const read = sources.filter(({ status }) => status === 'searched').map(({ source }) => source);
    // What was not read is not known to be clean.
    if (read.length === 0) return [style.yellow('No source could be searched again.')];
    const where = read.length < sources.length ? ` in ${list(read)}, the others were not searched` : '';
    return [`${by}: ${style.green(`nothing left${where}`)}.`];
  }
  const rows = residue.places.map(({ collection, records, why }) => [
    collection,
    count(records, 'record'),
    printable(why),
  ]);
  return [
    `${by}: ${style.red(`${count(residue.residual, 'record')} found that should not be there`)}.`,
    ...table([{ title: '' }, { title: '' }, { title: '' }], rows),
    ...whyLeft(residue, outcomes),
  ];
}

/** A source that did not take the change explains itself what is left there. */
function whyLeft({ places }: Residue, outcomes: readonly SourceOutcome[]): readonly string[] {
  const unchanged = outcomes.filter((each) => !isDone(each)).map(({ source }) => source);
  const leftIn = unchanged.filter((source) => places.some((place) => isIn(source, place.collection)));
  const others = places.some(({ collection }) => !unchanged.some((source) => isIn(source, collection)));
  return [
    ...(leftIn.length === 0
      ? []
      : [
          `  What is left in ${list(leftIn)} was not changed, as told above: see to that, then call the same again`,
        ]),
    ...(others
      ? [
          '  Something wrote it meanwhile, or the map leads elsewhere now: look there, then call the same again',
        ]
      : []),
    '  under the request (--request).',
  ];
}

function isIn(source: string, collection: string): boolean {
  return collection.startsWith(`${source}.`);
}

function extractLines({ extract }: ChangeResult, style: Style, cwd: string): readonly string[] {
  if (extract === null) return [];
  const file = nearly(extract.file, cwd);
  return [
    '',
    `${style.green('Extract')}  ${style.bold(file)}  ${style.dim(size(extract.bytes))}`,
    style.dim('It holds personal data: hand it over encrypted, and send the key by another channel.'),
  ];
}

function nextLines({ request, applied, outcomes, complete }: ChangeResult, style: Style): readonly string[] {
  if (request === null) return [];
  // What changed nothing and leaves nothing open has nothing to be verified.
  const verifiable = applied && (outcomes.length > 0 || !complete);
  const next = [...(verifiable ? [['dsr', 'verify', request]] : []), ['dsr', 'request', 'show', request]].map(
    (words) => style.cyan(shellLine(words)),
  );
  const undone = applied ? '' : ' stays open';
  return ['', `Request ${request}${undone}. Next: ${next.join(', ')}`];
}

function nearly(file: string, cwd: string): string {
  const near = relative(cwd, file);
  return near !== '' && !near.startsWith('..') ? near : file;
}
