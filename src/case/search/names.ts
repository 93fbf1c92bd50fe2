import { foundInChunk } from '../../connector/by-key.js';
import type { Reader } from '../../connector/contract.js';
import { type IdentifierTypes, isPseudonym } from '../../identity/identifier-types.js';
import { scalarsAt } from '../../locate/field-value.js';
import type { LocatedPerson } from '../../locate/located.js';
import { within } from '../../map/categories.js';
import type { Collection, DataMap, Field } from '../../model/map.js';
import type { Identifier } from '../../model/subject.js';
import type { Key } from '../../model/value.js';

/** Roots read at once; a person has few. */
const BATCH = 500;

/** What the person is called in their own roots, beside the identifiers by which they are found. */
export interface Called {
  readonly names: readonly string[];
  /** Weak ones, such as phone numbers: they tell nobody apart, but name the person in a text of theirs. */
  readonly identifiers: readonly Identifier[];
}

/**
 * What the person's own roots call them: this, too, is taken out of free text. What says whose it is
 * (`of`) or that it is somebody else's is not the person's.
 */
export async function calledOf(
  map: DataMap,
  readers: ReadonlyMap<string, Reader>,
  person: LocatedPerson,
  types: IdentifierTypes,
): Promise<Called> {
  const names = new Set<string>();
  const identifiers = new Map<string, Identifier>();
  const isWeak = ({ identifier, of, relation }: Field) =>
    identifier !== null &&
    identifier.encoding === null &&
    types.get(identifier.type).strength === 'weak' &&
    of === null &&
    relation === null;
  const add = ({ field, text }: FieldText) => {
    // Of a root that was masked: it is in no text because of this person.
    if (isPseudonym(text)) return;
    if (isOwnName(field)) names.add(text);
    if (field.identifier === null || !isWeak(field)) return;
    const { type } = field.identifier;
    const { value, content } = types.get(type).normalise(text);
    if (content && !types.isNever(type, value)) identifiers.set(`${type}\n${value}`, { type, value });
  };
  for (const collection of map.collections) {
    const fields = collection.fields.filter((field) => isOwnName(field) || isWeak(field));
    const reader = readers.get(collection.source);
    if (collection.subject === null || fields.length === 0 || reader === undefined) continue;
    let keys: Key[] = [];
    const read = async () => {
      for (const text of await readTexts(reader, collection, fields, keys)) add(text);
      keys = [];
    };
    for (const { key } of person.records(collection.id, ['own'])) {
      keys.push(key);
      if (keys.length === BATCH) await read();
    }
    if (keys.length > 0) await read();
  }
  return { names: [...names], identifiers: [...identifiers.values()] };
}

function isOwnName({ category, of, relation }: Field): boolean {
  return category !== null && within(category, 'user.name') && of === null && relation === null;
}

interface FieldText {
  readonly field: Field;
  readonly text: string;
}

async function readTexts(
  reader: Reader,
  collection: Collection,
  fields: readonly Field[],
  keys: readonly Key[],
): Promise<readonly FieldText[]> {
  const columns = [...new Set(fields.map(({ at }) => at.column))];
  const found: FieldText[] = [];
  for await (const batch of foundInChunk(reader, collection, keys, columns)) {
    for (const { values } of batch) {
      for (const field of fields) {
        const value = values[columns.indexOf(field.at.column)] ?? null;
        found.push(...scalarsAt(value, field.at).map((scalar) => ({ field, text: String(scalar) })));
      }
    }
  }
  return found.filter(({ text }) => text.trim() !== '');
}
