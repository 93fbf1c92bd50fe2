import { isDeepStrictEqual } from 'node:util';
import { listed } from './did-you-mean.js';
import type { Placed } from './placed.js';
import type { Reporter } from './reporter.js';
import { fieldsOf } from './target.js';

/**
 * Two collections may stand for one table, where `when` parts their records. They tell its rows apart by
 * the same key; where nothing parts them, each row comes twice, and must not fare differently in the two: an
 * erasure cannot do two things to one row. That it cannot do one thing twice either is for the plan, which
 * knows whose row it is.
 */
export function sharedTableRules(placed: readonly Placed[], report: Reporter): void {
  for (const [index, later] of placed.entries()) {
    const others = placed
      .slice(0, index)
      .filter((one) => one.source === later.source && one.info.id === later.info.id);
    const otherKey = others.find((one) => !isDeepStrictEqual(keyOf(one), keyOf(later)));
    if (otherKey !== undefined) {
      const at = later.entry.key === undefined ? later.path : [...later.path, 'key'];
      report.error(
        at,
        `tells the rows of one table apart by ${keyOf(later).join(', ')}, and ${otherKey.id} by ${keyOf(otherKey).join(', ')}`,
        `the same key in ${later.id} and ${otherKey.id}`,
      );
    }
    for (const earlier of others) if (!areApart(earlier, later)) together(earlier, later, report);
  }
}

function together(earlier: Placed, later: Placed, report: Reporter): void {
  const same = `stands for the same table as ${earlier.id}, and no \`when\` tells their records apart`;
  const differ = differences(earlier, later);
  const hint = 'subject: { is: …, when: { column: value } } in both, with different values';
  if (differ.length > 0) {
    const wrong = `one row would fare in two ways, since they differ in ${listed(differ, 'and')}`;
    report.error(later.path, `${same}: ${wrong}`, hint);
  } else report.warning(later.path, `${same}: who stands in both is not erased`, hint);
}

/** What the two say differently of the fate of a row, by its names in the map. */
function differences(a: Placed, b: Placed): readonly string[] {
  // One without a verdict is not led to: it says nothing of what becomes of a row.
  if (a.entry.erase === undefined || b.entry.erase === undefined) return [];
  const [said, saidToo] = [saidOf(a), saidOf(b)];
  const [masks, others] = [masksOf(a), masksOf(b)];
  return [
    ...WORDS.filter((word) => !isDeepStrictEqual(said[word], saidToo[word])),
    ...[...masks.keys()]
      .filter((name) => others.has(name) && !isDeepStrictEqual(masks.get(name), others.get(name)))
      .map((name) => `mask of ${name}`),
  ];
}

const WORDS = ['erase', 'ground', 'law', 'until', 'retain', 'disable'] as const;

function saidOf({ entry }: Placed): Readonly<Record<(typeof WORDS)[number], unknown>> {
  const { erase, ground, law, until, retain, disable } = entry;
  return { erase, ground, law, until, retain: [retain ?? []].flat(), disable };
}

function masksOf({ entry }: Placed): ReadonlyMap<string, unknown> {
  return new Map(fieldsOf(entry).map(([name, { mask }]) => [name, mask ?? null] as const));
}

function keyOf({ entry, info }: Placed): readonly string[] {
  return entry.key ?? info.key.fields;
}

function areApart(a: Placed, b: Placed): boolean {
  const [first, second] = [whenOf(a), whenOf(b)];
  return Object.keys(first).some((column) => {
    const values = new Set([first[column]].flat().map(String));
    const others = [second[column]].flat().map(String);
    return Object.hasOwn(second, column) && !others.some((value) => values.has(value));
  });
}

function whenOf({ entry: { subject } }: Placed) {
  return typeof subject === 'object' ? (subject.when ?? {}) : {};
}
