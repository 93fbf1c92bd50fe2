/** A piece of a CREATE statement; all of them together are its text. */
export interface Token {
  readonly kind: 'space' | 'comment' | 'string' | 'number' | 'word' | 'quoted' | 'mark';
  readonly text: string;
}

const KINDS =
  /(?<space>\s+)|(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>[xX]?'(?:[^']|'')*')|(?<number>\d[\w.]*)|(?<word>[A-Za-z_\u0080-\u{10ffff}][\w$\u0080-\u{10ffff}]*)|(?<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(?<mark>[\s\S])/gu;

/** As SQLite reads it (https://sqlite.org/lang_keywords.html on quotes). */
export function tokensOf(statement: string): readonly Token[] {
  return [...statement.matchAll(KINDS)].map(({ 0: text, groups = {} }) => {
    const [kind = 'mark'] = Object.entries(groups).find(([, found]) => found !== undefined) ?? [];
    return { kind: kind as Token['kind'], text };
  });
}

/** The name that a word or a quoted word stands for; null: it is no name. */
export function nameIn({ kind, text }: Token): string | null {
  if (kind === 'word') return text;
  if (kind !== 'quoted') return null;
  const inner = text.slice(1, -1);
  const quote = text[0] ?? '';
  return quote === '[' ? inner : inner.replaceAll(quote + quote, quote);
}
