import { type IdentifierTypes, identifierTypes } from '../../identity/identifier-types.js';
import { manyTags, type RawTag, rawTag } from '../../ledger/many-tags.js';
import { type Canonical, canonicalOf } from './canonical.js';
import { type HashingSetup, type HashingTask, SEPARATOR, type TagMatch } from './protocol.js';

/** So many values are remembered to see whether a field repeats itself. */
const REPEATED = 20_000;

/** Which of a task's values the ledger knows as those of somebody who was erased. */
export function tagMatching(setup: HashingSetup): (task: Omit<HashingTask, 'id'>) => readonly TagMatch[] {
  const { settings, country, now } = setup;
  const types = identifierTypes(settings, { country, clock: { now: () => new Date(now) } });
  const sets = tagSets(setup);
  const known = new Map<string, FieldOfType>();
  return ({ type, values }) => {
    const field = known.get(type) ?? fieldOf(types, sets, type);
    known.set(type, field);
    const matches: TagMatch[] = [];
    values.split(SEPARATOR).forEach((raw, at) => {
      for (const match of field(raw)) matches.push({ at, ...match });
    });
    return matches;
  };
}

type FieldOfType = (raw: string) => readonly Omit<TagMatch, 'at'>[];

interface TagSet {
  /** The tag that a value has; -1: none of them. */
  place(value: string): number;
}

const NONE: readonly Omit<TagMatch, 'at'>[] = [];

/** A value that was looked at just now is not hashed again: logs say the same over and over. */
function fieldOf(types: IdentifierTypes, sets: ReadonlyMap<string, TagSet>, type: string): FieldOfType {
  const canonical: Canonical = canonicalOf(types, type);
  const own = sets.get(type);
  let found: Omit<TagMatch, 'at'>[] = [];
  const look = (value: string) => {
    const tag = own?.place(value) ?? -1;
    if (tag >= 0) found.push({ tag, value });
    // Only a person's number is known under two types.
    if (value.length !== 12) return;
    for (const alias of types.alsoKnownAs({ type, value })) {
      const other = sets.get(alias.type)?.place(alias.value) ?? -1;
      if (other >= 0) found.push({ tag: other, value });
    }
  };
  const recent = recently();
  return (raw) => {
    const before = recent.get(raw);
    if (before !== undefined) return before;
    found = [];
    canonical(raw, look);
    const matches = found.length === 0 ? NONE : found;
    recent.add(raw, matches);
    return matches;
  };
}

/** Forgets all once it is full, and gives up where next to nothing came again: keeping them costs, too. */
function recently() {
  const known = new Map<string, readonly Omit<TagMatch, 'at'>[]>();
  let again = 0;
  let worth = true;
  return {
    get(raw: string): readonly Omit<TagMatch, 'at'>[] | undefined {
      if (!worth) return undefined;
      const matches = known.get(raw);
      if (matches !== undefined) again += 1;
      return matches;
    },
    add(raw: string, matches: readonly Omit<TagMatch, 'at'>[]): void {
      if (!worth) return;
      known.set(raw, matches);
      if (known.size < REPEATED) return;
      worth = again > REPEATED / 5;
      again = 0;
      known.clear();
    },
  };
}

/** By identifier type. */
function tagSets({ key, tags }: HashingSetup): ReadonlyMap<string, TagSet> {
  const places = new Map<string, [RawTag, number][]>();
  tags.forEach(({ type, tag }, at) => {
    const of = places.get(type);
    if (of === undefined) places.set(type, [[rawTag(tag), at]]);
    else of.push([rawTag(tag), at]);
  });
  return new Map(
    [...places].map(([type, of]) => {
      const tagged = manyTags(key, type);
      const known = new Map(of);
      return [type, { place: (value) => known.get(tagged(value)) ?? -1 }];
    }),
  );
}
