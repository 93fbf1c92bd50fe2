import type { Found } from '../connector/contract.js';
import { maskMaker } from '../mask/maker.js';
import { type Overwriting, overwritten } from '../mask/overwrite.js';
import { type MaskTarget, maskTarget } from '../mask/target.js';
import type { Value } from '../model/value.js';
import type { ApplyInput, Look } from './input.js';
import type { ColumnChange, FieldPart, Target } from './target.js';

/** What is written into columns. */
export interface Masking {
  /** Of a column whose new value does not depend on the present one; `shall`: PlanRow.new. */
  fixed(target: Target, column: ColumnChange, shall: readonly Value[]): Value;
  /** `attempt`: another pseudonym than the ones before, which are taken. */
  value(target: Target, column: ColumnChange, stored: Value, shall: readonly Value[], attempt: number): Value;
  /** Counts free text that is redacted, for a human to look at. `fields` are the names of Found.values. */
  look(target: Target, found: Iterable<Found>, fields: readonly string[]): void;
  looks(): readonly Look[];
}

export function makeMasking({ seed, types, person }: Pick<ApplyInput, 'seed' | 'types' | 'person'>): Masking {
  const maker = maskMaker({ seed, types, people: person });
  const looks = new Map<string, Look>();
  const targets = new Map<FieldPart, MaskTarget>();

  const maskTargetOf = ({ collection, info }: Target, part: FieldPart): MaskTarget => {
    const known = targets.get(part) ?? maskTarget(collection, info, part.name);
    targets.set(part, known);
    return known;
  };

  const value: Masking['value'] = (target, { parts }, stored, shall, attempt) => {
    const changes = parts.map(
      (part): Overwriting => ({
        at: part.at,
        make: (present) =>
          part.to === 'new'
            ? (shall[part.value] ?? null)
            : maker.value(maskTargetOf(target, part), part.to, present, attempt),
      }),
    );
    return overwritten(stored, changes);
  };

  return {
    value,
    fixed: (target, column, shall) => value(target, column, null, shall, 0),
    look({ collection, columns }, found, fields) {
      const redacted = columns.flatMap(({ column, parts }) =>
        parts.filter(({ to }) => to === 'redact').map(({ name }) => ({ name, at: fields.indexOf(column) })),
      );
      if (redacted.length === 0) return;
      for (const { values } of found) {
        for (const { name, at } of redacted) {
          if ((values[at] ?? null) === null) continue;
          const id = `${collection.id}.${name}`;
          const records = (looks.get(id)?.records ?? 0) + 1;
          looks.set(id, { collection: collection.id, field: name, records });
        }
      }
    },
    looks: () => [...looks.values()],
  };
}
