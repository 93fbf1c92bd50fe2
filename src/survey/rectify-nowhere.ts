import type { Reader } from '../connector/contract.js';
import { keySetOf } from '../connector/key-set.js';
import { satisfies } from '../locate/field-value.js';
import { encodeKey } from '../locate/key-code.js';
import { tuplesOf } from '../locate/load.js';
import type { Collection, Reference } from '../model/map.js';
import type { Key } from '../model/value.js';
import type { Following, ReadRecord } from './rectify-read.js';

type Referring = Pick<ReadRecord, 'leads' | 'column'>;

/**
 * Of each record the references (ids) that are empty, are not meant (`when`), or lead to no record that there
 * is; one query a reference. Where the source referred to is not read, nothing is said of what is filled in.
 */
export async function leadingNowhere(
  readers: ReadonlyMap<string, Reader>,
  { references, collections }: Following,
  records: readonly Referring[],
): Promise<readonly (readonly string[])[]> {
  const nowhere = records.map((): string[] => []);
  for (const reference of references) {
    const open = records.map(({ leads, column }) =>
      leads.includes(reference.id) ? null : tuplesOf(reference.fields, column),
    );
    const target = collections.find(({ id }) => id === reference.to);
    const reader = target === undefined ? undefined : readers.get(target.source);
    const held =
      target === undefined || reader === undefined
        ? null
        : await heldAmong(
            reader,
            reference,
            target,
            open.flatMap((tuples) => tuples ?? []),
          );
    for (const [at, tuples] of open.entries()) {
      const record = records[at];
      if (tuples === null || record === undefined) continue;
      const dangles =
        !satisfies(reference.when, record.column) ||
        tuples.every((tuple) => held !== null && !held.has(encodeKey(tuple)));
      if (dangles) nowhere[at]?.push(reference.id);
    }
  }
  return nowhere;
}

/** The tuples that a record of the target has, by the source's own equality: in doubt there is one. */
async function heldAmong(
  reader: Reader,
  { on }: Reference,
  target: Collection,
  tuples: readonly Key[],
): Promise<ReadonlySet<string>> {
  const distinct = [...new Map(tuples.map((tuple) => [encodeKey(tuple), tuple])).values()];
  const held = new Set<string>();
  if (distinct.length === 0) return held;
  const match = { fields: on, mode: 'exact' as const, keys: keySetOf(distinct, on.length), when: [] };
  const query = { collection: target.table, key: target.key, matches: [match], fields: [] };
  for await (const batch of reader.find(query)) {
    for (const hit of batch.flatMap(({ matched }) => matched)) {
      const tuple = distinct[hit.key];
      if (tuple !== undefined) held.add(encodeKey(tuple));
    }
  }
  return held;
}
