import type { MatchMode } from '../model/map.js';
import type { SpelledType } from './spelling.js';
import { digitsOf, fold, hasContent, tidy, upperCase } from './text.js';

/**
 * Identifiers that are texts without rules of their own: user names, cookie ids and those that the map
 * declares. What counts as the same follows from the match mode: exact: the trimmed text, where another
 * case is near (some systems hold `anna` and `Anna` as two accounts); folded: without case; digits: the
 * digits, as an integer too.
 */
export function textType(name: string, match: MatchMode, category: string | null): SpelledType {
  const canonical = (raw: string): string => {
    const text = tidy(raw);
    if (match === 'exact') return text;
    const digits = digitsOf(text);
    return match === 'folded' || digits === '' ? fold(text) : digits;
  };
  return {
    name,
    strength: 'strong',
    single: false,
    match,
    category,
    normalise(raw) {
      const value = canonical(raw);
      const problem =
        match === 'digits' && digitsOf(value) === '' ? 'it holds no digits, so that nothing can match' : null;
      return { value, content: hasContent(value), problem };
    },
    compare(value, stored) {
      if (stored === value) return 'same';
      const other = canonical(stored);
      if (other === value) return 'same';
      if (match === 'digits') return asInteger(other) === asInteger(value) ? 'same' : 'different';
      return fold(other) === fold(value) ? 'near' : 'different';
    },
    spellings: (value) => [value, fold(value), upperCase(value), `${value} `],
  };
}

function asInteger(text: string): string {
  return /^\d+$/.test(text) ? text.replace(/^0+(?=\d)/, '') : text;
}
