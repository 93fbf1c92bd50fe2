import type { MatchMode } from '../model/map.js';
import { asciiLower, digitsOf, unique } from './text.js';
import type { IdentifierType } from './type.js';

/** What each type's own file tells; how a database is asked follows from its spellings. */
export interface SpelledType extends Omit<IdentifierType, 'forms'> {
  /** The texts under which the value is plausibly written, the canonical one first. */
  spellings(value: string): readonly string[];
  /**
   * A canonical value in the form in which another one is stored. It may turn out another value (the
   * form has no room for it): the caller compares. Absent: values are written as they are given.
   */
  respelled?(stored: string, value: string): string;
}

/** What is left of the spellings when a database compares them in that mode. */
export function formsOf(spellings: readonly string[], mode: MatchMode): readonly string[] {
  const composed = unique(spellings);
  switch (mode) {
    case 'exact':
      return unique(composed.flatMap(bothCompositions));
    case 'folded':
      return unique(
        composed.flatMap((text) => [text.toLowerCase(), asciiLower(text)].flatMap(bothCompositions)),
      );
    case 'digits':
      return unique(composed.flatMap((text) => digitForms(digitsOf(text))));
  }
}

/** macOS and some drivers store decomposed letters. */
function bothCompositions(text: string): readonly string[] {
  return [text, text.normalize('NFD')];
}

function digitForms(digits: string): readonly string[] {
  if (digits === '') return [];
  const asInteger = digits.replace(/^0+/, '');
  return asInteger === '' ? [digits, '0'] : [digits, asInteger];
}
