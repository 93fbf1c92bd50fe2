import { type Facts, ROLE } from '../survey/facts.js';
import { PLAIN, type Rules } from '../survey/rules.js';
import type { Place, Terrain } from '../survey/terrain.js';
import { FATE } from './erase-fates.js';

const WOULD_CHANGE = `f.fate in (${FATE.delete}, ${FATE.mask})`;

/**
 * What records of a source that was not read may refer to waits, as a task: deleted, they would refer to
 * nothing, and either way could be found no more. So does what leads the search there: the records that
 * it belongs to, up to the person's own, and those that hold the identifiers by which that one is known.
 *
 * @param unread why, by the collection that may be referred to.
 */
export function holdWaiting(
  terrain: Terrain,
  facts: Facts,
  rules: Rules,
  unread: ReadonlyMap<string, string>,
): void {
  if (unread.size === 0) return;
  facts.run('create table waiting (spot integer primary key)');
  for (const [collection, why] of unread) {
    const place = terrain.placeOf.get(collection);
    if (place === undefined) continue;
    hold(facts, rules.number({ ...PLAIN, why }), 'f.spot in (select id from spot where place = ?)', place.at);
  }
  const leading = rules.number({
    ...PLAIN,
    why: 'it leads to records that wait for a source to be searched',
  });
  const carrying = JSON.stringify(terrain.places.flatMap(carriers));
  for (;;) {
    const held = hold(
      facts,
      leading,
      `(exists (select 1 from bond b join way w on w.edge = b.edge and w.relation = 'owned-by'
          where b.target = f.spot and b.spot in (select spot from waiting))
        or exists (select 1 from bond b join way w on w.edge = b.edge
          where b.spot = f.spot and b.target in (select spot from waiting)
            and (w.relation = 'owns' or b.edge in (select value from json_each(?)))))`,
      carrying,
    );
    if (held === 0) return;
  }
}

function hold(facts: Facts, rule: number, which: string, ...values: readonly (string | number)[]): number {
  const held = facts.run(
    `insert or ignore into waiting (spot) select f.spot from fate f join spot s on s.id = f.spot and s.role = ${ROLE.own}
     where ${WOULD_CHANGE} and ${which}`,
    ...values,
  );
  facts.run(
    `update fate as f set fate = ${FATE.manual}, kept = 1, rule = ? where ${WOULD_CHANGE} and spot in (select spot from waiting)`,
    rule,
  );
  return held;
}

/** References to whom an identifier beside them names: `email: { identifier: email, of: contact_id }`. */
function carriers({ out, collection }: Place): readonly number[] {
  const named = (collection?.fields ?? []).flatMap(({ identifier, of }) =>
    identifier !== null && of !== null ? [of] : [],
  );
  const columns = new Set(
    (collection?.fields ?? []).flatMap(({ name, at }) => (named.includes(name) ? [at.column] : [])),
  );
  return out.flatMap(({ at, fields }) => (fields.some(({ column }) => columns.has(column)) ? [at] : []));
}
