import type { PlanMade } from '../../ledger/entry.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { DataMap } from '../../model/map.js';
import { keyText } from '../../model/value.js';
import type { Plan } from '../../plan/plan.js';

/**
 * What a replay tells a restored backup by (entry.ts): the person's own roots, those that go apart from
 * those that stay, each as a tag. A root left to be removed by hand goes. Nothing of a rectification.
 */
export function erasedRoots(
  ledger: Pick<Ledger, 'recordTag'>,
  map: Pick<DataMap, 'collections'>,
  plan: Pick<Plan, 'header' | 'groups' | 'rows'>,
): Pick<PlanMade, 'roots' | 'kept' | 'reason'> {
  const { action, reason } = plan.header;
  if (action !== 'erase' || reason === null) return {};
  const people = new Set(map.collections.flatMap(({ id, subject }) => (subject === null ? [] : [id])));
  const tagged = (goes: boolean) =>
    plan.groups.flatMap(({ collection, role, action: done }, at) => {
      if (role !== 'own' || !people.has(collection) || GOES[done] !== goes) return [];
      return [...plan.rows(at)].map(({ key }) => ledger.recordTag(collection, keyText(key)));
    });
  return { roots: tagged(true), kept: tagged(false), reason };
}

/** What comes beside a record's own action says nothing of whether it goes. */
const GOES: Readonly<Record<Plan['groups'][number]['action'], boolean | null>> = {
  delete: true,
  mask: true,
  manual: true,
  keep: false,
  clear: false,
  update: false,
  disable: null,
  open: null,
};
