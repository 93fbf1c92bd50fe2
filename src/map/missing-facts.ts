import type { Collection, Information } from '../model/map.js';

/** What Art. 15(1) makes an answer tell of every use of personal data; `automated` has a default. */
const FACTS = ['purposes', 'legalBasis', 'recipients', 'retention', 'origin', 'transfers'] as const;
export type Fact = (typeof FACTS)[number] & keyof Information;

/** The facts that the map leaves open for a collection, if it holds personal data; `[]` and `none` are answers. */
export function missingFacts(collection: Collection): readonly Fact[] {
  if (!collection.fields.some((field) => field.personal)) return [];
  return FACTS.filter((fact) => collection.information[fact] === null);
}
