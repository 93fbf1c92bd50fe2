/** One word of a check's SQL, as PostgreSQL, MariaDB, MySQL and SQLite spell them. */
export type Token =
  /** `quote` is empty for a bare word, which has no case. */
  | { readonly kind: 'name'; readonly text: string; readonly quote: '' | '"' | '`' | '[' }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'sign'; readonly text: string };

const SPACE = /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const SIGN =
  /!~~\*|~~\*|!~~|!~\*|<=>|->>|::|!~|~\*|~~|\|\||<=|>=|<>|!=|==|->|&&|[-+*/%=<>~(),[\].;&|^!?@#:]/y;
const QUOTED = { '"': /"((?:[^"]|"")*)"/y, '`': /`((?:[^`]|``)*)`/y, '[': /\[([^\]]*)\]/y } as const;
const PLAIN = /'((?:[^']|'')*)'/y;
const ESCAPED = /'((?:[^'\\]|''|\\[\s\S])*)'/y;
/** MySQL's information_schema escapes the quotes of the texts themselves. */
const OUTER_ESCAPED = /\\'((?:(?!\\')[\s\S])*)\\'/y;
/** What may stand before a text: `E'…'`, `N'…'`, `_utf8mb4'…'`. */
const PREFIX = /(?:[eEnN]|_[a-z0-9]+)(?=\\?')/y;

/** null: it holds a character that stands in no check known here. */
export function tokensOf(sql: string): readonly Token[] | null {
  // Only MariaDB and MySQL print names so, and they take a backslash in a text as an escape.
  const backslash = sql.includes('`');
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(sql);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  while (at < sql.length) {
    if (take(SPACE) !== null) continue;
    const prefix = take(PREFIX)?.[0] ?? '';
    const escaped = /^e$/i.test(prefix) || backslash;
    const text = take(escaped ? ESCAPED : PLAIN) ?? (backslash ? take(OUTER_ESCAPED) : null);
    if (text !== null) {
      const inner = (text[1] ?? '').replaceAll("''", "'");
      tokens.push({ kind: 'string', text: escaped ? unescaped(inner) : inner });
      continue;
    }
    const quote = sql[at] as '"' | '`' | '[';
    // After a word or a value `[` opens a subscript or an ARRAY, at other places it quotes a name.
    const quotes = quote === '[' ? opensName(tokens.at(-1)) : quote === '"' || quote === '`';
    const quoted = quotes ? take(QUOTED[quote]) : null;
    if (quoted !== null) {
      const inner = quoted[1] ?? '';
      tokens.push({
        kind: 'name',
        text: quote === '[' ? inner : inner.replaceAll(quote + quote, quote),
        quote,
      });
      continue;
    }
    const number = take(NUMBER);
    const name = number === null ? take(NAME) : null;
    const sign = number === null && name === null ? take(SIGN) : null;
    if (number !== null) tokens.push({ kind: 'number', text: number[0] });
    else if (name !== null) tokens.push({ kind: 'name', text: name[0], quote: '' });
    else if (sign !== null) tokens.push({ kind: 'sign', text: sign[0] });
    else return null;
  }
  return tokens;
}

function opensName(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === 'sign') return before.text !== ')' && before.text !== ']';
  return (
    before.kind === 'name' && before.quote === '' && /^(?:and|or|not|in|like|between|is)$/i.test(before.text)
  );
}

function unescaped(text: string): string {
  const special: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', 0: '\0', b: '\b' };
  // `\%` and `\_` keep their backslash: they are meant for LIKE.
  return text.replace(/\\([\s\S])/g, (both, char: string) =>
    char === '%' || char === '_' ? both : (special[char] ?? char),
  );
}
