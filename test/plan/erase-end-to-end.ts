import fc from 'fast-check';
import { expect } from 'vitest';
import { applyPlan } from '../../src/apply/apply.js';
import type { Reader } from '../../src/connector/contract.js';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import { locate } from '../../src/locate/locate.js';
import type { Located } from '../../src/locate/located.js';
import type { SoughtIdentifier } from '../../src/model/subject.js';
import type { Value } from '../../src/model/value.js';
import type { EraseReason, Plan } from '../../src/plan/plan.js';
import { openScratch } from '../../src/store/scratch.js';
import { verifyPlan } from '../../src/verify/verify.js';
import type { MemoryConnector } from '../support/memory-connector.js';
import { catalogOf, connectorsOf, mapOf, type World } from '../support/world.js';
import { anyErasureWorld, anyReason, GIVEN } from './erase-arbitrary.js';
import { CALL, drawUp, toldPlan } from './erase-properties.js';

type Rows = ReadonlyMap<string, Readonly<Record<string, Value>>>;

/** Erases in random landscapes, on the reference connector, and holds what is there then against the plan. */
export async function erasesWhatIsPlanned(numRuns: number): Promise<void> {
  const tally = { erased: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(
      anyErasureWorld,
      anyReason,
      fc.infiniteStream(fc.nat(9)),
      async (world, reason, dice) => {
        const held = Object.entries(world).flatMap(([collection, { rows }]) =>
          rows.filter(() => dice.next().value === 0).map(({ id }) => `${collection}:${String(id)}`),
        );
        tally[await eraseAndCompare(world, reason, new Set(held))] += 1;
      },
    ),
    { numRuns },
  );
  expect(tally.erased).toBeGreaterThan(numRuns / 2);
}

async function eraseAndCompare(
  world: World,
  reason: EraseReason,
  held: ReadonlySet<string>,
): Promise<'erased' | 'refused'> {
  const connectors = connectorsOf(world);
  const map = mapOf(world);
  const types = identifierTypes();
  const catalogs = new Map([...connectors.keys()].map((name) => [name, catalogOf(world, name)]));
  const before = rowsOf(connectors);
  const given = [types.parse(GIVEN).identifier];

  const search = async (
    readers: ReadonlyMap<string, Reader>,
    identifiers: readonly SoughtIdentifier[],
  ): Promise<Located> =>
    locate({
      map,
      types,
      readers,
      statuses: map.sources.map(({ name }) => ({ source: name, status: 'searched' })),
      people: [{ identifiers, records: [], accepted: [], rejected: [] }],
      scratch: openScratch(null),
      signal: CALL.signal,
    });
  const draw = async (readers: ReadonlyMap<string, Reader>, located: Located): Promise<Plan | null> => {
    const [person] = located.people;
    if (person === undefined) throw new Error('nobody was searched for');
    return drawUp(world, catalogs, readers, person, reason, [], held);
  };
  const snapshots = async () =>
    new Map(
      await Promise.all(
        [...connectors].map(async ([name, each]) => [name, await each.reader(CALL)] as const),
      ),
    );

  const readers = await snapshots();
  const located = await search(readers, given);
  const plan = await draw(readers, located);
  if (plan === null) {
    expect(rowsOf(connectors)).toEqual(before);
    return 'refused';
  }
  const known = (located.people[0]?.identifiers ?? []).filter(({ followed }) => followed);
  const result = await applyPlan({
    plan,
    map,
    catalogs,
    connectors,
    types,
    seed: new Uint8Array(32),
    person: { identifiers: known, names: [] },
    redraw: async (now) => {
      const again = await search(now, given);
      const drawn = await draw(now, again);
      again.close();
      if (drawn === null) throw new Error('refused the second time');
      return drawn;
    },
    onIntent: () => {},
    onReady: () => {},
    onOutcome: () => {},
    ...CALL,
    report: () => {},
    tmp: null,
  });
  expect(result.sources.filter(({ error }) => error !== null).map(({ error }) => error?.message)).toEqual([]);
  expect(result.complete).toBe(true);

  const after = rowsOf(connectors);
  expect(differences(world, plan, before, after)).toEqual([]);
  expect(dangling(world, after).filter((link) => !dangling(world, before).includes(link))).toEqual([]);

  const fresh = await snapshots();
  const found = await search(
    fresh,
    known.map(({ type, value, from }) => ({
      type,
      value,
      ...(from === 'operator' ? {} : { learnt: true as const }),
    })),
  );
  const verified = await verifyPlan({
    plan,
    map,
    catalogs,
    readers: fresh,
    located: found,
    known,
    names: [],
    ...{ earlier: [], later: [], places: null, goneBefore: () => false },
    types,
    signal: CALL.signal,
  });
  expect(verified).toMatchObject({ residual: 0, places: [], missing: [], unread: [] });
  const stays = plan.groups.some(({ action }) => action !== 'delete');
  if (!stays) expect((found.people[0]?.collections ?? []).reduce((sum, { own }) => sum + own, 0)).toBe(0);
  for (const one of [located, found, plan]) one.close();
  return 'erased';
}

function rowsOf(connectors: ReadonlyMap<string, MemoryConnector>): Rows {
  return new Map(
    [...connectors].flatMap(([source, connector]) =>
      Object.entries(connector.dump()).flatMap(([table, rows]) =>
        rows.map((row) => [`${source}.${table}:${String(row.id)}`, row] as const),
      ),
    ),
  );
}

/** Where a record is not what the plan says of it, or one is changed of which the plan says nothing. */
function differences(world: World, plan: Plan, before: Rows, after: Rows): readonly string[] {
  const told = toldPlan(plan, world);
  const wrong: string[] = [];
  for (const [id, row] of before) {
    const what = told.get(id) ?? 'nothing';
    const now = after.get(id);
    const [action, ...cleared] = what.split(' ');
    if ((action === 'delete') !== (now === undefined))
      wrong.push(`${id}: ${what}, and it is ${now === undefined ? 'gone' : 'there'}`);
    if (action === 'delete' || now === undefined) continue;
    const collection = world[id.split(':')[0] ?? ''];
    const masked = action === 'mask' ? [...Object.keys(collection?.identifiers ?? {}), 'note'] : [];
    for (const [column, value] of Object.entries(row)) {
      const changed = JSON.stringify(now[column]) !== JSON.stringify(value);
      const planned = cleared.includes(column) || masked.includes(column);
      if (changed !== (planned && value !== null))
        wrong.push(`${id}.${column}: ${what}, ${changed ? 'changed' : 'unchanged'}`);
      if (cleared.includes(column) && now[column] !== null) wrong.push(`${id}.${column} is not null`);
    }
  }
  for (const id of after.keys()) if (!before.has(id)) wrong.push(`${id} is new`);
  return wrong;
}

/** References that lead nowhere, of the database and of the map alike; of a table outside it only its foreign keys. */
function dangling(world: World, rows: Rows): readonly string[] {
  return [...rows].flatMap(([id, row]) => {
    const [collection = ''] = id.split(':');
    return (world[collection]?.references ?? []).flatMap(
      ({ fields: [field = ''], to, on: [target = 'id'] = ['id'], when, constraint }) => {
        const value = row[field] ?? null;
        const applies = (when ?? []).every((condition) =>
          condition.anyOf.includes(row[condition.field] as string),
        );
        if (value === null || !applies || (world[collection]?.outside === true && constraint === undefined))
          return [];
        const leads = [...rows].some(([other, held]) => other.startsWith(`${to}:`) && held[target] === value);
        return leads ? [] : [`${id}.${field} → ${to}.${target}`];
      },
    );
  });
}
