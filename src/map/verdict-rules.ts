import type { Collection } from '../model/map.js';
import { missingFacts } from './missing-facts.js';
import type { Placed } from './placed.js';
import { reach } from './reach.js';
import type { Reporter } from './reporter.js';

/**
 * What can be judged only with every reference resolved (contract.md §1): a verdict wherever a path
 * leads, a reason where personal data can never be found, and the facts that an extract must state.
 */
export function verdictRules(
  collections: readonly Collection[],
  placed: ReadonlyMap<string, Placed>,
  report: Reporter,
): void {
  const { own, any } = reach(collections);
  for (const collection of collections) {
    const path = placed.get(collection.id)?.path ?? [];
    const personal = collection.fields.some((field) => field.personal);
    if (own.has(collection.id) && collection.erase === null) {
      report.error(
        path,
        'has no verdict, and a search leads here',
        'erase: delete, mask, keep, as-owner or manual',
      );
    }
    if (collection.keyKind === 'physical' && collection.erase !== null && collection.erase.kind !== 'keep') {
      report.warning(
        path,
        'has no key, so its records can be read but not changed: what is found here becomes a task',
        'give the table a primary key, or say key: [the columns that make a record unique]',
      );
    }
    if (collection.unsearchable !== null && any.has(collection.id)) {
      report.warning([...path, 'unsearchable'], 'a search does lead here', 'take it away');
    }
    if (personal && !any.has(collection.id) && collection.unsearchable === null) {
      report.error(
        path,
        'holds personal data, but no identifier and no reference leads here',
        'add one, or say unsearchable: why nobody can be found here',
      );
    }
    const missing = missingFacts(collection);
    if (missing.length > 0) {
      report.warning(
        path,
        `does not say ${missing.join(', ')}: exports will be incomplete (GDPR Art. 15(1))`,
        'write it under information, here or at the source; [] and none are answers',
      );
    }
  }
}
