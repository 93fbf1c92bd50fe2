import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contentsOf } from '../../src/case/extract/contents.js';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import { planErasure } from '../../src/plan/erase.js';
import type { Plan } from '../../src/plan/plan.js';
import { openScratch, type Scratch } from '../../src/store/scratch.js';
import { surveyErasure } from '../../src/survey/erasure.js';
import { catalogOf, connectorsOf, mapOf, searchWorld, type World } from '../support/world.js';
import { anyErasureWorld, anyReason, GIVEN, TODAY } from './erase-arbitrary.js';
import { CALL, drawUp } from './erase-properties.js';
import { HEADER } from './plan-support.js';

/** The person of a world, and the snapshots that an export and an erasure of the same moment read. */
async function moment(world: World) {
  const mapped = Object.fromEntries(Object.entries(world).filter(([, each]) => each.outside === undefined));
  const { located } = await searchWorld(mapped, [[GIVEN]]);
  const [person] = located.people;
  if (person === undefined) throw new Error('nobody was searched for');
  const connectors = connectorsOf(world);
  const readers = new Map(
    await Promise.all([...connectors].map(async ([name, each]) => [name, await each.reader(CALL)] as const)),
  );
  const catalogs = new Map([...connectors.keys()].map((name) => [name, catalogOf(world, name)]));
  return { person, readers, catalogs, close: () => located.close() };
}

/** `own a.people:0`, of what an extract would hold. */
async function exported(
  world: World,
  { person, readers, catalogs }: Awaited<ReturnType<typeof moment>>,
): Promise<readonly string[]> {
  const map = mapOf(world);
  const found = {
    ...{ map, person, readers, catalogs, types: identifierTypes() },
    sources: map.sources.map(({ name }) => ({ source: name, status: 'searched' as const })),
    ...{ gaps: [], decisions: [], warnings: [], settle: () => {}, close: async () => {} },
  };
  const lines: string[] = [];
  for (const { collection, rows, mentions, counts } of contentsOf(found, () => false)) {
    const tally = { own: 0, shared: 0, mention: 0 };
    for (const part of [rows, mentions]) {
      for await (const batch of part()) {
        for (const { role, key } of batch) {
          tally[role] += 1;
          lines.push(`${role} ${collection}:${key.join(',')}`);
        }
      }
    }
    expect(counts).toEqual(tally);
  }
  return lines.sort();
}

function planned({ groups, rows }: Plan): readonly string[] {
  return groups
    .flatMap(({ collection, role, action }, at) =>
      action === 'disable' || action === 'open'
        ? []
        : [...rows(at)].map(({ key }) => `${role} ${collection}:${key.join(',')}`),
    )
    .sort();
}

it('an export and an erasure of the same moment list the same records, role by role', async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(anyErasureWorld, anyReason, async (world, reason) => {
      const now = await moment(world);
      const plan = await drawUp(world, now.catalogs, now.readers, now.person, reason);
      if (plan === null) return;
      compared += 1;
      expect(planned(plan)).toEqual(await exported(world, now));
      plan.close();
      now.close();
    }),
    { numRuns: 120 },
  );
  expect(compared).toBeGreaterThan(60);
});

/** A scratch in which the plan loses a record of one of its groups: the `at`th that gets any. */
function leaking(at: number): { readonly scratch: Scratch; readonly lost: () => number } {
  const scratch = openScratch(null);
  let turn = 0;
  let lost = 0;
  const db = new Proxy(scratch.db, {
    get(real, name) {
      if (name !== 'prepare') {
        const value: unknown = Reflect.get(real, name);
        return typeof value === 'function' ? value.bind(real) : value;
      }
      return (sql: string) => {
        const statement = real.prepare(sql);
        if (!/^insert into plan_row .* select/.test(sql) || turn++ !== at) return statement;
        return {
          run(...bound: readonly unknown[]) {
            const done = statement.run(...bound);
            lost += real
              .prepare(
                'delete from plan_row where (grp, key) = (select grp, max(key) from plan_row where grp = ? and once = 0)',
              )
              .run(bound[0]).changes;
            return done;
          },
        };
      };
    },
  });
  return { scratch: { ...scratch, db }, lost: () => lost };
}

it('an erasure that loses a record on the way is not planned', async () => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(anyErasureWorld, fc.nat({ max: 4 }), async (world, at) => {
      const { person, readers, catalogs, close } = await moment(world);
      if ((await drawUp(world, catalogs, readers, person, 'request')) === null) return;
      const { scratch, lost } = leaking(at);
      const map = mapOf(world);
      const survey = await surveyErasure({
        ...{ map, catalogs, readers, person, scratch, types: identifierTypes(), signal: CALL.signal },
        sources: map.sources.map(({ name }) => ({ source: name, status: 'searched' })),
        judged: { reason: 'request', today: TODAY, timezone: 'Europe/Stockholm', fiscalYearEnd: '12-31' },
        answerTo: () => null,
        held: () => null,
      });
      const draw = () =>
        planErasure(survey, { scratch, header: HEADER, isWritable: () => true, unread: new Map() });
      let thrown: unknown = null;
      try {
        draw();
      } catch (error) {
        thrown = error;
      }
      if (lost() === 0) expect(thrown).toBeNull();
      else
        expect(thrown).toMatchObject({
          kind: 'internal',
          message: expect.stringContaining('1 without an action'),
        });
      refused += lost();
      scratch.close();
      close();
    }),
    { numRuns: 60 },
  );
  expect(refused).toBeGreaterThan(15);
});
