import type { IdentifierTypes } from '../../identity/identifier-types.js';
import { scalarsAt } from '../../locate/field-value.js';
import type { Collection, Field } from '../../model/map.js';
import type { Identifier } from '../../model/subject.js';
import type { Value } from '../../model/value.js';
import type { Plan, PlanGroup } from '../../plan/plan.js';

/** The strong identifiers that rectifications took away and did not set again since, by the map as it is now. */
export function replacedIdentifiers(
  plans: readonly Plan[],
  collections: readonly Collection[],
  types: IdentifierTypes,
): readonly Identifier[] {
  const replaced = new Map<string, Identifier>();
  for (const plan of plans) {
    const now = new Set<string>();
    for (const [at, group] of plan.groups.entries()) {
      const set = identifying(group, collections).filter(({ type }) => types.get(type).strength === 'strong');
      if (set.length === 0) continue;
      for (const row of plan.rows(at)) {
        for (const { field, index, type } of set) {
          const read = (values: readonly Value[]) =>
            scalarsAt(values[index] ?? null, field.at).map((scalar) => ({
              type,
              value: types.get(type).normalise(String(scalar)).value,
            }));
          for (const one of read(row.old)) replaced.set(nameOf(one), one);
          for (const one of read(row.new)) now.add(nameOf(one));
        }
      }
    }
    for (const name of now) replaced.delete(name);
  }
  return [...replaced.values()];
}

interface Identifying {
  readonly field: Field;
  readonly type: string;
  /** Of its column's value in PlanRow.old and PlanRow.new. */
  readonly index: number;
}

/** Columns are written whole, whatever stands at a path in them. */
function identifying(group: PlanGroup, collections: readonly Collection[]): readonly Identifying[] {
  const columns = group.fields.filter(({ to }) => to === 'new').map(({ field }) => field);
  const fields = collections.find(({ id }) => id === group.collection)?.fields ?? [];
  return fields.flatMap((field) => {
    const index = columns.indexOf(field.at.column);
    const { identifier } = field;
    if (index < 0 || identifier === null || identifier.encoding !== null) return [];
    return [{ field, type: identifier.type, index }];
  });
}

function nameOf({ type, value }: Identifier): string {
  return `${type} ${value}`;
}
