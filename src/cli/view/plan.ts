import type { Proposal, RectifiedPlace } from '../../case/change/change.js';
import { isJsonText, type Value } from '../../model/value.js';
import type { Action } from '../../plan/actions.js';
import { printable } from '../printable.js';
import type { Style } from '../style.js';
import { incompleteLines } from './answer.js';
import { differing } from './difference.js';
import { keyWords } from './key.js';
import { table } from './table.js';
import { count, list, paragraph, wrap } from './words.js';

/** How many lines of what rectify sets are told; a saved plan holds them all. */
const MOST_PLACES = 20;
const VALUE_WIDTH = 48;

/** What will happen, before anybody is asked: to whom, where, to how much, and why. */
export function planLines(proposal: Proposal, style: Style): readonly string[] {
  const { actions, who, records, incomplete, planHash } = proposal;
  return [
    style.bold(titleOf(proposal)),
    ...table(
      [{ title: '' }, { title: '' }],
      who.map((line) => line.split('  ').map(printable)),
    ),
    ...actionLines(actions, style),
    ...loginLines(proposal),
    ...placeLines(proposal, style),
    ...incompleteLines(incomplete, style),
    '',
    `${style.bold(`${count(records, 'record')} to change`)}, by the plan ${style.dim(planHash.slice(0, 19))}`,
  ];
}

/** Of many people at once nobody is named. */
function titleOf({ action, who }: Proposal): string {
  if (action === 'rectify') return 'Who is to be rectified';
  return who.length === 0 ? 'What is to be erased' : 'Who is to be erased';
}

/** What becomes of a record, in the words of the law's own verbs: masked is never told as gone. */
const verbs: Readonly<Record<Action['action'], string>> = {
  delete: 'deleted',
  mask: 'masked',
  clear: 'cleared',
  update: 'changed',
  keep: 'kept',
  manual: 'a task',
};

const columns = [
  { title: 'Where' },
  { title: 'what happens' },
  { title: 'records', align: 'right' },
  { title: 'ground' },
] as const;

/** What changes first, then what stays, then what is left to a human. */
const order: readonly Action['action'][] = ['update', 'delete', 'mask', 'clear', 'keep', 'manual'];

function actionLines(all: readonly Action[], style: Style): readonly string[] {
  if (all.length === 0) return [];
  const actions = all.toSorted((a, b) => order.indexOf(a.action) - order.indexOf(b.action));
  const paint: Readonly<Record<Action['action'], (text: string) => string>> = {
    delete: style.red,
    mask: style.red,
    clear: style.red,
    update: style.red,
    keep: style.green,
    manual: style.yellow,
  };
  const rows = actions.map((action) => [
    action.collection,
    paint[action.action](verbs[action.action]),
    action.records.toLocaleString('en'),
    groundWords(action),
  ]);
  const [head = '', ...lines] = table(columns, rows, { title: style.bold });
  return [
    '',
    head,
    ...lines.flatMap((line, at) => [
      line,
      ...detailLines(actions[at]).map((detail) => `      ${style.dim(detail)}`),
    ]),
  ];
}

/** Counted among what changes, also where nothing else becomes of the record. */
function loginLines({ logins }: Proposal): readonly string[] {
  if (logins.length === 0) return [];
  const where = logins.map(
    ({ collection, records }) => `${printable(collection)} ${records.toLocaleString('en')}`,
  );
  return ['', ...wrap(`Login ended first: ${where.join(', ')}`, 92)];
}

/** `legal-obligation until 2033-01-01` */
export function groundWords({ ground, until }: Pick<Action, 'ground' | 'until'>): string {
  return [...(ground === null ? [] : [ground]), ...(until === null ? [] : [`until ${until}`])]
    .map(printable)
    .join(' ');
}

function detailLines(action: Action | undefined): readonly string[] {
  if (action === undefined) return [];
  const { law, why } = action;
  return [...(law === null ? [] : [law]), ...fieldWords(action), ...(why === null ? [] : [why])].flatMap(
    (text) => paragraph(text, 88),
  );
}

function fieldWords({ action, fields }: Action): readonly string[] {
  if (fields.length === 0 || action === 'delete') return [];
  return [
    action === 'keep' ? `${list(fields)} ${fields.length === 1 ? 'goes' : 'go'} at once` : list(fields),
  ];
}

/** Old and new, as they stand in each place: a record's lines stay together. */
function placeLines({ actions, places, keyFields }: Proposal, style: Style): readonly string[] {
  const rows: (readonly string[])[] = [];
  let told = 0;
  for (const place of places()) {
    rows.push(...rowsOf(place, keyFields[place.collection], style));
    told += 1;
    if (rows.length >= MOST_PLACES) break;
  }
  if (rows.length === 0) return [];
  const all = actions
    .filter(({ action }) => action === 'update')
    .reduce((sum, action) => sum + action.records, 0);
  const untitled = [{ title: '' }, { title: '' }, { title: '' }];
  return [
    '',
    style.bold('What stands there, and what shall'),
    ...table(untitled, rows),
    ...(all > told ? [`  and ${count(all - told, 'record')} more; --plan-out FILE saves them all`] : []),
  ];
}

function rowsOf(
  { collection, key, fields, stated, old, new: wanted }: RectifiedPlace,
  keyFields: readonly string[] | undefined,
  style: Style,
): readonly (readonly string[])[] {
  return fields.map((field, at) => [
    at === 0 ? `${collection} ${keyWords(keyFields, key)}` : '',
    field,
    stated.includes(field)
      ? `${SECRET} ${style.dim('→')} ${SECRET}`
      : changeWords(old[at] ?? null, wanted[at] ?? null, style),
  ]);
}

const SECRET = '(stored, never shown)';

function changeWords(old: Value, wanted: Value, style: Style): string {
  const cut = differing(printable(textOf(old)), printable(textOf(wanted)), VALUE_WIDTH);
  const more = cut.more === 0 ? '' : ` and ${count(cut.more, 'more difference')}`;
  return `${cut.old} ${style.dim('→')} ${cut.new}${more}`;
}

function textOf(value: Value): string {
  if (value === null || value === '') return '(empty)';
  if (typeof value !== 'object') return String(value);
  if (value instanceof Uint8Array) return count(value.length, 'byte');
  if (isJsonText(value)) return value.json;
  return value.map(textOf).join(', ');
}
