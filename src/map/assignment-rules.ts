import type { Collection, Condition } from '../model/map.js';
import type { Placed } from './placed.js';
import type { Reporter } from './reporter.js';

/**
 * `disable` and `restrict` must not set a column by which records are told apart: once set, a person
 * would no longer be found, kept or followed as the plan says. Holds for every collection over the table.
 */
export function assignmentRules(
  collections: readonly Collection[],
  placed: ReadonlyMap<string, Placed>,
  report: Reporter,
): void {
  for (const collection of collections) {
    const path = placed.get(collection.id)?.path ?? [];
    const over = collections.filter(
      ({ source, table }) => source === collection.source && table === collection.table,
    );
    for (const word of ['disable', 'restrict'] as const) {
      for (const column of Object.keys(collection[word] ?? {})) {
        const deciding = over.flatMap((one) => decidersOf(one));
        const [decider] = deciding.filter(({ when }) => when.some(({ field }) => field === column));
        if (decider === undefined) continue;
        report.error(
          [...path, word, column],
          `sets ${column}, and ${decider.name} depends on it`,
          'set another column, or decide by another one there',
        );
      }
    }
  }
}

interface Decider {
  readonly name: string;
  readonly when: readonly Condition[];
}

function decidersOf({ id, subject, retain, references }: Collection): readonly Decider[] {
  return [
    ...(subject === null ? [] : [{ name: `subject.when of ${id}`, when: subject.when }]),
    ...retain.map(({ when }) => ({ name: `retain.when of ${id}`, when })),
    ...references.map(({ to, when }) => ({ name: `the reference of ${id} to ${to}`, when })),
  ];
}
