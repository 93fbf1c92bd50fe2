import { clip, widthOf } from '../printable.js';

/** Two texts, each cut to where they first differ. */
export interface Differing {
  readonly old: string;
  readonly new: string;
  /** Differences beyond what is shown. */
  readonly more: number;
}

/** So much that is alike stands before the difference. */
const BEFORE = 12;

/** Both whole where they fit into `width` columns; else from a little before the first difference. */
export function differing(old: string, wanted: string, width: number): Differing {
  if (widthOf(old) <= width && widthOf(wanted) <= width) return { old, new: wanted, more: 0 };
  const [before, after] = [[...old], [...wanted]];
  let same = 0;
  while (same < before.length && same < after.length && before[same] === after[same]) same += 1;
  const start = same <= BEFORE + 1 ? 0 : same - BEFORE;
  const window = (text: readonly string[]) =>
    clip(`${start > 0 ? '…' : ''}${text.slice(start).join('')}`, width);
  const end = start + width - 2;
  const beyond = (at: number, text: readonly string[]) => at >= end && text.length > end + 1;
  const hidden = differences(old, wanted).filter(
    (hunk, index) => index > 0 && (beyond(hunk.old, before) || beyond(hunk.new, after)),
  );
  return { old: window(before), new: window(after), more: hidden.length };
}

interface Hunk {
  /** Where it begins, in characters. */
  readonly old: number;
  readonly new: number;
}

/** How far apart two texts may run before they are alike again, and how much must be alike, in words. */
const REACH = 64;
const ALIKE = 3;

/** Where they differ, word by word; what does not come together again is one difference. */
function differences(old: string, wanted: string): readonly Hunk[] {
  const [a, b] = [wordsOf(old), wordsOf(wanted)];
  const hunks: Hunk[] = [];
  let [i, j, oldAt, newAt] = [0, 0, 0, 0];
  while (i < a.length || j < b.length) {
    if (a[i] === b[j]) {
      oldAt += lengthOf(a[i]);
      newAt += lengthOf(b[j]);
      i += 1;
      j += 1;
      continue;
    }
    hunks.push({ old: oldAt, new: newAt });
    const [skipOld, skipNew] = skipped(a, b, i, j);
    for (const word of a.slice(i, i + skipOld)) oldAt += lengthOf(word);
    for (const word of b.slice(j, j + skipNew)) newAt += lengthOf(word);
    i += skipOld;
    j += skipNew;
  }
  return hunks;
}

function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}]+|\s+|[^\p{L}\p{N}\s]/gu) ?? [];
}

function lengthOf(word: string | undefined): number {
  return word === undefined ? 0 : [...word].length;
}

/** The fewest words of both to pass over until they are alike again. */
function skipped(
  a: readonly string[],
  b: readonly string[],
  i: number,
  j: number,
): readonly [number, number] {
  for (let both = 1; both <= REACH; both += 1) {
    for (let one = 0; one <= both; one += 1) {
      if (isAlike(a, b, i + one, j + both - one)) return [one, both - one];
    }
  }
  return [a.length - i, b.length - j];
}

function isAlike(a: readonly string[], b: readonly string[], i: number, j: number): boolean {
  if (i > a.length || j > b.length) return false;
  for (let at = 0; at < ALIKE; at += 1) if (a[i + at] !== b[j + at]) return false;
  return true;
}
