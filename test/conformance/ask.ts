import type { Call, Connector, Found, Match, Query, Reader } from '../../src/connector/contract.js';
import { keySetOf } from '../../src/connector/key-set.js';
import type { CollectionInfo, FieldPath } from '../../src/model/catalog.js';
import type { MatchMode } from '../../src/model/map.js';
import type { Key, Scalar } from '../../src/model/value.js';

/** Time enough for a loaded machine. */
export function call(timeoutMs = 25_000, signal = new AbortController().signal): Call {
  return { signal, timeoutMs };
}

export async function infoOf(connector: Connector, name: string): Promise<CollectionInfo> {
  const { collections } = await connector.describe(call());
  const found = collections.filter((collection) => collection.name === name);
  if (found[0] === undefined || found.length > 1) {
    throw new Error(`'${name}' is ${found.length} times in the catalog`);
  }
  return found[0];
}

/** A field as the map would spell it: `email`, `profile.email`, `items[].email`. */
export function at(text: string): FieldPath {
  const [column = '', ...path] = text
    .replaceAll('[]', '.[]')
    .split('.')
    .filter((step) => step !== '');
  return { column, path };
}

export function matchOn(
  fields: string | FieldPath | readonly (string | FieldPath)[],
  keys: readonly (Scalar | Key)[],
  more: { readonly mode?: MatchMode; readonly when?: Match['when'] } = {},
): Match {
  const all = Array.isArray(fields)
    ? (fields as readonly (string | FieldPath)[])
    : [fields as string | FieldPath];
  return {
    fields: all.map((field) => (typeof field === 'string' ? at(field) : field)),
    mode: more.mode ?? 'exact',
    keys: keySetOf(
      keys.map((key): Key => (Array.isArray(key) ? (key as Key) : [key as Scalar])),
      all.length,
    ),
    when: more.when ?? [],
  };
}

export interface Question {
  readonly table: string;
  /** Default: the catalog's key. */
  readonly key?: readonly string[];
  readonly matches: readonly Match[];
  readonly fields?: readonly string[];
}

export async function queryOf(connector: Connector, question: Question): Promise<Query> {
  const info = await infoOf(connector, question.table);
  return {
    collection: info.id,
    key: question.key ?? info.key.fields,
    matches: question.matches,
    fields: question.fields ?? [],
  };
}

/** All that one question finds, through a reader of its own. */
export async function ask(connector: Connector, question: Question): Promise<readonly Found[]> {
  const query = await queryOf(connector, question);
  const reader = await connector.reader(call());
  try {
    return await allOf(reader, query);
  } finally {
    await reader.close();
  }
}

export async function allOf(reader: Reader, query: Query): Promise<readonly Found[]> {
  const all: Found[] = [];
  for await (const batch of reader.find(query)) all.push(...batch);
  return all;
}

/** Records by their key's text: which asked keys of which match they hit, as `match:key`. */
export function hitsByKey(found: readonly Found[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    found.map(({ key, matched }) => [
      key.map(String).join('|'),
      matched.map((hit) => `${hit.match}:${hit.key}`).sort(),
    ]),
  );
}

export function keysOf(found: readonly Found[]): readonly string[] {
  return found.map(({ key }) => key.map(String).join('|')).sort();
}
