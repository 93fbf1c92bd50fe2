import { isAddress } from './ip.js';
import type { SpelledType } from './spelling.js';
import { digitsOf, plain, tidy } from './text.js';

/** The built-in types that a bare value can be told by. */
export interface Guessable {
  readonly email: SpelledType;
  readonly phone: SpelledType;
  readonly personnummer: SpelledType;
  readonly organisationsnummer: SpelledType;
}

/**
 * The types that a value without one may be; none: not clear. Names and user names look like anything
 * and are never guessed.
 */
export function possibleTypes(text: string, types: Guessable): readonly string[] {
  const value = plain(text);
  if (value.length > 300) return [];
  if (value.includes('@')) return tidy(text).startsWith('@') ? [] : ['email'];
  if (isAddress(value)) return ['ip'];
  if (!/^(?:SE|tel:)?[-+()\d ./TRSUWXJKLMN]+$/i.test(value)) return [];
  const number = isWhole(value) ? personOrOrganisation(value, types) : [];
  // Written as YYMMDD-NNNN and valid: nobody writes a phone number so.
  if (number.length > 0 && /^(?:\d{2})?\d{6}[-+]/.test(value)) return number;
  return isPhone(value, types) ? [...number, 'phone'] : number;
}

/** Written as a personnummer is, valid or not. */
export function isShapedAsPersonnummer(text: string): boolean {
  return /^(?:\d{2})?\d{6}[-+]?[\dTRSUWXJKLMN]\d{3}$/i.test(plain(text));
}

/** All ten or twelve digits are there: an integer that lost its zeros is not guessed at. */
function isWhole(value: string): boolean {
  return /^(?:SE)?[-+\d ./]*[TRSUWXJKLMN]?[\d ]+$/i.test(value) && digitsOf(value).length >= 9;
}

function personOrOrganisation(value: string, types: Guessable): readonly string[] {
  const short = digitsOf(value).length === 9 && !/[A-Z]/i.test(value);
  if (short) return [];
  if (types.personnummer.normalise(value).problem === null) return ['personnummer'];
  return types.organisationsnummer.normalise(value).problem === null ? ['organisationsnummer'] : [];
}

function isPhone(value: string, types: Guessable): boolean {
  return /^(?:tel:|\+|\(?0)/i.test(value) && types.phone.normalise(value).problem === null;
}
