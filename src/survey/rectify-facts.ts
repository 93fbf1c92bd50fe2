import type { IdentifierTypes } from '../identity/identifier-types.js';
import { tidy } from '../identity/text.js';
import { satisfies, scalarsAt } from '../locate/field-value.js';
import { tuplesOf } from '../locate/load.js';
import { overwritten } from '../mask/overwrite.js';
import { fieldPathText } from '../model/catalog.js';
import type { Collection, DataMap, Reference } from '../model/map.js';
import type { Key, Scalar, Value } from '../model/value.js';
import type { KnownValues } from './rectify-known.js';
import { type Reading, type ReadRecord, readLocatedRecords } from './rectify-read.js';
import type { SettingAsked, Target } from './rectify-targets.js';
import { uniqueColumns } from './rectify-unique.js';
import { newValueAt, sameValue, storedScalar } from './rectify-value.js';

export interface FactInput extends Reading {
  readonly map: DataMap;
  readonly types: IdentifierTypes;
  readonly set: readonly SettingAsked[];
  readonly targets: readonly Target[];
  readonly known: KnownValues;
}

/** What the settings come to in one record. */
export interface RecordFact {
  readonly collection: Collection;
  readonly key: Key;
  readonly role: ReadRecord['role'];
  /** One a field that is of concern; never none. */
  readonly cells: readonly Cell[];
  /** Of the cells that are to be set, by column. */
  readonly changes: readonly ColumnChange[];
  column(name: string): Value;
}

export interface Cell {
  readonly target: Target;
  /**
   * set: it changes · barred: it would, but for the field's barrier, the record's role or whose it is · other: another value does, not known to be the person's · absent:
   * there is no place to write to · misfit: it would change, but the value does not fit.
   */
  readonly state: 'set' | 'barred' | 'holds' | 'other' | 'absent' | 'misfit';
  /** Of a misfit: why. Names no value. */
  readonly why: string | null;
}

/** A column whole, also where only a place inside it changes. */
export interface ColumnChange {
  readonly column: string;
  readonly old: Value;
  readonly new: Value;
}

/** What the settings come to in a collection's records, by key. Records that they do not concern are left out. */
export async function* recordFacts(input: FactInput, collection: Collection): AsyncGenerator<RecordFact> {
  const targets = input.targets.filter((target) => target.collection === collection);
  const [first] = targets;
  if (first === undefined) return;
  const set = new Set(targets.map(({ field }) => field.at.column));
  const references = targets.flatMap(({ whose }) => rivalsOf(collection, whose));
  const following = { references: [...new Set(references)], collections: input.map.collections };
  const columns = [...new Set([...set, ...uniqueColumns(first.info, set), ...references.flatMap(columnsOf)])];
  const roles = ['own', 'shared', 'mention'] as const;
  const judges = targets.map((target) => ({ target, answer: answererOf(input, target) }));
  for await (const record of readLocatedRecords(input, collection, roles, columns, following)) {
    const judged = judges.flatMap(({ target, answer }) => judgeTarget(target, answer, record));
    const cells = judged.map(({ cell }) => cell);
    const changes = columnChanges(judged, record);
    if (changes.length === 0 && cells.every(({ state }) => state === 'set')) continue;
    yield { collection, key: record.key, role: record.role, cells, changes, column: record.column };
  }
}

interface Judged {
  readonly cell: Cell;
  /** What is written in place of a value that stands there; undefined: it stays. */
  readonly instead: (stored: Value) => Value | undefined;
}

function judgeTarget(target: Target, answer: Answerer, record: ReadRecord): readonly Judged[] {
  const { field, always } = target;
  const value = record.column(field.at.column);
  const whole = field.at.path.length === 0;
  const cellOf = (state: Cell['state']): readonly Judged[] => [
    { cell: { target, state, why: null }, instead: () => undefined },
  ];
  const wholeScalar = whole && always ? storedScalar(value) : null;
  const scalars = wholeScalar === null ? scalarsAt(value, field.at) : [wholeScalar];
  const places: readonly (Scalar | null)[] = whole && always && scalars.length === 0 ? [null] : scalars;
  if (places.length === 0) return always && record.role === 'own' ? cellOf('absent') : [];

  const answers = places.map(answer);
  const best = RANK.flatMap((state) => answers.find((each) => each.state === state) ?? [])[0];
  if (best === undefined || best.state === 'holds') return [];
  const barred = target.barrier !== null || record.role !== 'own' || !isTheirs(target, record);
  if (best.state === 'other') return barred || target.alias ? [] : cellOf('other');
  if (barred) return isNoted(target, record) ? cellOf('barred') : [];
  return [
    {
      cell: { target, state: best.state, why: best.state === 'misfit' ? best.why : null },
      instead(stored) {
        const [scalar = null] = whole ? [storedScalar(stored)] : scalarsAt(stored, { ...field.at, path: [] });
        if (!whole && scalar === null) return undefined;
        const made = answer(scalar);
        return made.state === 'set' ? made.value : undefined;
      },
    },
  ];
}

type Answer =
  | { readonly state: 'other' | 'holds' }
  | { readonly state: 'misfit'; readonly why: string }
  | { readonly state: 'set'; readonly value: Value };
/** What becomes of a value that stands in a field; null: nothing stands there. */
type Answerer = (stored: Scalar | null) => Answer;

/** So many answers are kept: a million records of one person hold the same few values. */
const MOST_ANSWERS = 1_000;
const LONGEST_KEPT = 200;

function answererOf(input: FactInput, target: Target): Answerer {
  const { always } = target;
  const asked = input.set[target.setting] ?? { name: '', value: '' };
  const judge: Answerer = (stored) => {
    const known = stored === null ? null : input.known.find(target, stored);
    if (!always && known === null) return { state: tidy(String(stored)) === '' ? 'holds' : 'other' };
    const made = newValueAt(input.types, target, asked, stored, known);
    if (made.misfit !== null) return { state: 'misfit', why: made.misfit };
    return sameValue(stored, storedScalar(made.value))
      ? { state: 'holds' }
      : { state: 'set', value: made.value };
  };
  const kept = new Map<string, Answer>();
  return (stored) => {
    const name = `${typeof stored} ${stored}`;
    const known = kept.get(name);
    if (known !== undefined) return known;
    const answer = judge(stored);
    if (kept.size >= MOST_ANSWERS) kept.clear();
    if (name.length <= LONGEST_KEPT) kept.set(name, answer);
    return answer;
  };
}

/** Of several places in one field, what bears most on the record. */
const RANK: readonly Cell['state'][] = ['misfit', 'set', 'other', 'holds'];

function isTheirs(target: Target, { leads, nowhere, column }: ReadRecord): boolean {
  const { collection, field, whose, always } = target;
  if (whose === 'person') return true;
  if (whose === 'another') return false;
  if (leads.includes(whose.id)) return true;
  // Where the owner is not filled in, or is no more, an own record speaks of the person itself; where
  // nobody is mentioned, what is theirs does, and what any text may be does not.
  if (always && whose.relation !== 'owned-by' && field.identifier === null) return false;
  const rivals = rivalsOf(collection, whose);
  return (
    rivals.every(({ id }) => nowhere.includes(id)) &&
    rivals.some(({ fields, when }) => satisfies(when, column) || tuplesOf(fields, column).length === 0)
  );
}

/** The references over the same columns: which of them holds may be told by a condition. */
function rivalsOf({ references }: Collection, whose: Target['whose']): readonly Reference[] {
  if (typeof whose === 'string') return [];
  const fieldsOf = ({ fields }: Reference) => fields.map(fieldPathText).toSorted().join('\n');
  return references.filter((reference) => fieldsOf(reference) === fieldsOf(whose));
}

function columnsOf({ fields, when }: Reference): readonly string[] {
  return [...fields.map(({ column }) => column), ...when.map(({ field }) => field)];
}

/** In a mention only what the map says names somebody; the rest of it is not the person's at all. */
function isNoted({ field, whose, always }: Target, { role }: ReadRecord): boolean {
  if (role === 'mention') return field.identifier !== null && whose !== 'person' && !always;
  return true;
}

function columnChanges(judged: readonly Judged[], record: ReadRecord): readonly ColumnChange[] {
  const changing = judged.filter(({ cell }) => cell.state === 'set');
  const columns = [...new Set(changing.map(({ cell }) => cell.target.field.at.column))];
  return columns.flatMap((column) => {
    const old = record.column(column);
    const changes = changing
      .filter(({ cell }) => cell.target.field.at.column === column)
      .map(({ cell, instead }) => ({
        at: cell.target.field.at,
        make: (stored: Value): Value => {
          const made = instead(stored);
          return made === undefined ? stored : made;
        },
      }));
    const made = overwritten(old, changes);
    return sameValue(old, made) ? [] : [{ column, old, new: made }];
  });
}
