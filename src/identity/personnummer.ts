import personnummerPackage from 'personnummer';
import type { Clock } from '../model/clock.js';
import { inLayout } from './layout.js';
import { luhnHolds } from './luhn.js';
import type { SpelledType } from './spelling.js';
import { asciiUpper, fold, hasContent, plain } from './text.js';
import type { Likeness, Normalised } from './type.js';

/** Month 01–12, day 01–31 or, for a samordningsnummer, 61–91; an interim number has a letter. */
const SHAPE =
  /^(\d{2})?(\d{2}(?:0[1-9]|1[0-2])(?:[06][1-9]|[1278]\d|3[01]|9[01])(?:\d{3}|[TRSUWXJKLMN]\d{2})\d)$/;
const LONGEST = 40;
// Its types tell of `.default`; what Node and esbuild hand over is the class itself.
const Personnummer = personnummerPackage as unknown as typeof personnummerPackage.default;
const DAY_MS = 86_400_000;

interface Reading {
  readonly twelve: string;
  /** False where the century had to be inferred. */
  readonly centuryWritten: boolean;
  readonly plus: boolean;
}

/**
 * Personnummer, samordningsnummer and interim numbers; canonical are the twelve characters
 * `YYYYMMDDNNNC`. Sources: folkbokföringslag (1991:481) 18 §; Skatteverket SKV 704, SKV 707.
 */
export function personnummerType(clock: Pick<Clock, 'now'>): SpelledType {
  const normalise = (raw: string): Normalised => {
    const text = asciiUpper(plain(raw));
    const bare = withoutSeparators(text);
    const content = hasContent(bare);
    const reading = read(text, clock.now());
    if (reading === null) return { value: fold(bare), content, problem: notOne(bare) };
    return { value: reading.twelve, content, problem: problemOf(reading.twelve, clock.now()) };
  };

  const compare = (value: string, stored: string): Likeness => {
    if (stored === value) return 'same';
    const text = asciiUpper(plain(stored));
    const reading = read(text, clock.now());
    if (reading === null) return fold(withoutSeparators(text)) === value ? 'same' : 'different';
    if (reading.twelve === value) return 'same';
    const tenAlike = value.length === 12 && reading.twelve.slice(2) === value.slice(2);
    if (!tenAlike) return 'different';
    // Ten digits may have lost the + of someone of 100 or more: those stored, or those that were given.
    const lost = !reading.centuryWritten && !reading.plus;
    return lost || (turnsHundred(reading.twelve, clock.now()) && !turnsHundred(value, clock.now()))
      ? 'near'
      : 'different';
  };

  return {
    name: 'personnummer',
    strength: 'strong',
    single: true,
    match: 'digits',
    category: 'user.government_id.national_identification_number',
    normalise,
    compare,
    spellings(value) {
      if (value.length !== 12 || !SHAPE.test(value)) return [value];
      const [date, last] = [value.slice(0, 8), value.slice(8)];
      const short = date.slice(2);
      const signs = turnsHundred(value, clock.now()) ? ['-', '+'] : ['-'];
      return [
        value,
        ...['', ' ', ...signs].flatMap((sign) => [`${date}${sign}${last}`, `${short}${sign}${last}`]),
        `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}-${last}`,
        ...(/^\d+$/.test(last) ? [`${short}${last}`.replace(/^0+/, '')] : []),
        // Someone a century older with the same ten digits: a candidate.
        ...(signs.length === 1 ? [`${Number(date.slice(0, 4)) - 100}${date.slice(4)}${last}`] : []),
      ];
    },
    respelled(stored, value) {
      if (!isPersonShaped(value)) return value;
      const text = plain(stored);
      const isLong = withoutSeparators(text).length === 12;
      const chars = isLong ? value : value.slice(2);
      // Not so many: an integer that lost its zeros.
      const layout = inLayout(text, chars, /[\dA-Z]/i) ?? chars;
      const sign = turnsHundred(value, clock.now()) ? '+' : '-';
      return isLong && !text.includes('+') ? layout : layout.replace(/[-+](?=.{4}$)/, sign);
    },
  };
}

/** Whether twelve canonical characters are those of a person, as against a legal person's ten. */
export function isPersonShaped(value: string): boolean {
  return value.length === 12 && SHAPE.test(value);
}

function withoutSeparators(text: string): string {
  return text.replace(/[-+ ./]+/g, '');
}

function read(text: string, now: Date): Reading | null {
  if (text.length > LONGEST) return null;
  const bare = withoutSeparators(text);
  const plus = text.includes('+');
  const parts = SHAPE.exec(bare);
  const ten = parts?.[2];
  if (ten !== undefined) {
    const written = parts?.[1];
    const twelve = written === undefined ? withCentury(ten, plus, now) : written + ten;
    return { twelve, centuryWritten: written !== undefined, plus };
  }
  return readInteger(bare, now);
}

/** Born 2000–2009 and stored as an integer of ten digits: up to three leading zeros are gone. */
function readInteger(bare: string, now: Date): Reading | null {
  if (!/^\d{7,9}$/.test(bare)) return null;
  const ten = bare.padStart(10, '0');
  if (!SHAPE.test(ten)) return null;
  const twelve = withCentury(ten, false, now);
  return isValid(twelve) ? { twelve, centuryWritten: false, plus: false } : null;
}

/**
 * Without `+` the person is under 100: the latest year whose day has come. From the year in which
 * one turns 100 the sign is `+`.
 */
function withCentury(ten: string, plus: boolean, now: Date): string {
  const last = plus ? now.getUTCFullYear() - 100 : now.getUTCFullYear();
  const year = last - ((((last - Number(ten.slice(0, 2))) % 100) + 100) % 100);
  const twelve = `${String(year).padStart(4, '0')}${ten.slice(2)}`;
  return isInFuture(twelve, now) ? `${String(year - 100).padStart(4, '0')}${ten.slice(2)}` : twelve;
}

function turnsHundred(twelve: string, now: Date): boolean {
  return Number(twelve.slice(0, 4)) <= now.getUTCFullYear() - 100;
}

/** By a day's margin, so that no time zone matters. */
function isInFuture(twelve: string, now: Date): boolean {
  const tomorrow = new Date(now.getTime() + DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
  const day = Number(twelve.slice(6, 8));
  const date = `${twelve.slice(0, 6)}${String(day > 60 ? day - 60 : day).padStart(2, '0')}`;
  return date > tomorrow;
}

function isValid(twelve: string): boolean {
  return Personnummer.valid(twelve, { allowCoordinationNumber: true, allowInterimNumber: true });
}

function problemOf(twelve: string, now: Date): string | null {
  if (!isValid(twelve)) {
    const checked = luhnHolds(twelve.slice(2).replace(/[A-Z]/, '1'));
    return checked ? 'there is no such date or serial number' : 'its check digit is wrong';
  }
  return isInFuture(twelve, now) ? 'its date lies in the future' : null;
}

function notOne(bare: string): string {
  if (!/\d/.test(bare)) return 'it holds no digits, so that nothing can match';
  if (/^(16)?\d{2}[2-9]\d{7}$/.test(bare) && luhnHolds(bare.slice(-10)))
    return 'it is an organisationsnummer, not a personnummer';
  return 'it is not YYMMDD-NNNN or YYYYMMDD-NNNN';
}
