export interface Import {
  readonly kind: 'static' | 'type' | 'dynamic';
  /** null: made at run time. */
  readonly specifier: string | null;
}

/**
 * What a TypeScript module imports, in order. TypeScript 7 has no stable parser to call, and esbuild
 * forgets imports of types, so the text is cut into comments, strings and code, and the code is read.
 * Enough for formatted sources; it knows no regular expression that holds a quote or a comment's start.
 */
export function importsOf(text: string): readonly Import[] {
  const strings: string[] = [];
  const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;
  const code = text.replace(token, (part) => {
    if (part.startsWith('//') || part.startsWith('/*')) return ' ';
    if (part.startsWith('`')) return '`';
    return `#${strings.push(part.slice(1, -1)) - 1}#`;
  });
  const statement =
    /(?<![\w.#$])(?:(import|export)(\s+type\b)?(?:\s+(?:\*(?:\s+as\s+\w+)?|[\w$]+(?:\s*,\s*\{[^}]*\})?|\{[^}]*\}))?\s*(?:from\s*)?#(\d+)#|(?:import|require)\s*\(\s*(?:#(\d+)#\s*,?\s*[){]|(?=[^)\s])))/g;
  return [...code.matchAll(statement)].map(([, word, type, named, called]): Import => {
    if (word === undefined) return { kind: 'dynamic', specifier: stringAt(strings, called) };
    return { kind: type === undefined ? 'static' : 'type', specifier: stringAt(strings, named) };
  });
}

function stringAt(strings: readonly string[], at: string | undefined): string | null {
  return at === undefined ? null : (strings[Number(at)] ?? null);
}
