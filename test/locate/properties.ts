import fc from 'fast-check';
import { expect, it } from 'vitest';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import { encodeKey } from '../../src/locate/key-code.js';
import { searchWorld, told } from '../support/world.js';
import { anyGiven, anySoughtWorld, anyWorld } from './arbitrary.js';
import { referenceLocate } from './reference.js';

const types = identifierTypes();
const parse = (given: readonly string[]) => given.map((text) => types.parse(text).identifier);
/** Held on so many random worlds; `npm test` takes a few, `npm run test:long` many. */
export function locateProperties(runs: number): void {
  it('finds for each of several people exactly what the slow reference finds for each alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyWorld,
        fc.array(anyGiven, { minLength: 1, maxLength: 3 }),
        async (world, people) => {
          const { located } = await searchWorld(world, people);
          expect(located.sources.every((source) => source.status === 'searched')).toBe(true);
          people.forEach((given, person) => {
            expect(told(located, world, person)).toEqual(referenceLocate(world, types, parse(given)));
          });
          located.close();
        },
      ),
      { numRuns: runs },
    );
  });

  it('starts from records that are known to be theirs, whoever is asked for beside, as the reference does', async () => {
    await fc.assert(
      fc.asyncProperty(anySoughtWorld, async ({ world, people }) => {
        const { located } = await searchWorld(
          world,
          people.map(({ given }) => given),
          {
            records: people.map(({ records }) =>
              records.map(({ collection, id }) => ({ collection, key: encodeKey([id]) })),
            ),
          },
        );
        people.forEach(({ given, records }, person) => {
          const sought = records.map(({ collection, id }) => `${collection}:${id}`);
          expect(told(located, world, person)).toEqual(
            referenceLocate(world, types, parse(given), undefined, sought),
          );
          for (const collection of Object.keys(world)) {
            for (const { key, via } of located.people[person]?.records(collection, ['own']) ?? []) {
              // The reference says nothing of ways: by a record, unless an identifier led there, too.
              if (sought.includes(`${collection}:${key.join(',')}`) && given.length === 0)
                expect(via[0]).toBe('record');
            }
          }
        });
        located.close();
      }),
      { numRuns: runs },
    );
  });

  it('takes in what the operator accepts, and nothing of what is rejected, as the reference does', async () => {
    await fc.assert(
      fc.asyncProperty(anyWorld, anyGiven, fc.infiniteStream(fc.boolean()), async (world, given, yes) => {
        const asked = await searchWorld(world, [given]);
        const decisions = asked.located.people[0]?.decisions ?? [];
        if (decisions.length === 0) return;
        const answered = decisions.map((decision) => ({ ...decision, accept: yes.next().value === true }));
        const records = (accept: boolean) => answered.filter((each) => each.accept === accept);
        const { located } = await searchWorld(world, [given], {
          accept: records(true).map(({ collection, recordKey }) => ({ collection, key: recordKey })),
          reject: records(false).map(({ collection, recordKey }) => ({ collection, key: recordKey })),
        });
        const id = ({ collection, key }: (typeof answered)[number]) => `${collection}:${key.join(',')}`;
        expect(told(located, world)).toEqual(
          referenceLocate(world, types, parse(given), {
            accept: records(true).map(id),
            reject: records(false).map(id),
          }),
        );
      }),
      { numRuns: Math.ceil(runs / 4) },
    );
  });

  it('comes to the same, whatever the order of collections', async () => {
    await fc.assert(
      fc.asyncProperty(anyWorld, anyGiven, async (world, given) => {
        const one = await searchWorld(world, [given]);
        const other = await searchWorld(world, [given], { collections: (ids) => ids.toReversed() });
        expect(told(other.located, world)).toEqual(told(one.located, world));
      }),
      { numRuns: Math.ceil(runs / 4) },
    );
  });

  it('never takes as own what is proven to be somebody else’s alone', async () => {
    await fc.assert(
      fc.asyncProperty(anyWorld, anyGiven, anyGiven, async (world, given, other) => {
        const { located } = await searchWorld(world, [given, other]);
        const mine = told(located, world, 0);
        const theirs = told(located, world, 1);
        // A record own to both: both reached it by an identifier, or through records that are own to both.
        const roots = (lines: readonly string[]) => lines.filter((line) => line.startsWith('own '));
        const common = roots(mine).filter((line) => theirs.includes(line));
        if (roots(mine).length > 0 && common.length === 0)
          expect(mine.filter((line) => roots(theirs).includes(line))).toEqual([]);
      }),
      { numRuns: Math.ceil(runs / 4) },
    );
  });
}
