import type { Condition } from '../model/map.js';
import type { Scalar } from '../model/value.js';
import { misfit } from './fits.js';
import type { MapPath } from './loaded.js';
import { columnOf, type Placed } from './placed.js';
import type { Reporter } from './reporter.js';
import type { WrittenConditions } from './schema.js';

/** `when`, each value held against its column's type; what is wrong is reported and left out. */
export function resolveConditions(
  placed: Placed,
  when: WrittenConditions | undefined,
  path: MapPath,
  report: Reporter,
): readonly Condition[] {
  return Object.entries(when ?? {}).flatMap(([name, written]) => {
    const here = [...path, name];
    const column = columnOf(placed, name, here, report);
    if (column === null) return [];
    const anyOf: readonly (Scalar | null)[] = Array.isArray(written) ? written : [written];
    for (const value of anyOf) {
      const wrong = value === null ? null : misfit(value, column);
      if (wrong !== null) report.error(here, wrong);
    }
    return [{ field: name, anyOf }];
  });
}

/** `disable` and `restrict`: what is written into the columns. */
export function resolveAssignments(
  placed: Placed,
  values: Readonly<Record<string, Scalar | null>> | undefined,
  path: MapPath,
  report: Reporter,
): Readonly<Record<string, Scalar | null>> | null {
  if (values === undefined) return null;
  for (const [name, value] of Object.entries(values)) {
    const column = columnOf(placed, name, [...path, name], report);
    if (column === null) continue;
    const wrong = column.generated ? `${name} is generated: the database computes it` : misfit(value, column);
    if (wrong !== null) report.error([...path, name], wrong);
  }
  return values;
}
