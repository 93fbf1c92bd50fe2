import fc from 'fast-check';
import { encodeKey } from '../../src/locate/key-code.js';
import type { Value } from '../../src/model/value.js';
import type { Plan, PlanGroup, PlanHeader, PlanRow } from '../../src/plan/plan.js';
import { makePlan } from '../../src/plan/plan-store.js';
import { openScratch } from '../../src/store/scratch.js';

export const HEADER: PlanHeader = {
  dsr: 'plan',
  version: 1,
  action: 'erase',
  request: 'R-2026-0001',
  created: '2026-03-03T09:00:00.000Z',
  map: 'sha256:map',
  catalog: 'sha256:catalog',
  salt: 'salt',
  today: '2026-03-03',
  reason: 'request',
  set: [],
  identifiers: [{ type: 'email', value: 'anna@example.se' }],
  accepted: [{ question: 'whose', collection: 'crm.leads', key: 'p!9' }],
  rejected: [],
};

export interface Drawn {
  readonly header: PlanHeader;
  readonly groups: readonly {
    readonly group: Omit<PlanGroup, 'records'>;
    readonly rows: readonly PlanRow[];
  }[];
}

export function group(facts: Partial<PlanGroup> = {}): Omit<PlanGroup, 'records'> {
  const { records: _, ...rest } = { records: 0, ...facts };
  return {
    collection: 'crm.customers',
    source: 'crm',
    role: 'own',
    action: 'delete',
    fields: [],
    ground: null,
    law: null,
    until: null,
    why: null,
    ...rest,
  };
}

export function row(...key: PlanRow['key']): PlanRow {
  return { key, old: [], new: [] };
}

export function planOf({ header, groups }: Drawn): Plan {
  const builder = makePlan(openScratch(null));
  for (const drawn of groups) {
    const handle = builder.add(drawn.group);
    for (const each of drawn.rows) builder.row(handle, each);
  }
  return builder.finish(header);
}

const text = fc.string({ unit: 'binary', maxLength: 12 });
const scalar = fc.oneof(
  text,
  fc.boolean(),
  fc.integer(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n }),
  fc.bigInt({ min: -(2n ** 70n), max: -(2n ** 53n) }),
);

/** Of every kind that a source may hold. */
export const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.double(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 12 }),
    fc.json({ maxDepth: 2 }).map((json) => ({ json: ` ${json}` })),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
})).value;

const nullable = fc.option(fc.constantFrom('legal-obligation', '2034-01-01', 'is kept by law'), {
  nil: null,
});
const mask = fc.oneof(
  fc.constantFrom('null' as const, 'pseudonym' as const, 'redact' as const, 'keep' as const),
  scalar.map((constant) => ({ constant })),
);

/** A plan with every record in it once; `disable` beside. */
export const anyDrawn: fc.Arbitrary<Drawn> = fc
  .record({
    identifiers: fc.array(fc.record({ type: text, value: text }), { maxLength: 2 }),
    accepted: fc.array(
      fc.record({
        question: fc.constantFrom('whose' as const, 'what' as const),
        collection: text,
        key: text,
      }),
      { maxLength: 3 },
    ),
    width: fc.integer({ min: 1, max: 3 }),
    facts: fc.array(
      fc.record({
        collection: fc.constantFrom('crm.customers', 'crm.orders', 'shop.notes'),
        role: fc.constantFrom('own' as const, 'shared' as const, 'mention' as const),
        action: fc.constantFrom(
          ...(['delete', 'mask', 'clear', 'update', 'keep', 'manual', 'disable', 'open'] as const),
        ),
        ground: nullable,
        law: nullable,
        until: nullable,
        why: nullable,
        again: fc.option(fc.record({ until: nullable, ground: nullable, law: nullable }), { nil: undefined }),
        fields: fc.array(fc.record({ field: text, to: mask }), { maxLength: 2 }),
        news: fc.integer({ min: 0, max: 2 }),
      }),
      { maxLength: 5 },
    ),
  })
  .chain(({ width, facts, identifiers, accepted }) =>
    fc
      .uniqueArray(fc.array(scalar, { minLength: width, maxLength: width }), {
        selector: encodeKey,
        maxLength: 30,
      })
      .chain((keys) =>
        fc
          .array(fc.array(anyValue, { minLength: 4, maxLength: 4 }), {
            minLength: keys.length,
            maxLength: keys.length,
          })
          .map(
            (values): Drawn => ({
              header: { ...HEADER, identifiers, accepted },
              groups: facts.map(({ news, again, ...each }, at) => ({
                group: {
                  ...each,
                  ...(again === undefined ? {} : { again }),
                  source: each.collection.split('.')[0] ?? '',
                  fields: [
                    ...each.fields,
                    ...Array.from({ length: news }, (_none, index) => ({
                      field: `new${index}`,
                      to: 'new' as const,
                    })),
                  ],
                },
                // Dealt out like cards, so that no record is in two groups.
                rows: keys.flatMap((key, index) =>
                  index % facts.length === at
                    ? [
                        {
                          key,
                          old: values[index]?.slice(0, news) ?? [],
                          new: values[index]?.slice(2, 2 + news) ?? [],
                        },
                      ]
                    : [],
                ),
              })),
            }),
          ),
      ),
  );
