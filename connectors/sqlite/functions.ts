import type { MatchMode } from '../../src/model/map.js';

/** The functions that the worker adds to SQLite, by the names under which statements call them. */
export const FOLD = 'dsr_fold';
export const DIGITS = 'dsr_digits';
export const AT = 'dsr_at';
export const ALIVE = 'dsr_alive';
export const HOLDS = 'dsr_holds';

type Stored = null | number | bigint | string | Uint8Array;

/** Lower case beyond ASCII too, which SQLite's own `lower()` leaves as it is. */
export function fold(value: Stored): string | null {
  const text = textOf(value);
  return text === null ? null : text.toLowerCase();
}

export function digits(value: Stored): string | null {
  const text = textOf(value);
  return text === null ? null : text.replace(/\D/g, '');
}

/**
 * The texts at a path in a JSON document, as a JSON array of strings in the mode's own form. Numbers
 * keep the digits of the document, which SQLite's JSON functions turn into floats beyond 2^63.
 * What is no JSON holds nothing.
 */
export function at(document: Stored, path: string, mode: string): string | null {
  const text = textOf(document);
  if (text === null || text === '') return null;
  let found: readonly unknown[];
  try {
    found = [JSON.parse(numbersAsText(text))];
  } catch {
    return null;
  }
  for (const step of JSON.parse(path) as readonly string[])
    found = found.flatMap((parent) => inside(parent, step));
  const texts = found.filter((one) => typeof one === 'string' || typeof one === 'boolean').map(String);
  return texts.length === 0 ? null : JSON.stringify(texts.map((one) => compared(one, mode as MatchMode)));
}

function inside(parent: unknown, step: string): readonly unknown[] {
  if (typeof parent !== 'object' || parent === null) return [];
  if (step === '[]') return Array.isArray(parent) ? parent : [];
  if (Array.isArray(parent) || !Object.hasOwn(parent, step)) return [];
  return [(parent as Readonly<Record<string, unknown>>)[step]];
}

function compared(text: string, mode: MatchMode): string | null {
  if (mode === 'folded') return fold(text);
  return mode === 'digits' ? digits(text) : text;
}

/** Strings are stepped over whole, so that digits in them stay as they are. */
function numbersAsText(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
}

/** Whether one of the values, told as text, has a place that fits the pattern, whatever the case of ASCII letters. */
export function holds(pattern: string, values: readonly Stored[]): 0 | 1 {
  const fits = compiled(pattern);
  return values.some((value) => value !== null && fits.test(asciiOf(value))) ? 1 : 0;
}

let last = { pattern: '', expression: /(?:)/ };

/** One statement asks with one pattern, a million times. */
function compiled(pattern: string): RegExp {
  if (last.pattern !== pattern) last = { pattern, expression: new RegExp(pattern, 'i') };
  return last.expression;
}

/** Bytes one by one: whatever is no text among them cannot hide what is. */
function asciiOf(value: Exclude<Stored, null>): string {
  return value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')
    : String(value);
}

function textOf(value: Stored): string | null {
  if (value === null) return null;
  // Some programs store text as a blob.
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
}
