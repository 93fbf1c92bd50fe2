import { within } from '../map/categories.js';
import type { Collection } from '../model/map.js';
import type { Slot } from './layout.js';

/**
 * What the controller gave or worked out itself: ids that it assigned, profiles, ways in. What a
 * person's use of a service leaves behind counts as provided (WP 242 rev.01, p. 9–11).
 */
const NOT_PROVIDED = ['user.authorization', 'user.unique_id', 'user.demographic.profile', 'system'];

/** Art. 20(1): automated processing on consent or contract, of data that the person provided. */
export function isPortable(collection: Collection): boolean {
  const { origin, legalBasis } = collection.information;
  return origin === 'subject' && (legalBasis === 'consent' || legalBasis === 'contract');
}

export function isProvided(slot: Slot): boolean {
  const category = slot.field?.category ?? null;
  if (category === null || !slot.personal || slot.references.length > 0) return false;
  return slot.export === 'show' && !NOT_PROVIDED.some((above) => within(category, above));
}
