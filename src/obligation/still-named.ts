import type { Context } from '../case/context.js';
import { type Landscape, openLandscape, openSnapshots } from '../case/landscape.js';
import type { Books } from '../case/ledger-work.js';
import type { MapAndTypes } from '../case/map-and-types.js';
import { foundByKey } from '../connector/by-key.js';
import type { Reader } from '../connector/contract.js';
import { type KeySet, keySetOf } from '../connector/key-set.js';
import { entryOf } from '../ledger/ledger.js';
import { scalarsAt } from '../locate/field-value.js';
import { decodeKey, encodeKey } from '../locate/key-code.js';
import type { Collection } from '../model/map.js';
import type { RequestId } from '../model/request.js';
import type { Identifier } from '../model/subject.js';
import type { Key } from '../model/value.js';
import type { Owing } from '../work/obligation.js';
import { isOwn } from './owed.js';
import { recordId } from './record-id.js';

/** By request. */
export type StillNamed = ReadonlyMap<RequestId, readonly Identifier[]>;

/**
 * The identifiers by which due records that are shared or only name somebody still name the person of their
 * request: a closed request holds none, but the ledger tells one when it is seen, by its tag. Reads just
 * these records. Where no identifier names anybody, their own records lead there, if anything does.
 */
export async function stillNamed(
  context: Context,
  books: Books,
  mapAndTypes: MapAndTypes,
  due: readonly Owing[],
): Promise<StillNamed> {
  const named = due.filter((one) => !isOwn(one));
  const found = new Map<RequestId, Identifier[]>();
  if (named.length === 0) return found;
  const whose = tagsIn(books, named);
  const landscape = await openLandscape(context, mapAndTypes);
  try {
    const snapshots = await openSnapshots(context, landscape);
    try {
      for (const collection of landscape.map.collections) {
        const reader = snapshots.readers.get(collection.source);
        const keys = named.filter((one) => one.collection === collection.id).map(({ key }) => decodeKey(key));
        if (reader === undefined || keys.length === 0) continue;
        for await (const { key, type, value } of valuesIn(landscape, reader, collection, keySetOf(keys))) {
          context.signal.throwIfAborted();
          const record = recordId({ collection: collection.id, key: encodeKey(key) });
          for (const request of whose(record, { type, value })) {
            const known = found.get(request);
            if (known === undefined) found.set(request, [{ type, value }]);
            else known.push({ type, value });
          }
        }
      }
    } finally {
      await snapshots.close();
    }
  } finally {
    await landscape.close();
  }
  return found;
}

/** Those of some requests, each once. */
export function namedUnder(named: StillNamed, requests: ReadonlySet<RequestId>): readonly Identifier[] {
  const found = new Map<string, Identifier>();
  for (const [request, identifiers] of named) {
    if (!requests.has(request)) continue;
    for (const one of identifiers) found.set(`${one.type}\n${one.value}`, one);
  }
  return [...found.values()];
}

/** The strong identifiers in some records, in canonical form. */
async function* valuesIn(
  { types }: Landscape,
  reader: Reader,
  collection: Collection,
  keys: KeySet,
): AsyncGenerator<Identifier & { readonly key: Key }> {
  const fields = collection.fields.flatMap(({ at, identifier }) => {
    if (identifier === null || identifier.encoding !== null) return [];
    return types.get(identifier.type).strength === 'strong' ? [{ at, type: identifier.type }] : [];
  });
  if (fields.length === 0) return;
  const columns = [...new Set(fields.map(({ at }) => at.column))];
  for await (const batch of foundByKey(reader, collection, keys, columns)) {
    for (const { key, values } of batch) {
      for (const { at, type } of fields) {
        for (const scalar of scalarsAt(values[columns.indexOf(at.column)] ?? null, at)) {
          const { value, content } = types.get(type).normalise(String(scalar));
          if (content && !types.isNever(type, value)) yield { key, type, value };
        }
      }
    }
  }
}

/** The requests that owe something of a record, and whose person was known by an identifier. */
function tagsIn(
  books: Books,
  named: readonly Owing[],
): (record: string, identifier: Identifier) => readonly RequestId[] {
  const known = new Map<RequestId, ReadonlySet<string>>();
  const owing = new Map<string, RequestId[]>();
  for (const one of named) {
    if (!known.has(one.request)) known.set(one.request, tagsOf(books, one.request));
    const id = recordId(one);
    const before = owing.get(id);
    if (before === undefined) owing.set(id, [one.request]);
    else before.push(one.request);
  }
  return (record, { type, value }) => {
    const tag = books.ledger.subjectTag(type, value);
    return (owing.get(record) ?? []).filter((request) => known.get(request)?.has(tag) === true);
  };
}

/** By which the request's person was known, given and learnt. */
function tagsOf({ work, ledger }: Books, request: RequestId): ReadonlySet<string> {
  const tags = new Set<string>(work.subject(request).map(({ tag }) => tag));
  for (const link of ledger.links({ request })) {
    const entry = entryOf(link);
    if (entry.kind !== 'intent' && entry.kind !== 'plan') continue;
    for (const { tag } of entry.subject) tags.add(tag);
  }
  return tags;
}
