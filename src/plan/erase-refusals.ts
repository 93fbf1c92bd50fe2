import type { ReferenceInfo } from '../model/catalog.js';
import { DsrError } from '../model/error.js';
import type { Survey } from '../survey/erasure.js';
import { type Facts, ROLE } from '../survey/facts.js';
import type { Edge, Place, Terrain } from '../survey/terrain.js';
import { FATE } from './erase-fates.js';

/** One row can have one fate. */
export function refuseTwins({ terrain, facts }: Survey): void {
  const twins = facts.all<{ readonly one: number; readonly other: number }>(
    `select distinct a.place as one, b.place as other from spot a join spot b on b.tbl = a.tbl and b.key = a.key and b.place > a.place
     where a.role <> ${ROLE.other} and b.role <> ${ROLE.other} order by one, other`,
  );
  const [first] = twins;
  if (first === undefined) return;
  const [one, other] = [first.one, first.other].map((at) => terrain.places[at]?.collection?.id ?? '');
  throw new DsrError(
    'config',
    `a row of this person stands in two collections, ${one} and ${other}: it can have one fate only`,
    {
      place: one ?? '',
      hint: 'let `subject: { is, when }` of the two part their rows, or map the table once',
    },
  );
}

export function refuseOutsiders({ terrain, facts }: Survey): void {
  const [first, ...more] = outsiders(terrain, facts);
  if (first === undefined) return;
  const all = [first, ...more].map(({ name }) => name).join(', ');
  throw new DsrError(
    'config',
    `rows outside the map point at records of ${first.to.collection?.id ?? first.to.info.id} that would be deleted: ${all}`,
    {
      place: first.from.info.id,
      hint: `give ${first.from.info.id} a place in the map with this reference (also a table that is nonpersonal), or say erase: mask for ${first.to.collection?.id ?? ''}`,
    },
  );
}

export function refuseUnseen({ terrain, facts }: Survey): void {
  const [first] = unseenEffects(terrain, facts);
  if (first === undefined) return;
  const { from, name, onDelete, why } = first;
  throw new DsrError(
    'config',
    `rows of ${from} that are not shown to this connection may point at what would be deleted, and the database would change them by itself (${name}, on delete ${onDelete})`,
    { place: from, hint: `use a role that sees all its rows: ${why}` },
  );
}

interface UnseenEffect {
  /** The table whose rows may be changed. */
  readonly from: string;
  /** The foreign key. */
  readonly name: string;
  readonly onDelete: ReferenceInfo['onDelete'];
  readonly why: string;
}

/** What the database would do by itself to rows that this connection is not shown. */
function unseenEffects(terrain: Terrain, facts: Facts): readonly UnseenEffect[] {
  const acts = (onDelete: ReferenceInfo['onDelete']) => !['no-action', 'restrict'].includes(onDelete);
  const isLeft = (place: Place) =>
    facts.count(
      `select exists (select 1 from fate f join spot s on s.id = f.spot where s.place = ? and f.fate in (${FATE.delete}, ${FATE.remove}))`,
      place.at,
    ) === 1;
  const hidden = terrain.edges.flatMap(({ constraint, from: { collection, info }, to }) =>
    constraint !== null && acts(constraint.onDelete) && info.hidden !== null && isLeft(to)
      ? [
          {
            from: collection?.id ?? info.id,
            name: constraint.name,
            onDelete: constraint.onDelete,
            why: info.hidden,
          },
        ]
      : [],
  );
  const unasked = terrain.unasked
    .filter(({ onDelete, place }) => acts(onDelete) && isLeft(place))
    .map(({ from, name, onDelete }) => ({ from, name, onDelete, why: 'it may not be read' }));
  return [...hidden, ...unasked];
}

/** Rows outside the map that point at what would be deleted, by the edge they point through. */
function outsiders(terrain: Terrain, facts: Facts): readonly Edge[] {
  return facts
    .all<{ readonly edge: number }>(
      `select distinct w.edge from way w join bond b on b.edge = w.edge join fate g on g.spot = b.target
       and g.fate in (${FATE.delete}, ${FATE.remove}) where w.mapped = 0 order by w.edge`,
    )
    .flatMap(({ edge }) => terrain.edges[edge] ?? []);
}
