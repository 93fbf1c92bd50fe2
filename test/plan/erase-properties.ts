import fc from 'fast-check';
import { expect } from 'vitest';
import type { Reader } from '../../src/connector/contract.js';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import { decodeKey, encodeKey } from '../../src/locate/key-code.js';
import type { LocatedPerson } from '../../src/locate/located.js';
import type { Catalog } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import { heldBy } from '../../src/model/hold.js';
import type { Key } from '../../src/model/value.js';
import { planErasure } from '../../src/plan/erase.js';
import type { EraseReason, Plan } from '../../src/plan/plan.js';
import { openScratch } from '../../src/store/scratch.js';
import { surveyErasure } from '../../src/survey/erasure.js';

import { catalogOf, connectorsOf, mapOf, searchWorld, type World } from '../support/world.js';
import { anyErasureWorld, anyReason, GIVEN, TODAY } from './erase-arbitrary.js';
import { referencePlan } from './erase-reference.js';

export const CALL = { signal: new AbortController().signal, timeoutMs: 60_000 };

export interface PlannedWorld {
  /** null: refused, since rows outside the map point at what would go. */
  readonly plan: Plan | null;
  readonly roles: ReadonlyMap<string, string>;
  readonly known: ReadonlySet<string>;
}

/** Locates one person in a world and plans their erasure. */
export async function planWorld(
  world: World,
  given: readonly string[],
  reason: EraseReason = 'request',
  masked: readonly string[] = [],
  held: ReadonlySet<string> = new Set(),
): Promise<PlannedWorld> {
  const mapped = Object.fromEntries(Object.entries(world).filter(([, each]) => each.outside === undefined));
  const { located } = await searchWorld(mapped, [given]);
  const [person] = located.people;
  if (person === undefined) throw new Error('nobody was searched for');
  const connectors = connectorsOf(world);
  const readers = new Map(
    await Promise.all([...connectors].map(async ([name, each]) => [name, await each.reader(CALL)] as const)),
  );
  const catalogs = new Map([...connectors.keys()].map((name) => [name, catalogOf(world, name)]));
  const roles = new Map(
    Object.keys(mapped).flatMap((collection) =>
      [...person.records(collection, ['own', 'shared', 'mention'])].map(
        ({ key, role }) => [`${collection}:${key.join(',')}`, role] as const,
      ),
    ),
  );
  const known = new Set(
    person.identifiers.filter(({ followed }) => followed).map(({ type, value }) => `${type}=${value}`),
  );
  return { plan: await drawUp(world, catalogs, readers, person, reason, masked, held), roles, known };
}

/** Surveys and plans on what these read; null: refused. */
export async function drawUp(
  world: World,
  catalogs: ReadonlyMap<string, Catalog>,
  readers: ReadonlyMap<string, Reader>,
  person: LocatedPerson,
  reason: EraseReason,
  masked: readonly string[] = [],
  held: ReadonlySet<string> = new Set(),
): Promise<Plan | null> {
  const map = mapOf(world);
  const scratch = openScratch(null);
  const survey = await surveyErasure({
    map,
    catalogs,
    readers,
    person,
    sources: map.sources.map(({ name }) => ({ source: name, status: 'searched' })),
    types: identifierTypes(),
    judged: { reason, today: TODAY, timezone: 'Europe/Stockholm', fiscalYearEnd: '12-31' },
    answerTo: () => null,
    held: (collection, key) =>
      held.has(`${collection}:${decodeKey(key).join(',')}`)
        ? { ground: 'legal-claims', why: 'hold H1' }
        : null,
    husks: masked.map((id) => {
      const [collection = '', key] = id.split(':');
      return { collection, key: encodeKey([Number(key)]) };
    }),
    scratch,
    signal: CALL.signal,
  });
  try {
    return planErasure(survey, { scratch, header: HEADER, isWritable: () => true, unread: new Map() }).plan;
  } catch (error) {
    scratch.close();
    if (error instanceof DsrError && error.kind === 'config') return null;
    throw error;
  }
}

const HEADER = {
  dsr: 'plan',
  version: 1,
  action: 'erase',
  request: null,
  created: '2026-11-26T12:00:00.000Z',
  map: 'sha256:test',
  catalog: 'sha256:test',
  salt: 'salt',
  today: TODAY,
  reason: 'request',
  set: [],
  identifiers: [],
  accepted: [],
  rejected: [],
} as const;

/** `action field…` by record; links and names that are cleared alone, not what a mask does beside. */
export function toldPlan(plan: Plan, world: World): ReadonlyMap<string, string> {
  const told = new Map<string, string>();
  plan.groups.forEach(({ action, collection, fields, role }, at) => {
    if (action === 'open' || action === 'disable') return;
    const links = (world[collection]?.references ?? []).flatMap((reference) => reference.fields);
    const names = Object.keys(world[collection]?.identifiers ?? {});
    const cleared = fields
      .map(({ field }) => field)
      .filter((field) => links.includes(field) || (role !== 'own' && names.includes(field)));
    const text = ['mask', 'clear'].includes(action) ? `${action} ${cleared.sort().join(' ')}`.trim() : action;
    for (const { key } of plan.rows(at)) told.set(`${collection}:${key.join(',')}`, text);
  });
  return told;
}

export async function plansAsTheReference(numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      anyErasureWorld,
      anyReason,
      fc.infiniteStream(fc.nat(3)),
      fc.infiniteStream(fc.nat(9)),
      async (world, reason, dice, holding) => {
        const thrown = (stream: Iterator<number>) =>
          Object.entries(world).flatMap(([collection, { rows }]) =>
            rows.filter(() => stream.next().value === 0).map(({ id }) => `${collection}:${String(id)}`),
          );
        const masked = thrown(dice);
        const held = new Set(thrown(holding));
        const { plan, roles, known } = await planWorld(world, [GIVEN], reason, masked, held);
        const expected = referencePlan(world, roles, known, TODAY, reason, new Set(masked), held);
        if (plan === null) {
          expect(expected.told.get('refused')).toBe('refused');
          return;
        }
        expect(sorted(toldPlan(plan, world))).toEqual(sorted(expected.told));
        expect(sorted(toldHusks(plan))).toEqual(sorted(expected.husks));
        expect(untold(plan, world, reason, held)).toEqual([]);
        expect(inOrder(plan, world)).toEqual([]);
        plan.close();
      },
    ),
    { numRuns },
  );
}

/** Records that are held without the plan saying so, or of which something is written. */
function untold(plan: Plan, world: World, reason: EraseReason, held: ReadonlySet<string>): readonly string[] {
  return plan.groups.flatMap(({ collection, action, ground, why, until, fields }, at) => {
    if (reason === 'consent-withdrawn' && world[collection]?.legalBasis !== 'consent') return [];
    if (action === 'disable' || action === 'open') return [];
    const isTold = ground === 'legal-claims' && heldBy(why) === 'H1' && until === null;
    if (action === 'keep' && isTold && fields.length === 0) return [];
    return [...plan.rows(at)].map(({ key }) => idOf(collection, key)).filter((id) => held.has(id));
  });
}

/** When to look again at what was masked instead of deleted. */
function toldHusks(plan: Plan): ReadonlyMap<string, string | null> {
  return new Map(
    plan.groups.flatMap(({ collection, role, again }, at) =>
      role !== 'own' || again === undefined
        ? []
        : [...plan.rows(at)].map(({ key }) => [`${collection}:${key.join(',')}`, again.until] as const),
    ),
  );
}

function sorted(told: ReadonlyMap<string, string | null>): readonly string[] {
  return [...told].map(([id, what]) => `${id} ${what}`).sort();
}

/** Deletions of a target before a record that still refers to it, where the database would mind. */
export function inOrder(plan: Plan, world: World): readonly string[] {
  const turn = new Map<string, number>();
  const opened = new Map<string, readonly string[]>();
  plan.groups.forEach(({ action, collection, fields }, at) => {
    for (const { key } of plan.rows(at)) {
      const id = idOf(collection, key);
      if (action === 'delete') turn.set(id, at);
      if (action === 'open') opened.set(id, [...(opened.get(id) ?? []), ...fields.map(({ field }) => field)]);
    }
  });
  return Object.entries(world).flatMap(([collection, each]) =>
    each.rows.flatMap((row) =>
      (each.references ?? []).flatMap(({ fields: [field = ''], to, constraint, deferrable }) => {
        const id = `${collection}:${String(row.id)}`;
        const target = `${to}:${String((row as Readonly<Record<string, unknown>>)[field])}`;
        const [child, parent] = [turn.get(id), turn.get(target)];
        if (child === undefined || parent === undefined || id === target || opened.get(id)?.includes(field))
          return [];
        const passes =
          constraint === undefined ||
          constraint === 'cascade' ||
          (constraint === 'set-null' ? !(each.notNull ?? []).includes(field) : deferrable === true);
        return !passes && child > parent ? [`${target} before ${id}`] : [];
      }),
    ),
  );
}

function idOf(collection: string, key: Key): string {
  return `${collection}:${key.join(',')}`;
}
