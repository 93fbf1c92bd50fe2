import type { Facts } from '../survey/facts.js';
import type { Rules } from '../survey/rules.js';
import { FATE, LETS_GO } from './erase-fates.js';

/** Everything that goes, to be held against what refers to it. */
export function doubtAll(facts: Facts): void {
  facts.run(
    `insert or ignore into doubt (spot) select spot from fate where fate in (${FATE.delete}, ${FATE.remove})`,
  );
}

/**
 * To a fixpoint: what a staying record refers to and may not let go of is masked instead of deleted, and
 * stays; a mention that would be removed is cleared instead.
 */
export function bend(facts: Facts, rules: Rules): void {
  for (;;) {
    facts.run('delete from bent');
    noteCauses(facts, rules, BLOCKING);
    const bent = facts.run(
      `insert into bent (spot, cause) select spot, cause from (
         select g.spot, c.id as cause, min(c.sort) ${withCause(BLOCKING)} group by g.spot)`,
    );
    facts.run('delete from doubt');
    if (bent === 0) return;
    facts.run(`update fate set because = (select cause from bent x where x.spot = fate.spot),
      fate = case fate when ${FATE.delete} then ${FATE.mask} else ${FATE.stay} end where spot in (select spot from bent)`);
    facts.run(
      'insert or ignore into doubt (spot) select b.target from bent x join bond b on b.spot = x.spot',
    );
  }
}

const BLOCKING = `from doubt d join fate g on g.spot = d.spot and g.fate in (${FATE.delete}, ${FATE.remove})
  join bond b on b.target = g.spot join way w on w.edge = b.edge and w.mapped = 1
  join spot s on s.id = b.spot join fate f on f.spot = s.id and f.fate not in (${FATE.delete}, ${FATE.remove})
  where not (${LETS_GO})`;

/** Numbers what stands against verdicts; `bonds` is a FROM clause over b, w, s, f. */
export function noteCauses(facts: Facts, rules: Rules, bonds: string): void {
  noteRules(facts, rules);
  facts.run(`insert or ignore into cause (edge, role, kept, fate, rule, sort)
    select distinct w.edge, s.role, f.kept, f.fate, f.rule,
      printf('%09d %d %d %d ', w.edge, s.role, f.kept, f.fate) || r.text ${bonds.replace('where', 'join ruling r on r.rule = f.rule where')}`);
}

/** Lets statements read what the rules say. */
export function noteRules(facts: Facts, rules: Rules): void {
  for (const { number, text } of rules.sorted()) {
    facts.run('insert or ignore into ruling (rule, text) values (?, ?)', number, text);
  }
}

/** The same bonds, each with its cause c. */
export function withCause(bonds: string): string {
  return bonds.replace(
    'where',
    'join cause c on c.edge = w.edge and c.role = s.role and c.kept = f.kept and c.fate = f.fate and c.rule = f.rule where',
  );
}

export interface Cause {
  readonly edge: number;
  readonly role: number;
  readonly kept: number;
  readonly fate: number;
  readonly rule: number;
}

export function causesOf(facts: Facts): ReadonlyMap<number, Cause> {
  const causes = facts.all<Cause & { readonly id: number }>(
    'select id, edge, role, kept, fate, rule from cause',
  );
  return new Map(causes.map((cause) => [cause.id, cause]));
}
