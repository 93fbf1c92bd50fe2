import type { IdentifierTypes } from '../identity/identifier-types.js';
import type { FieldType } from '../model/catalog.js';
import { isJsonText, type Value } from '../model/value.js';
import { padded } from './constant.js';
import { type Span, spanFinder } from './personal-spans.js';
import { personalTexts, type Redaction } from './personal-texts.js';
import { redactedDocument } from './redact-document.js';

export type { Redaction } from './personal-texts.js';

export interface Redactor {
  /**
   * The text with every variant of the person's identifiers and every word of their names blotted out;
   * the same text where nothing of the person is in it. Never longer than `length` characters.
   */
  text(text: string, length?: number | null): string;
  /** The same in texts, lists of texts, and JSON documents (also those kept as text), which stay valid. */
  value(stored: Value, type: FieldType): Value;
}

/** The first with which the text still fits; the last is shorter than anything that is blotted out. */
const MARKERS = ['[redacted]', '***', '*'] as const;
/** Two blots with no more than this between them are one: how many words a name has is nobody's business. */
const BETWEEN = /^[\s,.-]{1,3}$/;

/** What it looks for is worked out once; each text then takes time in proportion to its length. */
export function redactor(people: Redaction, types: IdentifierTypes): Redactor {
  const spansOf = spanFinder(personalTexts(people, types));

  const blotted = (text: string, marker: string): string => {
    let out = '';
    let at = 0;
    for (const { start, end } of joined(text, spansOf(text))) {
      out += text.slice(at, start) + marker;
      at = end;
    }
    return at === 0 ? text : out + text.slice(at);
  };
  const fitted = (text: string, length: number | null, make: (marker: string) => string): string => {
    for (const marker of MARKERS) {
      const made = make(marker);
      if (made === text || length === null || made.length <= length || [...made].length <= length)
        return made;
    }
    return [...make('')].slice(0, length ?? undefined).join('');
  };

  const textOf = (text: string, length: number | null = null) =>
    fitted(text, length, (marker) => blotted(text, marker));
  const documentOf = (json: string, length: number | null): string =>
    fitted(json, length, (marker) => redactedDocument(json, (text) => blotted(text, marker)) ?? json);

  const redacted = (stored: Value, type: FieldType): Value => {
    if (typeof stored === 'string') {
      // What PostgreSQL filled up with blanks has room.
      const text = padded('', type) === '' ? stored : stored.trimEnd();
      const made = isDocument(text) ? documentOf(text, type.length) : textOf(text, type.length);
      return made === text ? stored : padded(made, type);
    }
    if (stored === null || typeof stored !== 'object') return numberless(stored);
    if (stored instanceof Uint8Array) return stored;
    if (isJsonText(stored)) {
      const json = documentOf(stored.json, type.length);
      return json === stored.json ? stored : { json };
    }
    const made = stored.map((element) => redacted(element, type.element ?? type));
    return made.every((element, index) => element === stored[index]) ? stored : made;
  };

  /** A number in a place of texts (SQLite keeps any): gone, where it is one of the person's. */
  const numberless = (stored: Value): Value => {
    if (typeof stored !== 'number' && typeof stored !== 'bigint') return stored;
    return spansOf(String(stored)).length === 0 ? stored : MARKERS[0];
  };

  return { text: textOf, value: redacted };
}

function isDocument(text: string): boolean {
  return /^\s*[{[]/.test(text) && redactedDocument(text, (inner) => inner) !== null;
}

function joined(text: string, spans: readonly Span[]): readonly Span[] {
  const all: Span[] = [];
  for (const span of spans) {
    const last = all.at(-1);
    if (last !== undefined && (last.end >= span.start || BETWEEN.test(text.slice(last.end, span.start)))) {
      all[all.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    } else all.push(span);
  }
  return all;
}
