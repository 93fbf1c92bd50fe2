import type { FieldPart, Target } from '../apply/target.js';

import { foundInChunk } from '../connector/by-key.js';
import type { Reader } from '../connector/contract.js';
import { CHUNK } from '../connector/key-set.js';
import { satisfies } from '../locate/field-value.js';
import type { Collection, DataMap, Reference } from '../model/map.js';
import { type Key, scalarOf, type Value } from '../model/value.js';
import type { Plan } from '../plan/plan.js';
import type { Later } from './later.js';
import type { Traces } from './traces.js';

export interface NamedInput {
  readonly plan: Plan;
  readonly map: DataMap;
  readonly traces: Traces;
}

/**
 * How many of somebody else's records, of those that one group leaves to a human, name the person still: by
 * an identifier, or by a reference to a record that the plan knows as theirs. The records themselves stay.
 */
export async function countStillNaming(
  input: NamedInput,
  target: Target,
  reader: Reader,
  later: Later,
): Promise<number> {
  const { collection } = target;
  const parts = identifierParts(collection);
  const references = collection.references.filter(
    ({ relation, fields }) => relation !== 'none' && fields.every(({ path }) => path.length === 0),
  );
  const columns = [
    ...new Set([
      ...parts.map(({ at }) => at.column),
      ...references.flatMap(({ fields }) => fields.map(({ column }) => column)),
      ...references.flatMap(({ when }) => when.map(({ field }) => field)),
    ]),
  ];
  let naming = 0;
  for (const keys of input.plan.keys(target.at).chunks(CHUNK)) {
    for await (const batch of foundInChunk(reader, collection, keys, columns)) {
      for (const found of batch) {
        if (later.judges(collection.id, found.key)) continue;
        const column = (name: string): Value => found.values[columns.indexOf(name)] ?? null;
        const isNamed =
          columns.length === 0 ||
          parts.some((part) => input.traces.names(column(part.at.column), part, target)) ||
          references.some((reference) => leadsToPerson(input, reference, column));
        if (isNamed) naming += 1;
      }
    }
  }
  return naming;
}

function identifierParts({ fields }: Collection): readonly FieldPart[] {
  return fields
    .filter(({ identifier, relation }) => identifier !== null && relation !== 'none')
    .map((field) => ({ name: field.name, at: field.at, field, to: 'keep', value: -1 }));
}

/** By other fields than a key nothing can be told, but that the reference is filled. */
function leadsToPerson(
  { plan, map }: NamedInput,
  { to, fields, on, when }: Reference,
  column: (name: string) => Value,
): boolean {
  const key = map.collections.find(({ id }) => id === to)?.key ?? [];
  const values = fields.map((field) => column(field.column));
  if (values.some((value) => value === null) || !satisfies(when, column)) return false;
  const at = key.map((name) => on.findIndex((each) => each.column === name && each.path.length === 0));
  if (key.length !== on.length || at.includes(-1)) return true;
  return spellings(at.map((index) => values[index] ?? null)).some((target) =>
    plan.groupsOf(to, target).some((group) => plan.groups[group]?.role === 'own'),
  );
}

/** A reference may hold as a text what is a number in the key, or the other way round. */
function spellings(values: readonly Value[]): readonly Key[] {
  const scalars = values.flatMap((value) => scalarOf(value) ?? []);
  if (scalars.length < values.length) return [];
  const texts = scalars.map(String);
  const numbers = texts.map((text) => (/^-?\d+$/.test(text) ? Number(text) : text));
  return [scalars, texts, numbers];
}
