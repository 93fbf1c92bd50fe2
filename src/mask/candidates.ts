import type { FieldKind, FieldType } from '../model/catalog.js';
import { isJsonText, type Value } from '../model/value.js';
import type { Hints } from './check/hints.js';
import { withFraction } from './constant.js';
import { decimalDigits, integerRange } from './number-range.js';
import type { Random } from './random.js';
import { textCandidates } from './text-candidates.js';

/** What values are made for. */
export interface Wanted {
  readonly type: FieldType;
  readonly kind: FieldKind;
  /** What a text looks like; null: any text will do. */
  readonly form: 'email' | 'ipv4' | 'ipv6' | 'md5' | 'sha256' | null;
  readonly unique: boolean;
  readonly hints: Hints;
}

/** So many at random before what the checks name is tried alone. */
const TRIES = 48;

/**
 * Values of a kind, likeliest first, for whoever takes the first that fits. Nothing of the stored value
 * shows in them but its kind, the length of its bytes, and whether a document is an object or a list.
 */
export function* candidates(wanted: Wanted, stored: Value, random: Random): Generator<Value> {
  const { kind, hints } = wanted;
  switch (kind) {
    case 'boolean':
      // Also what stood there already: to leave it out would tell what it was.
      yield* random.shuffled([true, false]);
      return;
    case 'enum':
      yield* random.shuffled(wanted.type.values ?? []);
      return;
    case 'text':
      yield* textCandidates(wanted, random);
      return;
    case 'uuid':
      yield* many(random, uuid);
      return;
    case 'json':
      yield* documents(stored);
      return;
    case 'bytes':
      yield* many(random, () => random.bytes(byteCount(wanted.type, stored)));
      return;
    case 'array':
      yield [];
      yield* elements(wanted, random);
      return;
    case 'integer':
      yield* many(random, () => integer(wanted, random));
      yield* random.shuffled(hints.values.filter(isWhole)).map(safe);
      return;
    case 'decimal':
      yield* many(random, () => decimal(wanted, random));
      yield* random.shuffled(hints.values.filter(isNumeric)).map(String);
      return;
    case 'float':
      yield* many(random, () => float(wanted, random));
      yield* random.shuffled(hints.values.filter(isNumeric)).map(Number);
      return;
    case 'date':
    case 'time':
    case 'timestamp':
    case 'instant':
      yield* many(random, () => moment(wanted, kind, random));
      yield* random.shuffled(hints.values.filter((value) => typeof value === 'string'));
      return;
    case 'other':
      return;
  }
}

function* many<Made extends Value>(random: Random, make: (random: Random) => Made): Generator<Made> {
  for (let tried = 0; tried < TRIES; tried += 1) yield make(random);
}

/** RFC 9562, version 4. */
function uuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Empty, of the outer shape that stands there, so that a program still finds what it steps into. */
function documents(stored: Value): readonly Value[] {
  const first =
    stored !== null && typeof stored === 'object' && isJsonText(stored) ? stored.json.trim()[0] : '';
  const shapes =
    first === '{' ? ['{}', '[]', 'null'] : first === '[' ? ['[]', '{}', 'null'] : ['null', '{}', '[]'];
  return [...shapes, '""', '0', 'false'].map((json) => ({ json }));
}

/** Longer files and pictures need no more to be told apart. */
const MOST_BYTES = 64;

function byteCount({ native, length }: FieldType, stored: Value): number {
  if (/^binary\b/i.test(native) && length !== null) return length;
  const present = stored instanceof Uint8Array ? stored.length : MOST_BYTES;
  return Math.min(present, MOST_BYTES, length ?? MOST_BYTES);
}

function* elements(wanted: Wanted, random: Random): Generator<Value> {
  const { element } = wanted.type;
  if (element === undefined) return;
  for (const one of candidates({ ...wanted, type: element, kind: element.kind }, null, random)) yield [one];
}

/** 2^53: a number keeps every digit up to here, wherever it goes. */
const MOST_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

function integer({ type, hints }: Wanted, random: Random): number {
  const range = integerRange(type);
  const { least, most } = hints.numbers;
  const from = least === null ? (most !== null && most < 1 ? range.least : 1n) : BigInt(Math.ceil(least));
  const to = most === null ? range.most : BigInt(Math.floor(most));
  const first = larger(larger(from, range.least), -MOST_SAFE);
  const last = smaller(smaller(to, range.most), MOST_SAFE);
  return Number(first + random.below(last - first + 1n));
}

/** Written with all digits of its scale, the last not 0: so every engine gives it back as it was. */
function decimal({ type, hints }: Wanted, random: Random): string {
  const { digits, scale } = decimalDigits(type);
  const unit = 10 ** scale;
  const room = 10n ** BigInt(Math.min(digits, 15)) - 1n;
  const bound = (value: number | null, other: bigint) => {
    const scaled = value === null ? Number.NaN : Math.round(value * unit);
    return Number.isSafeInteger(scaled) ? BigInt(scaled) : other;
  };
  const most = smaller(bound(hints.numbers.most, room), room);
  const least = larger(bound(hints.numbers.least, smaller(1n, most)), -room);
  const number = least + random.below(most - least + 1n);
  if (scale <= 0) return `${number}${number === 0n ? '' : '0'.repeat(-scale)}`;
  const sign = number < 0n ? '-' : '';
  const all = String(number < 0n ? -number : number).padStart(scale + 1, '0');
  return `${sign}${all.slice(0, -scale)}.${all.slice(-scale).replace(/0$/, '1')}`;
}

/** Quarters of a few digits: whole in any float, and printed whole by each engine. */
function float({ hints }: Wanted, random: Random): number {
  const least = hints.numbers.least ?? Math.min(1, (hints.numbers.most ?? 9_999) - 1);
  const most = Math.min(hints.numbers.most ?? 9_999, Math.max(least + 1, 9_999));
  const [from, to] = [Math.ceil(least * 4), Math.floor(most * 4)];
  return (from + Number(random.below(BigInt(Math.max(1, to - from + 1))))) / 4;
}

const DAY_MS = 86_400_000;

/** A moment between 1971 and 1999, unless the checks want another; wider where it must be unique. */
function moment(
  { type, hints, unique }: Wanted,
  kind: 'date' | 'time' | 'timestamp' | 'instant',
  random: Random,
): string {
  const { least, most } = hints.days;
  const ends = most === null ? null : Date.parse(most);
  const begins = least === null ? null : Date.parse(least);
  const wide = unique && kind === 'date';
  const to = ends ?? Math.max(Date.UTC(1999, 11, 31), (begins ?? 0) + 9_999 * DAY_MS);
  const from = begins ?? Math.min(wide ? Date.UTC(1600, 0, 1) : Date.UTC(1971, 0, 1), to - 9_999 * DAY_MS);
  const seconds = BigInt(Math.max(1, Math.floor((to - from) / 1000) + 1));
  const text = new Date(from + Number(random.below(seconds)) * 1000).toISOString().slice(0, 19);
  if (kind === 'date') return text.slice(0, 10);
  const whole = kind === 'time' ? text.slice(11) : kind === 'timestamp' ? text : `${text}+00:00`;
  return withFraction(whole, type);
}

function isWhole(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || typeof value === 'number';
}

function safe(value: number | bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
