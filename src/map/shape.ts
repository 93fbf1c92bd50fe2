import { z } from 'zod';
import { didYouMean, didYouMeanOf, listed } from './did-you-mean.js';
import { type MapPath, pathText } from './loaded.js';
import type { Problem } from './problem.js';
import { mapSchema, type WrittenMap } from './schema.js';
import { holdsSecret } from './secret.js';

export interface Shaped {
  /** Null where there are problems. */
  readonly map: WrittenMap | null;
  readonly problems: readonly Problem[];
}

type Issue = z.core.$ZodIssue;
type Told = { readonly path: MapPath; readonly message: string; readonly hint: string | null };

/**
 * Holds a document against the shape of a map.
 *
 * @param filled with the environment filled in: what is checked.
 * @param written as it stands in the file: what messages quote, so that none shows a variable's value.
 */
export function shape(filled: unknown, written: unknown, place: (path: MapPath) => string): Shaped {
  const result = mapSchema.safeParse(filled, { error: allowedKeys });
  if (result.success) return { map: result.data, problems: [] };
  const problems = result.error.issues
    .flatMap((issue) => told(issue, [], written))
    .map(({ path, message, hint }) => ({
      severity: 'error' as const,
      place: place(path),
      path: pathText(path.map(shown)),
      message,
      hint,
    }));
  return { map: null, problems };
}

/** Zod does not say which keys would have been right, so its message carries them to `unknownKeys`. */
function allowedKeys(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'unrecognized_keys') return undefined;
  const object = issue.inst;
  return object instanceof z.core.$ZodObject ? Object.keys(object._zod.def.shape).join('\n') : '';
}

function told(issue: Issue, base: MapPath, written: unknown): readonly Told[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
  const value = valueAt(written, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKeys(issue.keys, path, issue.message.split('\n'));
    case 'invalid_union':
      return bestBranch(issue.errors, path, written);
    case 'invalid_type':
      return [
        { path, message: `${state(value)}: it takes ${typeWord(issue.expected)}`, hint: hintFor(path) },
      ];
    case 'invalid_value': {
      if (isOtherType(issue, value))
        return [{ path, message: `${state(value)}: it takes ${wordsOf(issue)}`, hint: hintFor(path) }];
      const words = issue.values.map(String);
      const hint =
        typeof value === 'string'
          ? didYouMeanOf(value, words, 'it takes one of')
          : `it takes ${listed(words.slice(0, 12), 'or')}`;
      return [{ path, message: `${quote(value)} is not known here`, hint }];
    }
    case 'too_small':
      return [
        {
          path,
          message: value === '' || issue.origin === 'array' ? 'is empty' : `is below ${issue.minimum}`,
          hint: null,
        },
      ];
    case 'too_big':
      return [{ path, message: `is above ${issue.maximum}`, hint: null }];
    case 'invalid_key':
      return [
        {
          path,
          message: `the name ${quote(path.at(-1))} cannot be used`,
          hint: issue.issues[0]?.message ?? null,
        },
      ];
    default:
      return [{ path, message: issue.message, hint: null }];
  }
}

function wordsOf({ values }: z.core.$ZodIssueInvalidValue): string {
  const words = listed(values.slice(0, 12).map(String), 'or');
  return values.length > 12 ? `${words}, among others` : words;
}

function unknownKeys(keys: readonly string[], path: MapPath, allowed: readonly string[]): readonly Told[] {
  return keys.map((key) => ({
    path: [...path, key],
    message: `the key ${quote(key)} is unknown here`,
    hint: didYouMean(key, allowed) ?? `known are: ${allowed.join(', ')}`,
  }));
}

/** Of the alternatives, the one meant: whose own type fits what stands there, with the fewest faults. */
function bestBranch(
  branches: readonly (readonly Issue[])[],
  path: MapPath,
  written: unknown,
): readonly Told[] {
  const value = valueAt(written, path);
  const meant = branches
    .filter((issues) => !issues.some((issue) => issue.path.length === 0 && isOtherType(issue, value)))
    .sort((a, b) => a.length - b.length)[0];
  if (meant !== undefined) return meant.flatMap((issue) => told(issue, path, written));
  const words = listed([...expectedOf(branches)], 'or');
  return [{ path, message: `${state(value)}: it takes ${words}`, hint: hintFor(path) }];
}

/** A list of words refuses a mapping as it refuses a wrong word; only the second is a mistake in the word. */
function isOtherType(issue: Issue, value: unknown): boolean {
  if (issue.code === 'invalid_type') return true;
  return issue.code === 'invalid_value' && typeof value !== typeof issue.values[0];
}

function expectedOf(branches: readonly (readonly Issue[])[]): ReadonlySet<string> {
  const words = new Set<string>();
  for (const issue of branches.flat()) {
    if (issue.code === 'invalid_type') words.add(typeWord(issue.expected));
    if (issue.code === 'invalid_value') words.add(typeWord(typeof issue.values[0]));
    if (issue.code === 'invalid_union') for (const word of expectedOf(issue.errors)) words.add(word);
  }
  return words;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
};

function typeWord(expected: string): string {
  return TYPE_WORDS[expected] ?? expected;
}

function state(value: unknown): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'is empty';
  return `is ${kindWord(value)}`;
}

function kindWord(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return TYPE_WORDS[typeof value] ?? typeof value;
}

/** A word for mistakes that YAML itself invites. */
function hintFor(path: MapPath): string | null {
  if (path.at(-1) === 'mask') return 'a mask of null is written in quotes: "null"';
  if (path.at(-1) === 'backups') return 'backups: { rotation: { days: 35 } }, or none where there are none';
  if (path.at(-1) === 'rotation') return 'for how long a backup is kept: { days: 35 }';
  if (path.at(-2) === 'fields')
    return 'a field takes a category (user.name), a relation (owned-by) or a mapping';
  return null;
}

/** The value as written, where it may be shown: short, not in a connection, no password in it. */
function quote(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  if (typeof value !== 'string') return state(value).replace(/^is /, '');
  return value.length > 60 || holdsSecret(value) || value.includes('://') ? 'what stands here' : `'${value}'`;
}

/** A key may be a connection on the wrong line. */
function shown(step: string | number): string | number {
  return typeof step === 'string' && holdsSecret(step) ? '***' : step;
}

function valueAt(root: unknown, path: MapPath): unknown {
  return path.reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.hasOwn(value, step) ? (value as Record<string | number, unknown>)[step] : undefined;
  }, root);
}
