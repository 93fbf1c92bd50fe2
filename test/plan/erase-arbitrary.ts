import fc from 'fast-check';
import type { World, WorldCollection, WorldIdentifier, WorldReference } from '../support/world.js';

/** The day on which it is planned; `day` lies before or after what a retention of five years reaches. */
export const TODAY = '2026-11-26';
/** Why; most often because the person asks. */
export const anyReason = fc.constantFrom('request', 'request', 'request', 'consent-withdrawn');
/** Who is erased: the person of the first row. */
export const GIVEN = 'email=p0@example.se';

const NAMES = ['a.people', 'a.things', 'a.notes', 'b.people', 'b.things', 'a.links'] as const;
const ROWS = 6;

/**
 * A random landscape with verdicts, retentions, foreign keys and columns that may not be null, dense
 * enough that most of it hangs together: who refers to whom, and how, is as random as what must stay.
 */
export const anyErasureWorld: fc.Arbitrary<World> = fc
  .subarray([...NAMES], { minLength: 2 })
  .map((names) => [...new Set(['a.people', ...names])])
  .chain((names) =>
    fc.tuple(...names.map((name) => anyCollection(name, names).map((each) => [name, each] as const))),
  )
  .map((entries) => sound(Object.fromEntries(entries)));

function anyCollection(name: string, names: readonly string[]): fc.Arbitrary<WorldCollection> {
  const subject = name.endsWith('people');
  return fc
    .uniqueArray(anyReference(name, names), {
      maxLength: 3,
      minLength: subject ? 0 : 1,
      selector: (each) => each.reference.fields.join(),
    })
    .chain((drawn) => {
      const references = drawn.map(({ reference }) => reference);
      const owned = references.some(({ relation }) => relation === 'owned-by');
      return fc
        .record({
          erase: fc.constantFrom(
            'delete',
            'delete',
            'delete',
            'mask',
            'manual',
            'keep',
            ...(owned ? (['as-owner', 'as-owner'] as const) : []),
          ),
          retained: fc.integer({ min: 0, max: 4 }),
          basis: fc.constantFrom('contract', 'contract', 'contract', 'consent'),
          namedBy: fc.constantFrom(null, null, 'clear', 'delete', 'keep'),
          bearer: fc.option(fc.nat(), { freq: 1 }),
          outside: fc.integer({ min: 0, max: name === 'a.links' ? 4 : 60 }),
          rows: fc.array(anyRow, { minLength: 1, maxLength: ROWS }),
        })
        .map(({ erase, retained, basis, namedBy: wish, bearer, outside, rows }): WorldCollection => {
          // Taken away with its mention, what a record owns would be another's.
          const owning = subject || references.some(({ relation }) => relation === 'owns');
          const namedBy = wish === 'delete' && owning ? 'clear' : wish;
          const bearers = references.filter(
            ({ relation }) => relation === 'owned-by' || relation === 'mentions',
          );
          const of =
            subject || bearer === null ? undefined : bearers[bearer % Math.max(bearers.length, 1)]?.fields[0];
          const identifiers: Record<string, WorldIdentifier> = {};
          if (of !== undefined) identifiers.mail = { type: 'email', of };
          if (subject) identifiers.email = { type: 'email' };
          if (namedBy !== null) identifiers.named = { type: 'email', relation: 'mentions', onErase: namedBy };
          const isRetained = retained === 0 && erase !== 'keep' && erase !== 'as-owner';
          return {
            ...(subject ? { subject: true as const } : {}),
            identifiers: outside === 0 ? {} : identifiers,
            references: references.map((each) =>
              each.onErase === 'delete' && owning ? { ...each, onErase: 'clear' as const } : each,
            ),
            erase:
              erase === 'keep' ? { kind: 'keep', ground: 'legal-claims', law: null, until: null } : erase,
            legalBasis: basis as 'contract' | 'consent',
            notNull: drawn.flatMap(({ reference, notNull }) => (notNull ? reference.fields : [])),
            personal: ['note'],
            ...(isRetained ? { retain: [RETENTION] } : {}),
            ...(outside === 0 && !subject ? { outside: true as const } : {}),
            rows: rows.map((row, id) => ({
              id,
              code: id + 10,
              kind: row.kind,
              day: row.day,
              note: `note ${id}`,
              ...(subject
                ? {
                    email: `p${row.shared === 0 ? 0 : id}${name[0] === 'a' || row.shared < 3 ? '' : 'b'}@example.se`,
                  }
                : {}),
              ...(of === undefined ? {} : { mail: row.mail === null ? null : `m${row.mail}@example.se` }),
              ...(namedBy === null ? {} : { named: row.named === null ? null : `p${row.named}@example.se` }),
              ...Object.fromEntries(
                references.flatMap(({ fields: [field = ''], on }) => {
                  const target = row.targets[Number(field.slice(1))] ?? null;
                  return [[field, target === null ? null : on === undefined ? target : target + 10]];
                }),
              ),
            })),
          };
        });
    });
}

const RETENTION = {
  ground: 'legal-obligation',
  law: null,
  when: [],
  until: { field: 'day', plus: { years: 5 } },
  mask: [],
} as const;

const anyRow = fc.record({
  kind: fc.constantFrom('p', 'p', 'c'),
  day: fc.constantFrom('2019-05-01', '2019-05-02', '2023-05-01', '2024-05-01'),
  shared: fc.integer({ min: 0, max: 40 }),
  named: fc.option(fc.integer({ min: 0, max: 2 })),
  mail: fc.option(fc.integer({ min: 0, max: 2 })),
  // Half of all links lead to the first rows, so that one person's records hang together.
  targets: fc.array(
    fc.option(fc.oneof(fc.constant(0), fc.constant(1), fc.integer({ min: 0, max: ROWS - 1 })), { freq: 6 }),
    { minLength: 4, maxLength: 4 },
  ),
});

function anyReference(name: string, names: readonly string[]) {
  return fc
    .record({
      field: fc.constantFrom('r0', 'r1', 'r2', 'r3'),
      to: fc.constantFrom(...names, 'a.people'),
      relation: fc.constantFrom('owned-by', 'owned-by', 'owned-by', 'owned-by', 'owns', 'mentions', 'none'),
      code: fc.integer({ min: 0, max: 9 }),
      notNull: fc.boolean(),
      constraint: fc.constantFrom(undefined, undefined, 'no-action', 'restrict', 'cascade', 'set-null'),
      deferrable: fc.integer({ min: 0, max: 9 }),
      onErase: fc.constantFrom('clear', 'clear', 'delete', 'keep'),
    })
    .map(({ field, to, relation, code, notNull, constraint, deferrable, onErase }) => {
      const inside = to[0] === name[0] && code > 1;
      const reference: WorldReference = {
        fields: [field],
        to,
        relation: relation as WorldReference['relation'],
        ...(code === 0 ? { when: [{ field: 'kind', anyOf: ['p'] }] } : {}),
        ...(code === 1 ? { on: ['code'] } : {}),
        ...(relation === 'mentions' ? { onErase: onErase as 'clear' } : {}),
        ...(inside && constraint !== undefined ? { constraint: constraint as 'cascade' } : {}),
        ...(inside && constraint !== undefined && deferrable === 0 ? { deferrable: true as const } : {}),
      };
      return { reference, notNull };
    });
}

/** Takes away rows that break a foreign key or a NOT NULL, until none does. */
function sound(world: World): World {
  const rows = new Map(Object.entries(world).map(([id, each]) => [id, new Set(each.rows)]));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [id, each] of Object.entries(world)) {
      for (const row of rows.get(id) ?? []) {
        const broken = (each.references ?? []).some(({ fields: [field = ''], to, constraint }) => {
          const value = row[field] ?? null;
          if (value === null) return (each.notNull ?? []).includes(field);
          return constraint !== undefined && ![...(rows.get(to) ?? [])].some((target) => target.id === value);
        });
        if (broken) changed = rows.get(id)?.delete(row) ?? false;
      }
    }
  }
  // A reference into what the map leaves out can't be resolved.
  const isOutside = (id: string) => world[id]?.outside === true;
  return Object.fromEntries(
    Object.entries(world).map(([id, each]) => {
      const references = (each.references ?? []).filter(({ to }) => isOutside(id) || !isOutside(to));
      return [id, { ...each, rows: [...(rows.get(id) ?? [])], references }];
    }),
  );
}
