import { BEFORE, type Facts, ROLE, VERDICT } from '../survey/facts.js';
import type { Rules } from '../survey/rules.js';
import type { Terrain } from '../survey/terrain.js';
import { causesOf } from './erase-bend.js';
import { FATE } from './erase-fates.js';
import { type Row, type Told, type Turn, tell } from './erase-told.js';
import type { PlanGroup } from './plan.js';
import type { PlanBuilder } from './plan-store.js';

const GOING = `${FATE.delete}, ${FATE.remove}`;
/** What is masked now though it was minimised before, and not by its own verdict, was kept whole till then. */
const LEFT = `case when s.before = ${BEFORE.minimised} and f.fate = ${FATE.mask} and s.verdict <> ${VERDICT.mask} then ${BEFORE.untouched} else s.before end`;
const ROWS = `select s.role, f.fate, f.kept, f.rule, f.because, coalesce(x.cuts, '') as cuts, coalesce(x.names, '') as names,
    coalesce(x.leans, '') as leans, coalesce(x.tells, '') as tells, coalesce(x.bound, '') as bound, coalesce(x.pointed, 0) as pointed, x.held, x.husk, ${LEFT} as left
  from spot s join fate f on f.spot = s.id left join sig x on x.spot = s.id`;
const SAME = `s.place = ? and s.role = ? and f.fate = ? and f.kept = ? and f.rule = ? and f.because is ?
  and coalesce(x.cuts, '') = ? and coalesce(x.names, '') = ? and coalesce(x.leans, '') = ? and coalesce(x.tells, '') = ? and coalesce(x.bound, '') = ? and coalesce(x.pointed, 0) = ? and x.held is ? and x.husk is ? and ${LEFT} = ?`;

export interface GroupInput {
  readonly terrain: Terrain;
  readonly facts: Facts;
  readonly rules: Rules;
  readonly builder: PlanBuilder;
}

/** Adds what becomes of the records that are not deleted, place by place: those whose turn it is. */
export function addStaying({ terrain, facts, rules, builder }: GroupInput, turn: Turn): void {
  const causes = causesOf(facts);
  for (const place of terrain.places) {
    const { collection } = place;
    if (collection === null) continue;
    const rows = facts.all<Row>(
      `select distinct * from (${ROWS} where s.place = ? and s.role <> ${ROLE.other} and f.fate not in (${GOING}))`,
      place.at,
    );
    const alike = new Map<
      string,
      { readonly told: Told; readonly role: PlanGroup['role']; readonly rows: Row[] }
    >();
    for (const row of rows) {
      const { turn: own, ...told } = tell(row, place, collection, terrain, rules, causes);
      if (own !== turn) continue;
      const role = ROLE_NAME[row.role] ?? 'own';
      const text = JSON.stringify([role, told]);
      const group = alike.get(text) ?? { told, role, rows: [] };
      group.rows.push(row);
      alike.set(text, group);
    }
    for (const [, { told, role, rows: same }] of [...alike].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const group = builder.add({ collection: collection.id, source: place.source, role, ...told });
      for (const row of same) {
        const { fate, kept, rule, because, cuts, names, leans, tells, bound, pointed, held } = row;
        const { husk, left } = row;
        builder.rowsFrom(
          group,
          `select s.key from spot s join fate f on f.spot = s.id left join sig x on x.spot = s.id where ${SAME}`,
          ...[place.at, row.role, fate, kept, rule, because, cuts, names, leans, tells, bound, pointed, held],
          ...[husk, left],
        );
      }
    }
  }
}

const ROLE_NAME = ['own', 'shared', 'mention'] as const;
