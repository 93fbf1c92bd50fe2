import type { IdentifierTypes } from '../identity/identifier-types.js';
import type { Identifier } from '../model/subject.js';
import { foldedText } from './folded-text.js';

/** Whom a text is searched for. */
export interface Redaction {
  readonly identifiers: readonly Identifier[];
  /** As they are written, surname first or last. */
  readonly names: readonly string[];
}

/** What is looked for, folded. */
export interface PersonalTexts {
  /** Words of names, and whole names; whole words, in the genitive too. */
  readonly names: ReadonlySet<string>;
  /** E-mail and IP addresses, which may be the end of another's. */
  readonly addresses: ReadonlySet<string>;
  readonly others: ReadonlySet<string>;
  /** Numbers by their digits, however they are spaced. */
  readonly digits: ReadonlySet<string>;
}

/** In names, words that are words of the language first: alone they name nobody. */
const PARTICLES = new Set([
  'af',
  'al',
  'av',
  'bin',
  'da',
  'de',
  'del',
  'den',
  'der',
  'di',
  'dos',
  'du',
  'el',
  'la',
  'le',
  'ten',
  'van',
  'von',
  'zu',
]);
const FEWEST_DIGITS = 5;
const SHORTEST = 2;

export function personalTexts({ identifiers, names }: Redaction, types: IdentifierTypes): PersonalTexts {
  const found = {
    names: new Set<string>(),
    addresses: new Set<string>(),
    others: new Set<string>(),
    digits: new Set<string>(),
  };
  const add = (set: Set<string>, text: string) => {
    const folded = foldedText(text).text.trim();
    if (folded.length >= SHORTEST && /[\p{L}\p{N}]/u.test(folded)) set.add(folded);
  };
  const addName = (name: string) => {
    for (const text of [name, ...types.variants('name', types.get('name').normalise(name).value)])
      add(found.names, text);
    const words = foldedText(name).text.match(/[\p{L}\p{M}]+/gu) ?? [];
    const own = words.filter((word) => !PARTICLES.has(word));
    for (const word of own.length === 0 ? words : own) add(found.names, word);
  };
  for (const name of names) addName(name);
  for (const { type, value } of identifiers) {
    if (!types.names.includes(type)) continue;
    if (type === 'name') {
      addName(value);
      continue;
    }
    const known = types.get(type);
    const set = type === 'email' || type === 'ip' ? found.addresses : found.others;
    for (const variant of types.variants(type, value)) add(set, variant);
    if (type === 'email') add(set, encodeURIComponent(value));
    if (known.match !== 'digits') continue;
    for (const form of known.forms(value, 'digits')) if (form.length >= FEWEST_DIGITS) found.digits.add(form);
  }
  return found;
}
