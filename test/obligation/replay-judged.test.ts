import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Erasure } from '../../src/ledger/erased.js';
import { encodeKey } from '../../src/locate/key-code.js';
import type { DataMap } from '../../src/model/map.js';
import type { RequestId, Tag } from '../../src/model/request.js';
import { keyText } from '../../src/model/value.js';
import { judgedTraces } from '../../src/obligation/replay/judged.js';
import { touching, unitsOf } from '../../src/obligation/replay/units.js';

/** Readable tags: what is tested here is only which of them meet. */
const recordTag = (collection: string, key: string) => `${collection} ${key}` as Tag;
const rootTag = (key: number) => recordTag('crm.customers', keyText([key]));
const TAGS = ['anna', 'bo', 'eva', 'dan'].map((name) => name as Tag);

const erasure = fc.record({
  tags: fc.subarray(TAGS, { minLength: 1 }).map((tags) => new Set(tags)),
  roots: fc.subarray([1, 2, 3]),
  kept: fc.subarray([4, 5]),
  reason: fc.constantFrom('request', 'consent-withdrawn', 'objection', 'retention-ended'),
  person: fc.option(fc.nat(2)),
});
const bearer = fc.record({
  collection: fc.constantFrom('crm.customers', 'crm.logs', 'crm.archive'),
  key: fc.integer({ min: 1, max: 6 }),
  isRoot: fc.boolean(),
  tag: fc.nat(TAGS.length - 1),
});

const map = {
  collections: ['crm.customers', 'crm.logs', 'crm.archive'].map((id) => ({
    id,
    erase: { kind: id === 'crm.archive' ? 'keep' : 'delete' },
  })),
} as unknown as DataMap;

describe('what was found again', () => {
  it('is a hit by identifier and root of one erasure, by neither alone', () => {
    fc.assert(
      fc.property(
        fc.array(erasure, { minLength: 1, maxLength: 4 }),
        fc.uniqueArray(bearer, {
          maxLength: 8,
          selector: ({ collection, key, tag }) => `${collection} ${key} ${tag}`,
        }),
        (drafts, found) => {
          const erasures: readonly Erasure[] = drafts.map(({ roots, kept, reason, ...draft }, at) => ({
            ...draft,
            roots: new Set(roots.map(rootTag)),
            kept: new Set(kept.map(rootTag)),
            reason: reason as Erasure['reason'],
            requests: new Map([[`R-2026-000${at + 1}` as RequestId, 'erase']]),
            last: at + 1,
          }));
          // A record is a root, or it is none: whichever was drawn first.
          const roots = new Map(found.map((one) => [`${one.collection} ${one.key}`, one.isRoot]));
          const bearers = found
            .map(({ collection, key, tag }) => ({
              ...{ collection, key: encodeKey([key]), tag, type: 'email' },
              ...{ value: String(TAGS[tag]), isRoot: roots.get(`${collection} ${key}`) ?? false },
            }))
            .toSorted((one, other) =>
              `${one.collection} ${one.key}` < `${other.collection} ${other.key}` ? -1 : 1,
            );
          const judging = {
            ...{ ledger: { recordTag }, map, isOwed: () => false, isStranger: () => false },
            erased: { erasures, tags: TAGS.map((tag) => ({ type: 'email', tag })), answers: [] },
            reasonOf: (one: Erasure) => one.reason ?? 'request',
          };
          const judged = [...judgedTraces(judging, bearers)];
          const told = new Map(judged.map((one) => [`${one.collection} ${one.key}`, one]));
          for (const { collection, key, isRoot } of bearers) {
            const theirs = bearers.filter((one) => one.collection === collection && one.key === key);
            const known = erasures.filter(({ tags }) =>
              theirs.some(({ tag }) => tags.has(TAGS[tag] ?? ('' as Tag))),
            );
            const place = Number(key.slice(2));
            const by = (of: 'roots' | 'kept') =>
              collection === 'crm.customers' && isRoot && known.some((one) => one[of].has(rootTag(place)));
            const otherwise =
              known.length === 0 || collection === 'crm.archive'
                ? undefined
                : isRoot
                  ? 'candidate'
                  : 'rootless';
            expect(told.get(`${collection} ${key}`)?.what).toBe(
              by('roots') ? 'hit' : by('kept') ? 'kept' : otherwise,
            );
          }
          const hits = judged.filter(({ what }) => what === 'hit');
          const units = unitsOf(hits);
          // Each hit is erased for each of its reasons, once; and waits for whatever names its person.
          expect(units.flatMap(({ seeds }) => seeds)).toHaveLength(
            hits.reduce((sum, { reasons }) => sum + reasons.length, 0),
          );
          for (const hit of hits) {
            const isOf = touching([hit]);
            for (const unit of units)
              if (unit.seeds.some(({ key }) => key === hit.key)) expect(isOf(unit)).toBe(true);
          }
          for (const { reasons } of hits) {
            expect(
              reasons.length > 1 && (reasons.includes('request') || reasons.includes('retention-ended')),
            ).toBe(false);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
