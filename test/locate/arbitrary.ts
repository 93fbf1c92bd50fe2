import fc from 'fast-check';
import type { World, WorldCollection, WorldIdentifier, WorldReference } from '../support/world.js';

const EMAILS = ['anna', 'bo', 'eva', 'ek', 'ola', 'siv'].map((name) => `${name}@example.se`);
/** law.md §5: numbers that are nobody's. */
const NUMBERS = ['199006022397', '198501012382', '194408139089'];

const NAMES = ['a.people', 'a.things', 'b.people', 'b.things', 'b.more', 'c.notes'];

/** A small random landscape: who refers to whom, and how, is as random as what the records hold. */
export const anyWorld: fc.Arbitrary<World> = fc
  .subarray(NAMES, { minLength: 2 })
  .chain((names) =>
    fc.tuple(...names.map((name) => anyCollection(name, names).map((each) => [name, each] as const))),
  )
  .map((entries) => Object.fromEntries(entries));

function anyCollection(name: string, names: readonly string[]): fc.Arbitrary<WorldCollection> {
  return fc
    .record({
      subject: fc.oneof(
        { weight: name.endsWith('people') ? 8 : 1, arbitrary: fc.constant(true as const) },
        { weight: 2, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constant([{ field: 'kind', anyOf: ['p'] }]) },
      ),
      references: fc.uniqueArray(anyReference(names), {
        maxLength: 3,
        selector: (each) => each.fields.join(),
      }),
      marks: fc.array(fc.constantFrom('email', 'pnr', 'email2'), { maxLength: 2 }),
      bearing: fc.constantFrom('own', 'of', 'mentions'),
    })
    .chain(({ subject, references, marks, bearing }) => {
      const owned = references.some((reference) => reference.relation === 'owned-by');
      const of = references.find((reference) => reference.relation !== 'none')?.fields[0];
      const identifiers = Object.fromEntries(
        marks.map((field): [string, WorldIdentifier] => {
          const type = field === 'pnr' ? 'personnummer' : 'email';
          if (bearing === 'of' && of !== undefined) return [field, { type, of }];
          // contract.md: in a collection with an owned-by an identifier says whose it is.
          if (bearing === 'mentions' || (owned && subject === undefined))
            return [field, { type, relation: 'mentions' }];
          return [field, { type }];
        }),
      );
      return fc
        .uniqueArray(anyRow(references), { maxLength: 5, selector: (row) => row.id })
        .map((rows): WorldCollection => {
          const base = { identifiers, references, rows };
          return subject === undefined ? base : { ...base, subject };
        });
    });
}

function anyReference(names: readonly string[]): fc.Arbitrary<WorldReference> {
  return fc
    .record({
      field: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
      to: fc.constantFrom(...names),
      relation: fc.constantFrom('owned-by', 'owned-by', 'owns', 'mentions', 'none'),
      when: fc.boolean(),
      code: fc.integer({ min: 0, max: 5 }),
    })
    .map(({ field, to, relation, when, code }) => ({
      fields: [field],
      to,
      relation,
      ...(when && code === 0 ? { when: [{ field: 'kind', anyOf: ['p'] }] } : {}),
      ...(code === 1 ? { on: ['code'] } : {}),
    }));
}

function anyRow(references: readonly WorldReference[]) {
  const key = fc.integer({ min: 0, max: 5 });
  return fc
    .record({
      id: key,
      code: fc.option(key),
      kind: fc.constantFrom('p', 'c'),
      email: fc.option(fc.constantFrom(...EMAILS)),
      email2: fc.option(fc.constantFrom(...EMAILS), { freq: 1 }),
      pnr: fc.option(fc.constantFrom(...NUMBERS), { freq: 1 }),
      r1: fc.option(key),
      r2: fc.option(key),
      r3: fc.option(key),
      r4: fc.option(key),
    })
    .map((row) => {
      const fields = new Set(references.flatMap((reference) => reference.fields));
      return Object.fromEntries(
        Object.entries(row).filter(([name]) => !/^r\d$/.test(name) || fields.has(name)),
      ) as typeof row;
    });
}

/** One to three identifiers that somebody may be asked for by. */
export const anyGiven: fc.Arbitrary<readonly string[]> = fc.uniqueArray(
  fc.oneof(
    fc.constantFrom(...EMAILS).map((value) => `email=${value}`),
    fc.constantFrom(...NUMBERS).map((value) => `personnummer=${value}`),
  ),
  { minLength: 1, maxLength: 3 },
);

export interface AskedFor {
  readonly given: readonly string[];
  readonly records: readonly { readonly collection: string; readonly id: number }[];
}

/** A landscape, and one to three people: known by identifiers, by records of theirs, or both; some records are not there. */
export const anySoughtWorld: fc.Arbitrary<{ readonly world: World; readonly people: readonly AskedFor[] }> =
  anyWorld.chain((world) => {
    const record = fc.record({
      collection: fc.constantFrom(...Object.keys(world)),
      id: fc.integer({ min: 0, max: 6 }),
    });
    const person = fc.record({
      given: fc.oneof(fc.constant([]), anyGiven),
      records: fc.array(record, { minLength: 1, maxLength: 4 }),
    });
    return fc.record({
      world: fc.constant(world),
      people: fc.array(person, { minLength: 1, maxLength: 3 }),
    });
  });
