import type { MatchedField } from '../connector/contract.js';
import type { IdentifierTypes } from '../identity/identifier-types.js';
import type { FieldPath } from '../model/catalog.js';
import { fieldPathText } from '../model/catalog.js';
import type { DataMap, MatchMode } from '../model/map.js';

/**
 * What a search or an erasure will match, by source: identifier fields in their mode, referring fields, and the
 * fields referred to. Each once; for Connector.check, which says where an index is missing.
 */
export function matchedFields(
  map: DataMap,
  types: Pick<IdentifierTypes, 'modeOf'>,
): ReadonlyMap<string, readonly MatchedField[]> {
  const bySource = new Map<string, Map<string, MatchedField>>(
    map.sources.map(({ name }) => [name, new Map()]),
  );
  const collections = new Map(map.collections.map((collection) => [collection.id, collection]));
  const add = (id: string, fields: readonly FieldPath[], mode: MatchMode) => {
    const collection = collections.get(id);
    if (collection === undefined || fields.length === 0) return;
    const name = [collection.table, mode, ...fields.map(fieldPathText)].join('\n');
    bySource.get(collection.source)?.set(name, { collection: collection.table, fields, mode });
  };
  for (const collection of map.collections) {
    for (const field of collection.fields) {
      if (field.identifier === null || field.relation === 'none') continue;
      add(collection.id, [field.at], types.modeOf(field.identifier));
    }
    // Also those that no search follows: an erasure asks who refers to what goes.
    for (const reference of collection.references) {
      add(reference.from, reference.fields, 'exact');
      add(reference.to, reference.on, 'exact');
    }
  }
  return new Map([...bySource].map(([source, fields]) => [source, [...fields.values()]]));
}
