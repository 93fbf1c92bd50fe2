import type { FindResult } from '../../case/search/find.js';
import type { Decision, RoleCounts } from '../../model/subject.js';
import type { Output } from '../output.js';
import { printable } from '../printable.js';
import { shellLine } from '../shell.js';
import type { Style } from '../style.js';
import { keyObject, keyWords } from './key.js';
import { table } from './table.js';
import { count, list, paragraph, wrap } from './words.js';

/** What find and export both tell. */
export type Answer = Omit<FindResult, 'records' | 'close'>;

/** contract.md §4; `incomplete` and `warnings` say in words what `complete: false` means. */
export function answerDocument(answer: Answer) {
  return {
    request: answer.request,
    complete: answer.complete,
    incomplete: answer.incomplete,
    warnings: answer.warnings,
    subject: { identifiers: answer.identifiers },
    collections: answer.collections,
    sources: answer.sources,
    decisions: answer.decisions.map((decision) => ({
      ...decision,
      key: keyObject(answer.keyFields[decision.collection], decision.key),
    })),
  };
}

/** Who was found, and where: what stands before the records, if those are told. */
export function foundLines(answer: Answer, output: Output, each: boolean): readonly string[] {
  return [
    ...headline(answer, output),
    ...identifierLines(answer, output),
    ...(each ? [] : placeLines(answer, output)),
    ...emptyLines(answer, output),
  ];
}

/** What is in doubt, and what is missing: it stands last, where it is seen. */
export function openLines(answer: Answer, output: Output, again: readonly string[]): readonly string[] {
  return [...decisionLines(answer, output, again), ...incompleteLines(reasonsOf(answer), output.style)];
}

function hits(counts: RoleCounts): number {
  return counts.own + counts.shared + counts.mentions + counts.candidates;
}

/** Whether nothing at all was found. */
export function isNothing({ collections }: Pick<Answer, 'collections'>): boolean {
  return collections.every((counts) => hits(counts) === 0);
}

export function headline(answer: Answer, { style }: Output): readonly string[] {
  const places = answer.collections.filter((counts) => hits(counts) > 0);
  const records = places.reduce((sum, counts) => sum + hits(counts), 0);
  const searched = answer.sources.filter((source) => source.status === 'searched').length;
  if (records === 0) {
    const elsewhere = answer.deep?.places.length ?? 0;
    if (elsewhere > 0) {
      const where = count(elsewhere, 'place');
      return [style.bold(`Nothing that the map leads to, but an identifier stands in ${where}.`)];
    }
    const where = answer.complete
      ? `in ${count(searched, 'source')}`
      : 'in what was searched, which is not everything';
    return [style.bold(`No data found about this person ${where}.`)];
  }
  const sources = new Set(places.map((counts) => counts.collection.split('.')[0])).size;
  const found = `${count(records, 'record')} in ${count(places.length, 'collection')} of ${count(sources, 'source')}`;
  return [style.bold(`${found}${answer.complete ? '.' : ', and the answer is incomplete.'}`)];
}

function identifierLines({ identifiers }: Answer, { style }: Output): readonly string[] {
  const rows = identifiers.map(({ type, value, strength, from }) => [
    type,
    printable(value),
    style.dim(`${from === 'operator' ? 'given' : `from ${from}`}${strength === 'weak' ? ', weak' : ''}`),
  ]);
  const untitled = [{ title: '' }, { title: '' }, { title: '' }];
  return rows.length === 0 ? [] : ['', style.bold('Known by'), ...table(untitled, rows)];
}

const places = [
  { title: 'Where' },
  { title: 'own', align: 'right' },
  { title: 'shared', align: 'right' },
  { title: 'mentions', align: 'right' },
  { title: 'candidates', align: 'right' },
] as const;

function placeLines({ collections }: Answer, { style }: Output): readonly string[] {
  const found = collections.filter((counts) => hits(counts) > 0);
  if (found.length === 0) return [];
  const number = (value: number) => (value === 0 ? style.dim('·') : value.toLocaleString('en'));
  const rows = found.map((counts) => [
    counts.collection,
    number(counts.own),
    number(counts.shared),
    number(counts.mentions),
    counts.candidates === 0 ? number(0) : style.yellow(counts.candidates.toLocaleString('en')),
  ]);
  return ['', ...table(places, rows, { title: style.bold })];
}

/** Collections searched in vain, in one paragraph: an answer too, but not one to read line by line. */
function emptyLines({ collections }: Answer, { style }: Output): readonly string[] {
  const empty = collections.filter((counts) => hits(counts) === 0).map((counts) => counts.collection);
  if (empty.length === 0) return [];
  const lines = wrap(empty.join(', '), 84).map((line) => `  ${style.dim(line)}`);
  return ['', style.bold('Searched, nothing found'), ...lines];
}

const kinds: Readonly<Record<Decision['kind'], string>> = {
  candidate: 'Is this the same person?',
  'identity-conflict': 'Two people may be mixed here. Does this one belong to the person asked for?',
  retention: 'Has its time passed, so that it goes? (No: it is kept, without an end.)',
};

export function decisionLines(
  answer: Pick<Answer, 'decisions' | 'keyFields'>,
  { style }: Output,
  again: readonly string[],
): readonly string[] {
  if (answer.decisions.length === 0) return [];
  const lines = answer.decisions.flatMap((decision) => [
    `  ${style.yellow(decision.id)}  ${decisionWords(answer, decision)}`,
    `      ${decisionQuestion(decision)}`,
  ]);
  const ids = answer.decisions.map((decision) => decision.id);
  const [first = '', ...others] = ids;
  return [
    '',
    style.bold(`${count(ids.length, 'decision')} for you to take`),
    ...lines,
    '',
    '  To answer, call again with --accept (yes) or --reject (no):',
    `    ${style.cyan(shellLine([...again, '--accept', first, ...(others.length > 0 ? ['--reject', ...others] : [])]))}`,
    `    ${style.cyan(shellLine([...again, '--reject', 'all']))}`,
  ];
}

export function decisionQuestion({ kind }: Decision): string {
  return kinds[kind];
}

/** `crm.leads id=9: the same phone number` */
export function decisionWords(answer: Pick<Answer, 'keyFields'>, decision: Decision): string {
  const key = keyWords(answer.keyFields[decision.collection], decision.key);
  return `${decision.collection} ${key}: ${printable(decision.why)}`;
}

function reasonsOf({ complete, incomplete, sources }: Answer): readonly string[] {
  if (complete || incomplete.length > 0) return incomplete;
  const unread = sources.filter((source) => source.status !== 'searched').map((source) => source.source);
  return [`not searched: ${list(unread)}`];
}

/** Why an answer is not complete; no lines where it is. */
export function incompleteLines(reasons: readonly string[], style: Style): readonly string[] {
  if (reasons.length === 0) return [];
  return [
    '',
    style.bold('Incomplete'),
    ...reasons.flatMap((reason) =>
      paragraph(reason, 92).map((line, at) => `  ${at === 0 ? style.red('-') : ' '} ${line}`),
    ),
  ];
}
