import type { Reader } from '../../connector/contract.js';
import { CHUNK, keySetOf } from '../../connector/key-set.js';
import { satisfies, scalarsAt } from '../../locate/field-value.js';
import { decodeKey, encodeKey } from '../../locate/key-code.js';
import { DsrError } from '../../model/error.js';
import type { Collection, DataMap, Reference } from '../../model/map.js';
import { type Key, keyText, type Scalar, type Value } from '../../model/value.js';
import { silenceOf } from './scan.js';
import type { Traces } from './traces.js';

/**
 * Looks up whose the values are that say `of` a reference: the record that it leads to. One query a
 * reference and chunk of keys. What leads nowhere stays with the record that holds it; what leads into a source
 * that does not answer is forgotten, since it is not nobody's: whoever calls says that the source is unread.
 *
 * @param readers those of the sources that answer.
 * @returns sources that fell silent on the way, with the reason.
 * @throws DsrError cancelled · internal.
 */
export async function findOwners(
  { collections }: Pick<DataMap, 'collections'>,
  readers: ReadonlyMap<string, Pick<Reader, 'find'>>,
  traces: Traces,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const failed = new Map<string, string>();
  const references = new Map(
    collections.flatMap((collection) => collection.references.map((one) => [one.id, one] as const)),
  );
  for (const edge of traces.edges()) {
    const reference = references.get(edge);
    const target = collections.find(({ id }) => id === reference?.to);
    if (reference === undefined || target === undefined) continue;
    const { source } = target;
    const reader = failed.has(source) ? undefined : readers.get(source);
    try {
      if (reader === undefined) traces.dropUnowned(edge);
      else await findAll(reader, reference, target, traces);
    } catch (error) {
      if (signal.aborted) throw new DsrError('cancelled', 'cancelled');
      failed.set(source, silenceOf(error).message);
      traces.dropUnowned(edge);
    }
  }
  return failed;
}

async function findAll(
  reader: Pick<Reader, 'find'>,
  reference: Reference,
  target: Collection,
  traces: Traces,
): Promise<void> {
  const tuples = traces.tuples(reference.id).map(decodeKey);
  for (let start = 0; start < tuples.length; start += CHUNK) {
    await findSome(reader, reference, target, tuples.slice(start, start + CHUNK), traces);
  }
}

async function findSome(
  reader: Pick<Reader, 'find'>,
  { id: edge, on }: Reference,
  target: Collection,
  tuples: readonly Key[],
  traces: Traces,
): Promise<void> {
  const { id: collection, subject } = target;
  const when = subject?.when ?? [];
  const fields = [...new Set([...on.map(({ column }) => column), ...when.map(({ field }) => field)])];
  const keys = keySetOf(tuples, on.length);
  const found: {
    readonly tuple: Key;
    readonly key: Key;
    readonly isRoot: boolean;
    readonly exact: boolean;
  }[] = [];
  const matches = [{ fields: on, mode: 'exact' as const, keys, when: [] }];
  for await (const batch of reader.find({ collection: target.table, key: target.key, matches, fields })) {
    for (const { key, values, matched } of batch) {
      const column = (name: string): Value => values[fields.indexOf(name)] ?? null;
      const isRoot = subject !== null && satisfies(subject.when, column);
      const held = on.map((field): readonly Scalar[] => scalarsAt(column(field.column), field));
      for (const { key: at } of matched) {
        const tuple = tuples[at];
        if (tuple === undefined) continue;
        const exact = tuple.every((part, index) => held[index]?.some((one) => String(one) === String(part)));
        found.push({ tuple, key, isRoot, exact });
      }
    }
  }
  // A collation folds: where a record holds the very same text, only that one is meant.
  const exactly = new Set(found.flatMap(({ tuple, exact }) => (exact ? [keyText(tuple)] : [])));
  for (const { tuple, key, isRoot, exact } of found) {
    if (!exact && exactly.has(keyText(tuple))) continue;
    traces.own(edge, encodeKey(tuple), { collection, key: encodeKey(key), isRoot });
  }
}
