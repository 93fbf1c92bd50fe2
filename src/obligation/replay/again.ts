import type { ChangeResult } from '../../case/change/change.js';
import { heldRequests } from '../../case/hold/release.js';
import { decodeKey } from '../../locate/key-code.js';
import type { ReplayDecisions } from './decisions.js';
import type { FoundAgain } from './judged.js';
import { keptAgain } from './kept.js';
import { carriedOut, type Passing, type Rehearsed, rehearse } from './passes.js';
import { identity, numbersOf, touching, type Unit, unitsOf } from './units.js';

/** What was done about those who are there again. */
export interface Done {
  /** One a reason, as erase answers. */
  readonly passes: readonly ChangeResult[];
  /** Roots that were erased and are there again. */
  readonly hits: number;
  /** People who stay as they are: a decision comes first, or a hold keeps them. */
  readonly waiting: number;
  readonly held: number;
  /** People whose record stayed, of whom it cannot be told whether more is there again. */
  readonly unsure: number;
  /** What stands against the others; names nobody. */
  readonly incomplete: readonly string[];
}

/**
 * First what is asked, then, for whom nothing is asked any more, what is done. `aside`: decisions that are put
 * to nobody, for what is only looked at.
 */
export async function erasedAgain(
  passing: Passing & { readonly aside: ReplayDecisions },
  found: readonly FoundAgain[],
): Promise<Done> {
  const { books, decisions, dryRun } = passing;
  const hits = found.filter(({ what }) => what === 'hit');
  const heldBy = heldRequests(books);
  const isHeld = ({ requests }: Pick<Unit, 'requests'>) =>
    [...requests].some((request) => heldBy.has(request));
  const kept = await keptAgain(
    { ...passing, decisions: passing.aside },
    stayed(found).filter((one) => !isHeld(one)),
  );
  const { accepted, open } = asked(decisions, found, kept.again);
  const units = unitsOf([...withStrays(hits, found), ...accepted]);
  const touched = touching(open);
  const held = units.filter(isHeld);
  const entangled = units.filter((unit) => !isHeld(unit) && touched(unit));
  const free = units.filter((unit) => !isHeld(unit) && !touched(unit));
  const rehearsed: Rehearsed[] = [];
  for (const reason of new Set(free.map((unit) => unit.reason))) {
    rehearsed.push(
      await rehearse(
        passing,
        free.filter((unit) => unit.reason === reason),
      ),
    );
  }
  decisions.check();
  if (!dryRun) decisions.settle();
  const passes: ChangeResult[] = [];
  for (const { ready } of rehearsed) {
    if (ready.length === 0) continue;
    const pass = await carriedOut(passing, ready);
    passes.push(pass);
    if (pass.stopped === 'not-confirmed') break;
  }
  return {
    passes,
    hits: hits.length,
    held: held.length,
    waiting: entangled.length + rehearsed.reduce((sum, { waiting }) => sum + waiting.length, 0),
    incomplete: rehearsed.flatMap(({ errors }) => errors),
    unsure: kept.unsure,
  };
}

/** Puts up whatever nobody can know but a human. */
function asked(
  decisions: ReplayDecisions,
  found: readonly FoundAgain[],
  kept: ReadonlySet<FoundAgain>,
): { readonly accepted: readonly FoundAgain[]; readonly open: readonly FoundAgain[] } {
  const settled = new Set(
    found.flatMap((one) => (one.what === 'rootless' ? [] : one.identifiers.map(identity))),
  );
  const again = new Set(found.flatMap(({ what, people }) => (what === 'hit' ? numbersOf(people) : [])));
  const doubtful = found.filter((one) => {
    if (one.what === 'hit' || (one.what === 'kept' && !kept.has(one))) return false;
    if (one.what !== 'rootless') return true;
    // Whoever bears the identifier decides about the rest, too; and of many records that bear it, one does.
    if (numbersOf(one.people).some((person) => again.has(person))) return false;
    if (one.identifiers.every((each) => settled.has(identity(each)))) return false;
    for (const each of one.identifiers) settled.add(identity(each));
    return true;
  });
  const answers = decisions.ask(
    doubtful.map((one) => {
      const { collection, key } = one;
      const why = whyAsked(one);
      const decision = { kind: 'candidate', collection, key: decodeKey(key), recordKey: key, why } as const;
      return { decision, after: one.last };
    }),
  );
  return {
    accepted: doubtful.filter((_, at) => answers[at] === 'accept'),
    open: doubtful.filter((_, at) => answers[at] === null),
  };
}

function whyAsked({ what, identifiers }: FoundAgain): string {
  const types = [...new Set(identifiers.map(({ type }) => type))].join(' and ');
  if (what === 'kept') {
    return 'an erasure left this record, and what it took beside it is there again: from the backup, or new. Accepted, it is erased again, and the record stays';
  }
  if (what === 'swept') {
    return 'it tells nobody, and has the key of a record that a sweep erased: from the backup, or new. Accepted, it is erased with what belongs to it';
  }
  return what === 'candidate'
    ? `the ${types} of somebody who was erased, in a record that was not theirs then: they came back, or it is somebody else's by now. Accepted, it is erased`
    : `the ${types} of somebody who was erased, in a record that is nobody else's by the map. Accepted, it is erased, and whatever else bears it`;
}

/** Roots that an erasure left, of people of whom nothing else is there again. */
function stayed(found: readonly FoundAgain[]): readonly FoundAgain[] {
  const again = new Set(found.flatMap(({ what, people }) => (what === 'hit' ? numbersOf(people) : [])));
  return found.filter(
    ({ what, people }) => what === 'kept' && !numbersOf(people).some((person) => again.has(person)),
  );
}

/** Of a person who is there again, also what is known of them from records without a root. */
function withStrays(hits: readonly FoundAgain[], found: readonly FoundAgain[]): readonly FoundAgain[] {
  const strays = found.filter(({ what }) => what === 'rootless');
  const first = new Map<number, FoundAgain>();
  for (const hit of hits)
    for (const person of numbersOf(hit.people)) if (!first.has(person)) first.set(person, hit);
  const more = new Map<FoundAgain, Map<string, FoundAgain['identifiers'][number]>>();
  for (const { people, identifiers } of strays) {
    for (const person of numbersOf(people)) {
      const hit = first.get(person);
      if (hit === undefined) continue;
      const known = more.get(hit) ?? new Map();
      for (const one of identifiers) known.set(identity(one), one);
      more.set(hit, known);
    }
  }
  return hits.map((hit) => {
    const known = more.get(hit);
    return known === undefined ? hit : { ...hit, identifiers: [...hit.identifiers, ...known.values()] };
  });
}
