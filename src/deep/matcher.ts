import type { IdentifierTypes } from '../identity/identifier-types.js';
import { digitsOf } from '../identity/text.js';
import { foldedText } from '../mask/folded-text.js';
import { spanFinder } from '../mask/personal-spans.js';
import type { PersonalTexts } from '../mask/personal-texts.js';
import { type JsonNode, parseJsonText } from '../model/json-tree.js';
import { isJsonText, type JsonText, type Value } from '../model/value.js';
import { readings } from './readings.js';
import { FEWEST_DIGITS, type SoughtValue } from './sought.js';

/** What a column says of the values in it. */
export interface ValuePlace {
  /** Its type is one of numbers; a text there is one too, where it looks like one. */
  readonly numeric: boolean;
  /** Of a key or a reference: numbers there count rows. */
  readonly counts: boolean;
  /** Types of which the map has an identifier in a column of that name: any such value is meant. */
  readonly named: readonly string[];
}

export interface Matcher {
  /**
   * Whether a value holds an identifier of the person: as a whole, as a number, or inside a text, where it
   * is no part of a longer word, number, address or id. Decides what a source's net brought.
   */
  holds(value: Value, place: ValuePlace): boolean;
}

/** In a column of numbers: a smaller one is an amount, or the number of something else. */
const FEWEST_IN_NUMBERS = 7;
/** What a database counts rows by hardly ever has as many digits. */
const FEWEST_IN_KEYS = 9;

/** What it looks for is worked out once; each text then takes time in proportion to its length. */
export function matcherOf(sought: readonly SoughtValue[], types: IdentifierTypes): Matcher {
  const texts = textsOf(sought, types);
  const spansOf = spanFinder(texts, 'token');
  const whole = sought.filter(({ inTexts }) => !inTexts);

  const isSame = (text: string, among: readonly SoughtValue[]) =>
    among.some(({ type, value }) => types.get(type).compare(value, text) === 'same');
  const isTheirs = (part: string) =>
    texts.addresses.has(foldedText(part).text) ||
    isSame(part, sought) ||
    isSame(part.replace(/^\+|[()]/g, ''), sought);
  const isInText = (text: string) =>
    readings(text).some((reading) =>
      spansOf(reading).some(({ start, end }) => isTheirs(reading.slice(start, end))),
    );
  const isWhole = (text: string, { named }: ValuePlace) => {
    // A few digits say nothing, but where the map has such a number.
    const here = whole.filter(({ type, value }) => /\D/.test(value) || named.includes(type));
    return here.length > 0 && (isSame(text, here) || textsIn(text).some((inner) => isSame(inner, here)));
  };
  const isNumber = (text: string, { counts, named }: ValuePlace) => {
    const digits = text.replace(/\.0*$/, '');
    if (/\D/.test(digits)) return false;
    const enough = digits.length >= (counts ? FEWEST_IN_KEYS : FEWEST_IN_NUMBERS);
    return isSame(digits, enough ? sought : sought.filter(({ type }) => named.includes(type)));
  };

  return {
    holds(value, place): boolean {
      if (value === null || typeof value === 'boolean') return false;
      if (typeof value === 'object' && !isJsonText(value) && !(value instanceof Uint8Array)) {
        return value.some((element) => this.holds(element, place));
      }
      const text = textOf(value);
      const isNumeric = place.numeric || typeof value === 'number' || typeof value === 'bigint';
      if (isNumeric && /^-?\d+(?:\.\d*)?$/.test(text)) return isNumber(text, place);
      return isWhole(text, place) || isInText(text);
    },
  };
}

/** Where any value may stand in any column (SQLite), a text may stand as its bytes. */
function textOf(value: string | number | bigint | Uint8Array | JsonText): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return typeof value === 'object' ? value.json : String(value);
}

function textsOf(sought: readonly SoughtValue[], types: IdentifierTypes): PersonalTexts {
  const texts = {
    names: new Set<string>(),
    addresses: new Set<string>(),
    others: new Set<string>(),
    digits: new Set<string>(),
  };
  for (const { type, forms, inTexts } of sought) {
    if (!inTexts) continue;
    const set = type === 'email' || type === 'ip' ? texts.addresses : texts.others;
    for (const form of forms) {
      set.add(foldedText(form).text.trim());
      const digits = digitsOf(form);
      if (types.get(type).match === 'digits' && digits.length >= FEWEST_DIGITS) texts.digits.add(digits);
    }
  }
  return texts;
}

/** Every text in a JSON document, names of members too; none where it is no document. */
function textsIn(text: string): readonly string[] {
  if (!/^\s*[{["]/.test(text)) return [];
  const root = parseJsonText(text);
  if (root === null) return [];
  const found: string[] = [];
  const open: JsonNode[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === 'list') for (const item of node.items) open.push(item);
    else if (node.kind === 'object') {
      for (const member of node.members) {
        found.push(member.name);
        open.push(member.node);
      }
    } else if (text[node.start] === '"') {
      found.push(JSON.parse(text.slice(node.start, node.end)) as string);
    }
  }
  return found;
}
