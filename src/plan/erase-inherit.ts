import { type Facts, ROLE, VERDICT } from '../survey/facts.js';
import { PLAIN, type Rules } from '../survey/rules.js';

/**
 * Gives `as-owner` records the verdict, ground and until of the record that owns them; of several the
 * one that keeps longest. Own ones look to this person's own records, and to any that is kept; one that
 * only mentions the person asks just whether its owner is kept. Without an owner, or in a ring of
 * owners, a human must look.
 */
export function inheritVerdicts(facts: Facts, rules: Rules): void {
  facts.run(
    'create table heir (spot integer primary key, verdict int not null, rule int not null, strict int)',
  );
  facts.run('create table heirs (spot integer primary key)');
  facts.run(`insert into heirs (spot) select id from spot where verdict = ${VERDICT['as-owner']}`);
  facts.run('create table ruled (rule integer primary key, strict int not null, bare int not null)');
  for (;;) {
    rankRules(facts, rules);
    facts.run('delete from heir');
    facts.run(
      `insert into heir (spot, verdict, rule, strict)
       select c.id, ${VERDICT.manual}, ?, null from spot c where c.verdict = ${VERDICT['as-owner']} and c.role = ${ROLE.own}
         and not exists (select 1 from (${OWNERS}) o where o.spot = c.id and (o.role = ${ROLE.own} or o.verdict in (${KEEPING}, ${VERDICT['as-owner']})))`,
      rules.number({ ...PLAIN, why: 'the record that owns it is not found, or is not this person’s' }),
    );
    facts.run(
      `insert into heir (spot, verdict, rule, strict)
       select c.id, ${VERDICT.delete}, 0, null from spot c where c.verdict = ${VERDICT['as-owner']} and c.role <> ${ROLE.own}
         and not exists (select 1 from (${OWNERS}) o where o.spot = c.id and o.verdict in (${KEEPING}, ${VERDICT['as-owner']}))`,
    );
    facts.run(`insert into heir (spot, verdict, rule, strict)
      select c.id, o.verdict, r.bare, max(r.strict + ${STRICT}) from spot c join (${OWNERS}) o on o.spot = c.id
      join ruled r on r.rule = o.rule
      where c.verdict = ${VERDICT['as-owner']} and (o.verdict in (${KEEPING}) or (o.role = ${ROLE.own} and c.role = ${ROLE.own}))
        and not exists (select 1 from (${OWNERS}) p where p.spot = c.id and p.verdict = ${VERDICT['as-owner']}
          and (p.role = ${ROLE.own} or c.role <> ${ROLE.own} or p.verdict = ${VERDICT['as-owner']}))
      group by c.id`);
    const settled = facts.run(
      'update spot set verdict = h.verdict, rule = h.rule from heir h where h.spot = spot.id',
    );
    if (settled > 0) continue;
    const rest = facts.run(
      `update spot set verdict = case role when ${ROLE.own} then ${VERDICT.manual} else ${VERDICT.keep} end, rule = ? where verdict = ${VERDICT['as-owner']}`,
      rules.number({ ...PLAIN, why: 'the records that own it own each other' }),
    );
    if (rest === 0) return;
  }
}

const KEEPING = `${VERDICT.keep}, ${VERDICT.undecided}`;

/** Who owns whom, with the owner's verdict. */
const OWNERS = `select b.spot, t.role, t.verdict, t.rule from bond b join way w on w.edge = b.edge and w.relation = 'owned-by' join spot t on t.id = b.target`;

/** Beyond any number of rules, so that verdicts come before dates. */
const STRICT = `case o.verdict when ${VERDICT.undecided} then 5e9 when ${VERDICT.keep} then 4e9 when ${VERDICT.manual} then 3e9 when ${VERDICT.mask} then 2e9 else 1e9 end`;

/** By until, an unknown one last of all; and each rule without the retention, which is its owner's collection's. */
function rankRules(facts: Facts, rules: Rules): void {
  const used = facts.all<{ readonly rule: number }>('select distinct rule from spot').map(({ rule }) => rule);
  const late = (rule: number) => rules.at(rule).until ?? '9999';
  const place = new Map(rules.sorted().map(({ number }, at) => [number, at]));
  const order = used.toSorted((a, b) =>
    late(a) < late(b) ? -1 : late(a) > late(b) ? 1 : (place.get(a) ?? 0) - (place.get(b) ?? 0),
  );
  facts.run('delete from ruled');
  for (const [strict, rule] of order.entries()) {
    const bare = rules.number({ ...rules.at(rule), retention: null });
    facts.run('insert into ruled (rule, strict, bare) values (?, ?, ?)', rule, strict, bare);
  }
}
