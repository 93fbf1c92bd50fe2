import type { IdentifierTypes } from '../identity/identifier-types.js';
import { fold, hasContent, tidy } from '../identity/text.js';
import { satisfies, scalarsAt } from '../locate/field-value.js';
import type { DataMap } from '../model/map.js';
import type { Identifier } from '../model/subject.js';
import type { Scalar } from '../model/value.js';
import { type Reading, type ReadRecord, readLocatedRecords } from './rectify-read.js';
import type { Target } from './rectify-targets.js';

/** The values that are this person's, by what each setting replaces. As many as a person has, so in memory. */
export interface KnownValues {
  /** What `stored` is of the person's, canonical; null: nothing. */
  find(target: Target, stored: Scalar): string | null;
  /** Whether anything is known at all of what such a field may hold. */
  any(target: Target): boolean;
  /** From what stands in such a field. */
  add(target: Target, stored: Scalar): void;
  /** Where such a field may hold it. */
  learn(target: Target, identifier: Identifier): void;
}

/** Values compared without rules of a type. */
const PLAIN = '';

export interface KnownInput extends Reading {
  readonly map: DataMap;
  readonly types: IdentifierTypes;
  readonly targets: readonly Target[];
}

/**
 * Known are the person's identifiers, given and learnt, and what their own roots hold in the fields meant;
 * of identifiers also what other records hold for them (`of` a root). A value that only stands in other
 * own records is not: in an order may stand whom it was shipped to.
 */
export async function knownValues(input: KnownInput): Promise<KnownValues> {
  const { targets, types, person } = input;
  const known = makeKnown(types);
  for (const target of targets) {
    for (const identifier of person.identifiers) known.learn(target, identifier);
  }
  for (const collection of input.map.collections) {
    const telling = targets.filter(
      (target) => target.collection === collection && isTelling(input.map, target),
    );
    if (telling.length === 0) continue;
    const columns = new Set([
      ...telling.map(({ field }) => field.at.column),
      ...(collection.subject?.when ?? []).map(({ field }) => field),
    ]);
    for await (const record of readLocatedRecords(input, collection, ['own'], [...columns])) {
      for (const target of telling) {
        if (!tells(target, record)) continue;
        for (const stored of scalarsAt(record.column(target.field.at.column), target.field.at)) {
          known.add(target, stored);
        }
      }
    }
  }
  return known;
}

function isTelling({ collections }: DataMap, { collection, field, whose }: Target): boolean {
  if (whose === 'person') return collection.subject !== null;
  if (whose === 'another' || field.identifier === null) return false;
  return collections.some(({ id, subject }) => id === whose.to && subject !== null);
}

function tells({ collection, whose }: Target, record: ReadRecord): boolean {
  if (whose === 'person') return satisfies(collection.subject?.when ?? [], record.column);
  return whose !== 'another' && record.leads.includes(whose.id);
}

/** Knows nothing yet. */
export function makeKnown(types: IdentifierTypes): KnownValues {
  const sets = new Map<string, Set<string>>();
  const setOf = (setting: number, type: string) => {
    const name = `${setting} ${type}`;
    const set = sets.get(name) ?? new Set<string>();
    sets.set(name, set);
    return set;
  };
  const learn: KnownValues['learn'] = ({ setting, use }, identifier) => {
    if (use === null) return;
    for (const { type, value } of [identifier, ...types.alsoKnownAs(identifier)]) {
      if (type === use.type) setOf(setting, type).add(value);
    }
  };
  return {
    learn,
    any: ({ setting, use }) => setOf(setting, use?.type ?? PLAIN).size > 0,
    add(target, stored) {
      const { setting, use } = target;
      if (use === null) {
        const text = plainText(stored);
        if (hasContent(text)) setOf(setting, PLAIN).add(text);
        return;
      }
      // A hash tells nothing of what it was made from.
      if (use.encoding !== null) return;
      const { value, content } = types.get(use.type).normalise(String(stored));
      if (!content) return;
      const identifier = { type: use.type, value };
      for (const { type, value: also } of [identifier, ...types.alsoKnownAs(identifier)]) {
        setOf(setting, type).add(also);
      }
    },
    find({ setting, use }, stored) {
      const held = setOf(setting, use?.type ?? PLAIN);
      if (use === null) return held.has(plainText(stored)) ? plainText(stored) : null;
      const text = String(stored);
      if (use.encoding === null) {
        const { value, content } = types.get(use.type).normalise(text);
        if (!content) return null;
        if (held.has(value)) return value;
      }
      return [...held].find((value) => types.judge(use, value, text) === 'same') ?? null;
    },
  };
}

/** Without case and stray space; a time at midnight as the day that it tells. */
function plainText(stored: Scalar): string {
  return fold(tidy(String(stored))).replace(/^(\d{4}-\d\d-\d\d)t00:00:00(?:\.0+)?$/, '$1');
}
