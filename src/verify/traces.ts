import { comparable } from '../apply/comparable.js';
import type { FieldPart, Target } from '../apply/target.js';
import { scalarsAt } from '../locate/field-value.js';
import { redactor } from '../mask/redact.js';
import { maskTarget } from '../mask/target.js';
import type { FieldPath } from '../model/catalog.js';
import type { Value } from '../model/value.js';
import type { VerifyInput } from './input.js';

/** Whether a value still has something of the person in it. */
export interface Traces {
  isEmpty(value: Value, at: FieldPath): boolean;
  names(value: Value, part: FieldPart, target: Target): boolean;
}

/**
 * By every identifier that the new search went by, but none that is also somebody else's. An identifier
 * field is judged by its type; any other text as redaction would judge it.
 */
export function tracesOf({
  located,
  names,
  types,
}: Pick<VerifyInput, 'names' | 'types'> & {
  readonly located: Pick<VerifyInput['located'], 'people'>;
}): Traces {
  const known = located.people.flatMap((person) => person.identifiers).filter(({ followed }) => followed);
  const identifiers = [...known, ...known.flatMap((each) => types.alsoKnownAs(each))];
  const redact = redactor({ identifiers, names }, types);
  return {
    isEmpty: (value, at) => scalarsAt(value, at).length === 0 && (at.path.length > 0 || value === null),
    names(value, { name, field, at }, { collection, info }) {
      if (value === null) return false;
      const use = field?.identifier ?? null;
      if (use !== null) {
        return scalarsAt(value, at).some((scalar) =>
          identifiers.some(
            (each) => each.type === use.type && types.judge(use, each.value, String(scalar)) === 'same',
          ),
        );
      }
      const { type } = maskTarget(collection, info, name);
      const texts = at.path.length === 0 ? [value] : scalarsAt(value, at);
      return texts.some((text) => comparable(redact.value(text, type), type) !== comparable(text, type));
    },
  };
}
