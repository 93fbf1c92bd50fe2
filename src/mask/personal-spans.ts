import { foldedText } from './folded-text.js';
import type { PersonalTexts } from './personal-texts.js';
import { trieOf } from './trie.js';

/** A part of a text: from, up to and not including. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const WORD = /[\p{L}\p{N}\p{M}]/u;
/** Before an address they belong to a longer one: `eva.anna@…`, `192.0.2.1`. */
const JOINS = new Set(['.', '_', '-', '+']);

/**
 * Finds where a text names the person: in order, apart, the longest of what begins at one place. Nothing
 * inside another word or number. Linear in the text's length.
 */
export function spanFinder(texts: PersonalTexts): (text: string) => readonly Span[] {
  const names = trieOf(texts.names);
  const addresses = trieOf(texts.addresses);
  const others = trieOf(texts.others);
  const numbers = trieOf(texts.digits);

  return (original) => {
    const { text, start } = foldedText(original);
    const digits = digitsWithin(text);
    const isWord = (at: number) => at >= 0 && at < text.length && isWordAt(text, at);
    const ends = (end: number) => !isWord(end);
    const nameEnds = (end: number) => ends(end) || (text[end] === 's' && ends(end + 1));
    const spans: Span[] = [];
    for (let at = 0; at < text.length; at += 1) {
      if (isWord(at) && isWord(at - 1)) continue;
      const joined = at >= 2 && JOINS.has(text.charAt(at - 1)) && isWord(at - 2);
      const name = names.longest(text, at, nameEnds);
      const number = numberEnd(at);
      const end = Math.max(
        // The genitive: `Annas`.
        name >= 0 && !ends(name) ? name + 1 : name,
        joined ? -1 : addresses.longest(text, at, ends),
        others.longest(text, at, ends),
        number,
      );
      if (end <= at) continue;
      spans.push({
        start: start(end === number ? numberStart(at, end, spans.at(-1)?.end ?? 0) : at),
        end: start(end),
      });
      at = end - 1;
    }
    return spans;

    /** Where the longest number ends that begins with the digit there; -1: none. */
    function numberEnd(at: number): number {
      const first = digits.indexAt[at] ?? -1;
      if (first < 0) return -1;
      const last = numbers.longest(digits.text, first, (end) => ends((digits.placeOf[end - 1] ?? 0) + 1));
      return last < 0 ? -1 : (digits.placeOf[last - 1] ?? 0) + 1;
    }

    /** With the `+` or the bracket that it begins with, where that closes in it. */
    function numberStart(at: number, end: number, taken: number): number {
      const closes = text.slice(at, end).includes(')');
      const before = text[at - 1];
      const belongs = before === '+' || (before === '(' && closes);
      return belongs && start(at - 1) >= taken ? at - 1 : at;
    }
  };
}

function isWordAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 0x80)
    return (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  const inPair = code >= 0xd800 && code <= 0xdfff;
  const from = code >= 0xdc00 && inPair ? at - 1 : at;
  return WORD.test(inPair ? String.fromCodePoint(text.codePointAt(from) ?? 0) : text.charAt(at));
}

/** The digits of a text, those of one number together: as people group them, with few signs between. */
interface Digits {
  /** All digits, a `|` between numbers. */
  readonly text: string;
  /** Of each unit of `text`, its place; -1 for a `|`. */
  readonly placeOf: readonly number[];
  /** Of each place, the index in `text` of the digit there; -1: none. */
  readonly indexAt: Int32Array;
}

const MOST_BETWEEN = 3;

function digitsWithin(text: string): Digits {
  const placeOf: number[] = [];
  const pieces: string[] = [];
  const indexAt = new Int32Array(text.length).fill(-1);
  let between = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      if (between > MOST_BETWEEN) {
        placeOf.push(-1);
        pieces.push('|');
      }
      indexAt[at] = placeOf.length;
      placeOf.push(at);
      pieces.push(text.charAt(at));
      between = 0;
    } else between += ' -./()+'.includes(text.charAt(at)) ? 1 : MOST_BETWEEN + 1;
  }
  return { text: pieces.join(''), placeOf, indexAt };
}
