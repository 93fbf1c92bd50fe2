import type { IdentifierTypes } from '../identity/identifier-types.js';
import { digitsOf, unique } from '../identity/text.js';
import type { Identifier } from '../model/subject.js';

/** One identifier, by what it is written as. */
export interface SoughtValue extends Identifier {
  /** Every text that is the same to its type, the canonical one first; digits alone too. */
  readonly forms: readonly string[];
  /** Whether it can be told apart inside a longer text; else only as the whole value of a field. */
  readonly inTexts: boolean;
}

const FEWEST_SIGNS = 4;
/** Without a digit or a sign it may be a word of the language, or somebody's name. */
const FEWEST_LETTERS = 8;
/** Fewer are postcodes, amounts and the numbers of other things. */
export const FEWEST_DIGITS = 6;

/**
 * What a person is looked for by: their strong identifiers, also as what else the same number is (a sole
 * trader's organisationsnummer). What is only like one (`near`) is left out, being maybe another person's.
 */
export function soughtValues(
  identifiers: readonly Identifier[],
  types: IdentifierTypes,
): readonly SoughtValue[] {
  const strong = identifiers.filter(
    ({ type, value }) =>
      types.names.includes(type) &&
      types.get(type).strength === 'strong' &&
      types.get(type).normalise(value).content &&
      !types.isNever(type, value),
  );
  const all = [...strong, ...strong.flatMap((each) => types.alsoKnownAs(each))];
  const distinct = new Map(all.map((each) => [`${each.type} ${each.value}`, each]));
  return [...distinct.values()].map(({ type, value }) => ({
    type,
    value,
    forms: formsOf(type, value, types),
    inTexts: canBeTold(value),
  }));
}

function formsOf(type: string, value: string, types: IdentifierTypes): readonly string[] {
  const known = types.get(type);
  const texts = [value, ...types.variants(type, value)];
  const digits = known.match === 'digits' ? known.forms(value, 'digits') : [];
  const trimmed = [...texts, ...digits].map((text) => text.trim());
  return unique(trimmed).filter((text) => text !== '' && known.compare(value, text) === 'same');
}

function canBeTold(value: string): boolean {
  if (value.includes('@')) return true;
  if (/^[\d .+/-]+$/.test(value)) return digitsOf(value).length >= FEWEST_DIGITS;
  return [...value].length >= (/^[\p{L}\p{M}]+$/u.test(value) ? FEWEST_LETTERS : FEWEST_SIGNS);
}

/** Those that texts were not searched for, told without their values. */
export function untoldWarnings(sought: readonly SoughtValue[]): readonly string[] {
  const untold = sought.filter(({ inTexts }) => !inTexts);
  const warnings = untold.map(({ type, value }) => {
    const where = /\D/.test(value)
      ? 'as the whole value of a field'
      : `in columns that are called as those in which the map has a ${type}`;
    return `a ${type} of the person is too short or too common to be told apart in texts: it was looked for only ${where}`;
  });
  return [...unique(warnings)];
}
