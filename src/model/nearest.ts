/**
 * The known names nearest to a mistaken one, equally near, at most three. Near: a third of its letters
 * wrong at most, or the same letters in another case. A swap of neighbours counts half, for it is
 * the mistake made most often.
 */
export function nearest(wrong: string, known: Iterable<string>): readonly string[] {
  const limit = Math.max(1, Math.floor(wrong.length / 3));
  const folded = wrong.toLowerCase();
  const found = [...new Set(known)]
    .map((name) => ({ name, distance: distance(folded, name.toLowerCase(), limit) }))
    .filter((entry) => entry.distance <= limit);
  const best = Math.min(...found.map((entry) => entry.distance));
  return found
    .filter((entry) => entry.distance === best)
    .map((entry) => entry.name)
    .sort()
    .slice(0, 3);
}

/** Optimal string alignment distance; anything above `limit` may be told as `limit + 1`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(change, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 0.5);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? limit + 1;
}
