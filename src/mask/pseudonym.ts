import type { IdentifierTypes } from '../identity/identifier-types.js';
import type { FieldKind } from '../model/catalog.js';
import { isJsonText, type Value } from '../model/value.js';
import { candidates, type Wanted } from './candidates.js';
import { type Check, checksOn } from './check/check.js';
import { type Hints, hintsOf } from './check/hints.js';
import { padded } from './constant.js';
import { isPlausible } from './plausible.js';
import { randomOf } from './random.js';
import type { MaskTarget } from './target.js';

/** undefined: none can be made. NULL and empty texts have nothing in them, and stay. */
export type Pseudonymise = (
  target: MaskTarget,
  stored: Value,
  seed: Uint8Array,
  attempt: number,
) => Value | undefined;

interface Prepared {
  readonly checks: readonly Check[];
  readonly hints: Hints;
}

/**
 * Makes pseudonyms: the first of the candidates that the column's length and checks take for sure and
 * that nobody can take for a real number or mailbox. What is random in it follows from the seed and the
 * value in canonical form alone, so that one value has one pseudonym wherever it fits.
 */
export function pseudonymMaker(types: IdentifierTypes): Pseudonymise {
  const plausible = isPlausible(types);
  const prepared = new WeakMap<MaskTarget, Prepared>();
  const prepare = (target: MaskTarget): Prepared => {
    const known = prepared.get(target);
    if (known !== undefined) return known;
    const checks = checksOn(target.column, target.checks);
    const made = { checks, hints: hintsOf(checks.map(({ expression }) => expression)) };
    prepared.set(target, made);
    return made;
  };

  const fits = (candidate: Value, { type, kind, form }: Wanted): boolean => {
    if (typeof candidate === 'string' && type.length !== null && candidate.length > type.length) return false;
    if (form === 'email' && kind === 'text' && !/\.invalid$/i.test(String(candidate))) return false;
    // A column of times holds no number, though a phone book takes any day for one.
    return TIMES.has(kind) || !plausible(candidate);
  };

  return (target, stored, seed, attempt) => {
    if (stored === null || stored === '') return stored;
    const { checks, hints } = prepare(target);
    const { type, unique } = target;
    const label = labelOf(types, target, stored);
    const kind = kindOf(target, stored);
    for (const form of formsOf(target, label, stored)) {
      const wanted: Wanted = { type, kind, form, unique, hints };
      const random = randomOf(seed, [label.of, label.text, String(attempt)]);
      for (const candidate of candidates(wanted, stored, random)) {
        if (!fits(candidate, wanted) || !checks.every((check) => check.holds(candidate))) continue;
        if (target.inDocument && kind === 'decimal') return { json: String(candidate) };
        return typeof candidate === 'string' && kind === 'text' ? padded(candidate, type) : candidate;
      }
    }
    return undefined;
  };
}

const TIMES: ReadonlySet<FieldKind> = new Set(['date', 'time', 'timestamp', 'instant']);

interface Label {
  /** What the value is: a type of identifier, or nothing in particular. */
  readonly of: string;
  /** In canonical form. */
  readonly text: string;
}

function labelOf(types: IdentifierTypes, { identifier, category }: MaskTarget, stored: Value): Label {
  const text = textOf(stored);
  if (identifier !== null && identifier.encoding !== null) return { of: 'encoded', text: text.toLowerCase() };
  if (text.includes('@')) {
    const { value, problem } = types.get('email').normalise(text);
    if (problem === null) return { of: 'email', text: value };
  }
  const name =
    identifier?.type ??
    (category === null ? undefined : types.names.find((one) => types.get(one).category === category));
  if (name === undefined || !types.names.includes(name)) return { of: '', text };
  // A sole trader's organisationsnummer is the owner's personnummer.
  const of = name === 'organisationsnummer' ? 'personnummer' : name;
  return { of, text: types.get(name).normalise(text).value };
}

function textOf(value: Value): string {
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (value === null || typeof value !== 'object') return String(value);
  return isJsonText(value) ? value.json : JSON.stringify(value.map(textOf));
}

/** SQLite calls a column without a type so; it holds whatever is put there. */
const UNTYPED = /^(?:|any|string)$/i;
const ADDRESS = /^inet[46]?$/i;

function kindOf({ type, inDocument }: MaskTarget, stored: Value): FieldKind {
  if (inDocument) return kindInDocument(stored);
  const isNumber = typeof stored === 'number' || typeof stored === 'bigint';
  if (type.kind === 'other') {
    if (UNTYPED.test(type.native) && isNumber) return 'integer';
    return UNTYPED.test(type.native) || ADDRESS.test(type.native) ? 'text' : 'other';
  }
  // SQLite keeps times as numbers where a program wrote them so.
  const counts = isNumber && ['date', 'time', 'timestamp', 'instant', 'text', 'uuid'].includes(type.kind);
  return counts ? 'integer' : type.kind;
}

function kindInDocument(stored: Value): FieldKind {
  if (typeof stored === 'boolean') return 'boolean';
  if (typeof stored === 'number') return Number.isInteger(stored) ? 'integer' : 'decimal';
  if (typeof stored === 'bigint') return 'integer';
  if (stored === null || typeof stored !== 'object') return 'text';
  return isJsonText(stored) && /^-?\d/.test(stored.json) ? 'decimal' : 'json';
}

/** How a text may look, what is best first. */
function formsOf(
  { identifier, category, type }: MaskTarget,
  label: Label,
  stored: Value,
): readonly Wanted['form'][] {
  const encoding = identifier?.encoding ?? null;
  if (encoding !== null) return [encoding === 'uuid-binary' ? null : encoding];
  const is = (name: string, of: string) =>
    identifier?.type === name || (identifier === null && category === of);
  if (is('email', 'user.contact.email')) return ['email'];
  // An address that stands where there need not be one, perhaps in a short column.
  if (label.of === 'email') return ['email', null];
  if (!ADDRESS.test(type.native) && !is('ip', 'user.device.ip_address')) return [null];
  if (/^inet6$/i.test(type.native)) return ['ipv6'];
  return String(stored).includes(':') ? ['ipv6', 'ipv4'] : ['ipv4'];
}
