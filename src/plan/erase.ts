import { decodeKey } from '../locate/key-code.js';
import type { LocatedDecision } from '../locate/located.js';
import type { Scalar } from '../model/value.js';
import type { Scratch } from '../store/scratch.js';
import type { Survey } from '../survey/erasure.js';
import { BEFORE, type Facts, ROLE, VERDICT } from '../survey/facts.js';
import { PLAIN } from '../survey/rules.js';
import type { Place } from '../survey/terrain.js';
import { bend, doubtAll } from './erase-bend.js';
import { coveredRules, FATE, type FateInput, firstFates } from './erase-fates.js';
import { addStaying, type GroupInput } from './erase-groups.js';
import { dateHusks } from './erase-husks.js';
import { putInOrder } from './erase-order.js';
import { refuseOutsiders, refuseTwins, refuseUnseen } from './erase-refusals.js';
import { signRecords } from './erase-signs.js';
import { holdWaiting } from './erase-waiting.js';
import { whyRing } from './erase-whys.js';
import type { FieldChange, Plan, PlanHeader } from './plan.js';
import { makePlan } from './plan-store.js';

export interface ErasurePlanInput {
  /** The survey's: the plan stands in it too, and owns it from here. */
  readonly scratch: Scratch;
  readonly header: PlanHeader;
  /** Whether a source takes changes. */
  readonly isWritable: (source: string) => boolean;
  /** Collections that were not read, by the collection that they may refer to: why its records wait. */
  readonly unread: ReadonlyMap<string, string>;
}

/** A plan, or what a human must decide before there can be one. */
export type Drawn =
  | { readonly plan: Plan; readonly decisions: readonly [] }
  | { readonly plan: null; readonly decisions: readonly LocatedDecision[] };

/**
 * Says of every located record what becomes of it and why (architecture.md, "How a plan is made").
 * Pure: reads the survey alone.
 *
 * @throws DsrError config: rows outside the map point at what would be deleted · internal: a located record
 *   has no action, or more than one; nothing is planned.
 */
export function planErasure(
  survey: Survey,
  { scratch, header, isWritable, unread }: ErasurePlanInput,
): Drawn {
  const { terrain, facts, rules } = survey;
  const fixed = (place: Place): string | null => {
    if (!isWritable(place.source)) return 'its source can only be read';
    if (place.info.unchangeable !== undefined) return place.info.unchangeable;
    return place.collection?.keyKind === 'physical'
      ? 'its table has no key, so its records cannot be changed'
      : null;
  };
  refuseTwins(survey);
  const input: FateInput = { terrain, facts, rules, fixed };
  firstFates(input);
  holdWaiting(terrain, facts, rules, unread);
  const decisions = undecided(survey);
  if (decisions.length > 0) return { plan: null, decisions };
  doubtAll(facts);
  for (;;) {
    bend(facts, rules);
    const ring = putInOrder(facts, terrain);
    if (ring === null) break;
    const rule = rules.number({ ...PLAIN, why: whyRing(ring.edge) });
    for (const spot of ring.spots) {
      facts.run(
        `update fate set fate = case fate when ${FATE.remove} then ${FATE.stay} else ${FATE.mask} end, rule = ? where spot = ?`,
        rule,
        spot,
      );
      facts.run('insert or ignore into doubt (spot) select target from bond where spot = ?', spot);
    }
  }
  refuseOutsiders(survey);
  refuseUnseen(survey);
  signRecords(facts, rules);
  dateHusks(facts, rules);
  const builder = makePlan(scratch);
  const groups: GroupInput = { terrain, facts, rules, builder };
  addDisabled(groups);
  addStaying(groups, 'before');
  addGoing(groups);
  addStaying(groups, 'after');
  addStaying(groups, 'untouched');
  builder.reconcile(survey.person, 'all');
  return { plan: builder.finish(header), decisions: [] };
}

/** Retentions whose date is not known. */
function undecided({ terrain, facts, rules }: Survey): readonly LocatedDecision[] {
  return facts
    .all<{ readonly place: number; readonly key: string; readonly rule: number }>(
      `select place, key, rule from spot where role = ${ROLE.own} and verdict = ${VERDICT.undecided} order by place, key`,
    )
    .flatMap(({ place, key, rule }) => {
      const collection = terrain.places[place]?.collection;
      if (collection === null || collection === undefined || isInherited(facts, place, key)) return [];
      const { why, ground } = rules.at(rule);
      return [
        {
          kind: 'retention' as const,
          collection: collection.id,
          recordKey: key,
          key: decodeKey(key),
          why: `whether it must still be kept (${ground}) cannot be told: ${why}. Accept: its time is over, erase it; reject: keep it without an end`,
        },
      ];
    });
}

/** Its owner is asked about, and decides for it. */
function isInherited(facts: Facts, place: number, key: string): boolean {
  return (
    facts.count(
      'select exists (select 1 from heirs h join spot s on s.id = h.spot where s.place = ? and s.key = ?)',
      place,
      key,
    ) === 1
  );
}

/** The login ends first: of every own record that is covered, also one that is kept. */
function addDisabled({ terrain, facts, rules, builder }: GroupInput): void {
  for (const place of terrain.places) {
    const { collection } = place;
    if (collection?.disable == null) continue;
    const fields = Object.entries(collection.disable).map(([field, to]) => assignment(field, to));
    const covered = coveredRules(place, facts, rules);
    const group = builder.add({
      ...UNTOLD,
      collection: collection.id,
      source: place.source,
      role: 'own',
      action: 'disable',
      fields,
    });
    builder.rowsFrom(
      group,
      `select s.key from spot s join fate f on f.spot = s.id where s.place = ? and s.role = ${ROLE.own} and s.before = ${BEFORE.untouched} and f.fate <> ${FATE.manual}
       and f.rule in (select value from json_each(?))`,
      place.at,
      JSON.stringify(covered),
    );
  }
}

const UNTOLD = { ground: null, law: null, until: null, why: null } as const;

function assignment(field: string, to: Scalar | null): FieldChange {
  return { field, to: to === null ? 'null' : { constant: to } };
}

/** Deletions, turn by turn, with what opens a ring before the ring. */
function addGoing({ terrain, facts, builder }: GroupInput): void {
  const ranks = facts.all<{ readonly rank: number }>('select distinct rank from going order by rank');
  for (const { rank } of ranks) {
    const opened = facts.all<{ readonly edge: number }>(
      'select distinct edge from opened where rank = ? order by edge',
      rank,
    );
    for (const { edge: at } of opened) {
      const edge = terrain.edges[at];
      if (edge?.from.collection == null) continue;
      const group = builder.add({
        ...UNTOLD,
        collection: edge.from.collection.id,
        source: edge.from.source,
        role: 'own',
        action: 'open',
        fields: edge.clears.map((field) => ({ field, to: 'null' })),
        why: 'records that are deleted together refer to each other',
      });
      builder.rowsFrom(
        group,
        'select s.key from opened o join spot s on s.id = o.spot where o.rank = ? and o.edge = ?',
        rank,
        at,
      );
    }
    const turns = facts.all<{ readonly level: number; readonly place: number; readonly role: number }>(
      `select distinct g.level, g.place, s.role from going g join spot s on s.id = g.spot
       where g.rank = ? order by g.level, g.place, s.role`,
      rank,
    );
    for (const { level, place: at, role } of turns) {
      const place = terrain.places[at];
      if (place?.collection == null) continue;
      const group = builder.add({
        ...UNTOLD,
        collection: place.collection.id,
        source: place.source,
        role: role === ROLE.own ? 'own' : 'mention',
        action: 'delete',
        fields: [],
        why: role === ROLE.own ? null : 'the map removes the mention (onErase: delete)',
      });
      builder.rowsFrom(
        group,
        `select s.key from going g join spot s on s.id = g.spot
         where g.rank = ? and g.level = ? and g.place = ? and s.role = ?`,
        ...[rank, level, at, role],
      );
    }
  }
}
