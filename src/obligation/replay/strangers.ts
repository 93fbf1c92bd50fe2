import { foundByKey } from '../../connector/by-key.js';
import type { Reader } from '../../connector/contract.js';
import { keySetOf } from '../../connector/key-set.js';
import type { IdentifierTypes } from '../../identity/identifier-types.js';
import type { ErasedSince } from '../../ledger/erased.js';
import type { Ledger } from '../../ledger/ledger.js';
import { scalarsAt } from '../../locate/field-value.js';
import { decodeKey, encodeKey } from '../../locate/key-code.js';
import { DsrError } from '../../model/error.js';
import type { Collection, DataMap, Field } from '../../model/map.js';
import type { SoughtRecord } from '../../model/subject.js';
import type { Value } from '../../model/value.js';
import { recordId } from '../record-id.js';

export interface StrangersInput {
  readonly map: DataMap;
  readonly types: IdentifierTypes;
  readonly readers: ReadonlyMap<string, Reader>;
  readonly ledger: Pick<Ledger, 'subjectTag'>;
  readonly erased: Pick<ErasedSince, 'tags'>;
}

/**
 * Of roots that have the key of one that was erased, and an identifier of its person, those that may be
 * somebody's who came back all the same: databases give numbers out again, and a key that is itself an
 * identifier says nothing that the identifier does not. Told by a strong identifier that nobody who was
 * erased had. Ids as `recordId` writes them; and the sources that fell silent meanwhile, with the reason.
 */
export async function strangersAmong(
  input: StrangersInput,
  roots: readonly SoughtRecord[],
): Promise<{ readonly strangers: ReadonlySet<string>; readonly silent: ReadonlyMap<string, string> }> {
  const { map, types, readers } = input;
  const known = new Set<string>(input.erased.tags.map(({ tag }) => tag));
  const strangers = new Set<string>();
  const silent = new Map<string, string>();
  for (const collection of map.collections) {
    const theirs = roots.filter((root) => root.collection === collection.id);
    const reader = readers.get(collection.source);
    if (theirs.length === 0 || reader === undefined || silent.has(collection.source)) continue;
    const fields = collection.fields.filter((field) => isOwnStrong(field, types));
    if (isNamedByKey(collection, fields)) {
      for (const root of theirs) strangers.add(recordId(root));
      continue;
    }
    const holdsNew = (value: Value, field: Field) =>
      scalarsAt(value, field.at).some((one) =>
        isUnknown(input, field.identifier?.type ?? '', String(one), known),
      );
    try {
      for await (const { id, column } of readRoots(reader, collection, theirs, fields)) {
        if (fields.some((field) => holdsNew(column(field.at.column), field))) strangers.add(id);
      }
    } catch (error) {
      if (!(error instanceof DsrError) || error.kind === 'cancelled' || error.kind === 'internal')
        throw error;
      silent.set(collection.source, error.message);
    }
  }
  return { strangers, silent };
}

async function* readRoots(
  reader: Reader,
  collection: Collection,
  roots: readonly SoughtRecord[],
  fields: readonly Field[],
): AsyncGenerator<{ readonly id: string; readonly column: (name: string) => Value }> {
  const columns = [...new Set(fields.map(({ at }) => at.column))];
  const keys = keySetOf(
    roots.map(({ key }) => decodeKey(key)),
    collection.key.length,
  );
  for await (const batch of foundByKey(reader, collection, keys, columns)) {
    for (const { key, values } of batch) {
      const column = (name: string) => values[columns.indexOf(name)] ?? null;
      yield { id: recordId({ collection: collection.id, key: encodeKey(key) }), column };
    }
  }
}

function isOwnStrong({ identifier, of, relation }: Field, types: IdentifierTypes): boolean {
  return (
    identifier !== null &&
    identifier.encoding === null &&
    of === null &&
    relation === null &&
    types.get(identifier.type).strength === 'strong'
  );
}

function isNamedByKey({ key }: Collection, fields: readonly Field[]): boolean {
  return fields.some(({ at }) => key.includes(at.column));
}

function isUnknown(
  { types, ledger }: StrangersInput,
  type: string,
  text: string,
  known: ReadonlySet<string>,
): boolean {
  const { value, content } = types.get(type).normalise(text);
  return content && !types.isNever(type, value) && !known.has(ledger.subjectTag(type, value));
}
