import type { SpelledType } from './spelling.js';
import {
  dashesToHyphen,
  fold,
  hasContent,
  tidy,
  titleCase,
  unique,
  upperCase,
  withoutMarks,
} from './text.js';

/** Beyond this a name is asked for as one text, since its variants grow without end. */
const MOST_WORDS = 5;

/**
 * Names: without case, hyphens as spaces, `Efternamn, Förnamn` turned around. å, ä and ö are letters
 * of their own: `Åsa` and `Asa` are near, never the same. A name alone never identifies.
 */
export const nameType: SpelledType = {
  name: 'name',
  strength: 'weak',
  single: false,
  match: 'folded',
  category: 'user.name',
  normalise(raw) {
    const value = canonical(raw);
    const content = hasContent(value);
    return { value, content, problem: content && !/\p{L}/u.test(value) ? 'it holds no letter' : null };
  },
  compare(value, stored) {
    if (stored === value) return 'same';
    const other = canonical(stored);
    if (other === value) return 'same';
    const [mine, theirs] = [withoutMarks(value), withoutMarks(other)];
    const joined = mine.replaceAll(' ', '') === theirs.replaceAll(' ', '');
    return hasContent(mine) && (joined || inOrder(mine) === inOrder(theirs)) ? 'near' : 'different';
  },
  spellings(value) {
    const letters = unique([value, withoutMarks(value)].filter((text) => text !== ''));
    const written = unique(letters.flatMap(arrangements));
    return [...written, ...written.map(titleCase), ...written.map(upperCase)];
  },
};

function canonical(raw: string): string {
  const text = dashesToHyphen(fold(tidy(raw)))
    .replace(/[\u2018\u2019\u02bc\u00b4`]/gu, "'")
    .replaceAll('.', ' ');
  const parts = text.split(',').map((part) => tidy(part.replaceAll('-', ' ')));
  const [last, first] = parts;
  // More than one comma is no name order known to us.
  return tidy(parts.length === 2 ? `${first} ${last}` : parts.join(' '));
}

function inOrder(name: string): string {
  return name.split(' ').sort().join(' ');
}

/** Hyphens for spaces, the last name first, initials with a point. */
function arrangements(name: string): readonly string[] {
  const words = name.split(' ');
  if (words.length > MOST_WORDS) return [name, ...lastFirst(words)];
  const dotted = words.map((word) => ([...word].length === 1 ? `${word}.` : word)).join(' ');
  const typographic = name.replaceAll("'", '\u2019');
  return [...hyphenations(words), ...lastFirst(words), dotted, typographic];
}

function lastFirst(words: readonly string[]): readonly string[] {
  if (words.length > MOST_WORDS) {
    return [
      `${words.at(-1)}, ${words.slice(0, -1).join(' ')}`,
      `${words.at(-1)} ${words.slice(0, -1).join(' ')}`,
    ];
  }
  return words.slice(1).flatMap((_, index) => {
    const firsts = hyphenations(words.slice(0, index + 1));
    const lasts = hyphenations(words.slice(index + 1));
    return firsts.flatMap((first) => lasts.flatMap((last) => [`${last}, ${first}`, `${last} ${first}`]));
  });
}

/** Every way to write the gaps as space or hyphen; few words, so few ways. */
function hyphenations(words: readonly string[]): readonly string[] {
  return words
    .slice(1)
    .reduce<readonly string[]>(
      (texts, word) => texts.flatMap((text) => [`${text} ${word}`, `${text}-${word}`]),
      [words[0] ?? ''],
    );
}
