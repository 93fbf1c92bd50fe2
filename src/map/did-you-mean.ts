import { nearest } from '../model/nearest.js';

/** `did you mean 'a' or 'b'?`; null where nothing is near. */
export function didYouMean(wrong: string, known: Iterable<string>): string | null {
  const names = nearest(wrong, known).map((name) => `'${name}'`);
  return names.length === 0 ? null : `did you mean ${listed(names, 'or')}?`;
}

/** The suggestion, else all there is (the first dozen). */
export function didYouMeanOf(wrong: string, known: Iterable<string>, what: string): string {
  const names = [...known];
  const near = didYouMean(wrong, names);
  if (near !== null) return near;
  if (names.length === 0) return `there are no ${what}`;
  const shown = names.slice(0, 12).join(', ');
  return `${what}: ${shown}${names.length > 12 ? `, and ${names.length - 12} more` : ''}`;
}

/** `a`, `a or b`, `a, b or c`. */
export function listed(names: readonly string[], word: 'or' | 'and'): string {
  const last = names.at(-1);
  if (last === undefined) return '';
  const before = names.slice(0, -1);
  return before.length === 0 ? last : `${before.join(', ')} ${word} ${last}`;
}
