import type { RequestId } from '../../model/request.js';
import type { Identifier, SoughtRecord } from '../../model/subject.js';
import type { EraseReason } from '../../plan/plan.js';
import type { FoundAgain } from './judged.js';

/** What is erased again together or not at all: one person's records, for one reason. */
export interface Unit {
  readonly reason: EraseReason;
  readonly seeds: readonly SoughtRecord[];
  /** Found of them, wherever. */
  readonly identifiers: readonly Identifier[];
  /** Under which they were erased before. */
  readonly requests: ReadonlySet<RequestId>;
  readonly people: ReadonlySet<number>;
}

interface Draft {
  readonly reason: EraseReason;
  readonly seeds: SoughtRecord[];
  readonly identifiers: Map<string, Identifier>;
  readonly requests: Set<RequestId>;
  readonly people: Set<number>;
}

/** Roots of one person come together; of those erased in a pass over many each stands for itself. */
export function unitsOf(found: Iterable<FoundAgain>): readonly Unit[] {
  const drafts = new Map<string, Draft>();
  for (const { collection, key, people, reasons, requests, identifiers } of found) {
    const [person] = numbersOf(people);
    for (const reason of reasons) {
      const id = `${reason}\n${person ?? `${collection}\n${key}`}`;
      const draft: Draft = drafts.get(id) ?? {
        ...{ reason, seeds: [], identifiers: new Map() },
        ...{ requests: new Set(), people: new Set() },
      };
      drafts.set(id, draft);
      draft.seeds.push({ collection, key });
      for (const one of identifiers) draft.identifiers.set(identity(one), one);
      for (const request of requests) draft.requests.add(request);
      for (const number of numbersOf(people)) draft.people.add(number);
    }
  }
  return [...drafts.values()].map((draft) => ({ ...draft, identifiers: [...draft.identifiers.values()] }));
}

/** Whether a unit may be entangled with one of these: the same person's, or with an identifier in common. */
export function touching(
  others: readonly Pick<FoundAgain, 'people' | 'identifiers'>[],
): (unit: Unit) => boolean {
  const people = new Set(others.flatMap((one) => numbersOf(one.people)));
  const known = new Set(others.flatMap((one) => one.identifiers.map(identity)));
  return (unit) =>
    [...unit.people].some((person) => people.has(person)) ||
    unit.identifiers.some((one) => known.has(identity(one)));
}

/** As one pass has them. */
export function together(units: readonly Unit[]): Pick<Unit, 'seeds' | 'identifiers' | 'requests'> {
  const identifiers = new Map(
    units.flatMap((unit) => unit.identifiers.map((one) => [identity(one), one] as const)),
  );
  return {
    seeds: units.flatMap(({ seeds }) => seeds),
    identifiers: [...identifiers.values()],
    requests: new Set(units.flatMap(({ requests }) => [...requests])),
  };
}

export function numbersOf(people: ReadonlySet<number | null>): readonly number[] {
  return [...people].flatMap((person) => person ?? []);
}

export function identity({ type, value }: Identifier): string {
  return `${type}\n${value}`;
}
