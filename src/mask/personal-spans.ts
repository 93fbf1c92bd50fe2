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
/** They part words; a hyphen joins them. */
const PARTING_DASH = /[\u2012-\u2015]/;

/**
 * word: nothing inside another word or number · token: nor inside a longer address or id
 * (`anna@example.se.example.com`, `C-1001-2`), for who must not take another's for the person's.
 */
export type Bounds = 'word' | 'token';

/**
 * Finds where a text names the person: in order, apart, the longest of what begins at one place. Linear
 * in the text's length.
 */
export function spanFinder(texts: PersonalTexts, bounds: Bounds = 'word'): (text: string) => readonly Span[] {
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
    const tokens = bounds === 'token' ? tokenBounds(text, isWord) : null;
    const spans: Span[] = [];
    for (let at = 0; at < text.length; at += 1) {
      if (isWord(at) && isWord(at - 1)) continue;
      const joined =
        at >= 2 &&
        JOINS.has(text.charAt(at - 1)) &&
        isWord(at - 2) &&
        !PARTING_DASH.test(original.charAt(start(at - 1)));
      const name = names.longest(text, at, nameEnds);
      const number = numberEnd(at);
      const end = Math.max(
        // The genitive: `Annas`.
        name >= 0 && !ends(name) ? name + 1 : name,
        joined ? -1 : addresses.longest(text, at, tokens?.addressEnds(at) ?? ends),
        others.longest(text, at, tokens?.idEnds(at) ?? ends),
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
      if (first < 0 || tokens?.isPart(at) === true) return -1;
      const last = numbers.longest(digits.text, first, (end) =>
        (tokens?.ends ?? ends)((digits.placeOf[end - 1] ?? 0) + 1),
      );
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

interface TokenBounds {
  ends(end: number): boolean;
  /** What an address that begins there must end with. */
  addressEnds(start: number): (end: number) => boolean;
  idEnds(start: number): (end: number) => boolean;
  /** Whether the digits there are decimals, or a part of a UUID. */
  isPart(at: number): boolean;
}

/** An escape hides what comes next; unescaped, the text shows it. */
const ESCAPE = /%[0-9a-f]{2}|\\+u[0-9a-f]{4}|&(?:#0*64|#x0*40|commat);/y;
const AT_BEFORE = /&(?:#0*64|#x0*40|commat);$/;
/** A domain goes on after a point, after a hyphen only where another label follows. */
const LONGER_DOMAIN = /\.[\p{L}\p{N}]|-[\p{L}\p{N}\p{M}-]*\.[\p{L}\p{N}]/uy;

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/y;
const UUID_GROUPS = [0, 9, 14, 19, 24];
function tokenBounds(text: string, isWord: (at: number) => boolean): TokenBounds {
  const stands = (pattern: RegExp, at: number) => {
    pattern.lastIndex = at;
    return pattern.test(text);
  };
  const ends = (end: number) => !isWord(end) && !stands(ESCAPE, end);
  const joins = (at: number) => JOINS.has(text.charAt(at)) || text[at] === '@';
  return {
    ends,
    addressEnds(start) {
      // `o'anna@…` is another's, `N'anna@…'` is a quoted text.
      const apostrophe = text[start - 1] === "'" && isWord(start - 2);
      return (end) => ends(end) && !stands(LONGER_DOMAIN, end) && (!apostrophe || text[end] === "'");
    },
    idEnds(start) {
      const sign =
        text[start - 1] === ';' ? AT_BEFORE.exec(text.slice(Math.max(0, start - 10), start)) : null;
      const before = start - (sign?.[0].length ?? 1);
      const joined = before >= 1 && (sign !== null || joins(before)) && isWord(before - 1);
      return (end) => !joined && ends(end) && !(joins(end) && isWord(end + 1));
    },
    isPart: (at) =>
      isDecimals(text, at, isWord) ||
      UUID_GROUPS.some((group) => at >= group && !isWord(at - group - 1) && stands(UUID, at - group)),
  };
}

/** `0.9006022397`; where there are more points (a version, a date) it may be anything. */
function isDecimals(text: string, at: number, isWord: (at: number) => boolean): boolean {
  if (text[at - 1] !== '.') return false;
  let first = at - 1;
  while (first > 0 && /\d/.test(text.charAt(first - 1))) first -= 1;
  return first < at - 1 && text[first - 1] !== '.' && !isWord(first - 1);
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
