/**
 * Patterns of simple shapes (LIKE, GLOB, regular expressions), as a test and as something texts can be
 * made from. What goes beyond literals, classes, groups, alternatives and quantifiers is not understood.
 */
export interface Pattern {
  /** true, false; null: it depends on whether case counts, which differs by engine and collation. */
  test(text: string): boolean | null;
  readonly sequences: readonly Sequence[];
}

export type Sequence = readonly Piece[];
export type Piece =
  /** One of these characters, the plainest first; `source` is the same as a regular expression. */
  | { readonly kind: 'one'; readonly of: string; readonly source: string }
  | { readonly kind: 'group'; readonly sequences: readonly Sequence[] }
  | { readonly kind: 'repeat'; readonly piece: Piece; readonly least: number; readonly most: number | null }
  | { readonly kind: 'start' | 'end' };

/** Longer texts are not tested: a pattern may take time out of all proportion. */
const LONGEST = 1_000;
const CONSONANTS = 'bcdfghjkmnpqrstv';
const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');

/** `%` and `_`, and the escape character where there is one. */
export function likePattern(like: string, escaping = '\\'): Pattern {
  const pieces: Piece[] = [{ kind: 'start' }];
  const chars = [...like];
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at] ?? '';
    if (char === escaping && at + 1 < chars.length) {
      at += 1;
      pieces.push(literal(chars[at] ?? ''));
    } else if (char === '%') pieces.push({ kind: 'repeat', piece: anyChar(), least: 0, most: null });
    else pieces.push(char === '_' ? anyChar() : literal(char));
  }
  return patternOf([[...pieces, { kind: 'end' }]]);
}

/** SQLite's GLOB: `*`, `?` and classes. */
export function globPattern(glob: string): Pattern | null {
  const regex = glob.replace(/\[[^\]]*\]|[\s\S]/g, (part) => {
    if (part.length > 1) return part;
    return part === '*' ? '.*' : part === '?' ? '.' : escapedChar(part);
  });
  return regexPattern(`^${regex}$`);
}

/** null: not understood. */
export function regexPattern(regex: string): Pattern | null {
  const reader = { regex, at: 0 };
  const sequences = readSequences(reader);
  return sequences === null || reader.at < regex.length ? null : patternOf(sequences);
}

interface Reader {
  readonly regex: string;
  at: number;
}

function readSequences(reader: Reader): readonly Sequence[] | null {
  const sequences: Piece[][] = [[]];
  for (;;) {
    const char = reader.regex[reader.at];
    if (char === undefined || char === ')') return sequences;
    reader.at += 1;
    const sequence = sequences.at(-1) as Piece[];
    if (char === '|') sequences.push([]);
    else if (char === '^') sequence.push({ kind: 'start' });
    else if (char === '$') sequence.push({ kind: 'end' });
    else {
      const piece = readPiece(reader, char);
      const repeated = piece === null ? null : readRepeat(reader, piece);
      if (repeated === null) return null;
      sequence.push(repeated);
    }
  }
}

function readPiece(reader: Reader, char: string): Piece | null {
  const { regex } = reader;
  if (char === '.') return anyChar();
  if ('*+?{'.includes(char)) return null;
  if (char === '[') return readClass(reader);
  if (char === '\\') {
    const escaped = regex[reader.at] ?? '';
    reader.at += 1;
    if (/[dwsDWS]/.test(escaped)) return one(`\\${escaped}`);
    return /[A-Za-z0-9]/.test(escaped) || escaped === '' ? null : literal(escaped);
  }
  if (char !== '(') return literal(char);
  if (regex.startsWith('?', reader.at)) {
    if (!regex.startsWith('?:', reader.at)) return null;
    reader.at += 2;
  }
  const sequences = readSequences(reader);
  if (sequences === null || regex[reader.at] !== ')') return null;
  reader.at += 1;
  return { kind: 'group', sequences };
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: 'a-zA-Z0-9',
  alpha: 'a-zA-Z',
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: '\\s',
  xdigit: '0-9a-fA-F',
  punct: '!-\\/:-@\\[-`{-~',
};

function readClass(reader: Reader): Piece | null {
  // A `]` that comes first is a member.
  const found = /^(\^?)(\]?(?:\[:[a-z]+:\]|\\[\s\S]|[^\]\\])*)\]/.exec(reader.regex.slice(reader.at));
  if (found === null) return null;
  reader.at += found[0].length;
  let known = true;
  const members = (found[2] ?? '').replace(
    /\[:([a-z]+):\]|\\([\s\S])|([[\]^])/g,
    (_all, posix, escaped, bracket) => {
      if (posix !== undefined) {
        known &&= posix in POSIX;
        return POSIX[posix as string] ?? '';
      }
      if (bracket !== undefined) return `\\${bracket}`;
      if (/[dwsDWS]/.test(escaped)) return `\\${escaped}`;
      known &&= !/[A-Za-z0-9]/.test(escaped);
      return escapedChar(escaped);
    },
  );
  return known ? one(`[${found[1]}${members}]`) : null;
}

function readRepeat(reader: Reader, piece: Piece): Piece | null {
  const found = /^(?:[*+?]|\{(\d{1,3})(,?)(\d{0,3})\})\??/.exec(reader.regex.slice(reader.at));
  if (found === null) return piece;
  reader.at += found[0].length;
  const [quantifier, least, comma, most] = found;
  if (/^[*+?{]/.test(reader.regex.slice(reader.at))) return null;
  switch (quantifier[0]) {
    case '*':
      return { kind: 'repeat', piece, least: 0, most: null };
    case '+':
      return { kind: 'repeat', piece, least: 1, most: null };
    case '?':
      return { kind: 'repeat', piece, least: 0, most: 1 };
    default: {
      const from = Number(least);
      const to = comma === '' ? from : most === '' ? null : Number(most);
      return to !== null && to < from ? null : { kind: 'repeat', piece, least: from, most: to };
    }
  }
}

function literal(char: string): Piece {
  return { kind: 'one', of: char, source: escapedChar(char) };
}

function anyChar(): Piece {
  return { kind: 'one', of: CONSONANTS, source: '[\\s\\S]' };
}

/** Consonants where they will do, since they spell no word and no number. */
function one(source: string): Piece | null {
  let inside: RegExp;
  try {
    inside = new RegExp(`^${source}$`);
  } catch {
    return null;
  }
  const of = (chars: string) => [...chars].filter((char) => inside.test(char)).join('');
  const chars = [CONSONANTS, CONSONANTS.toUpperCase(), '0123456789', PRINTABLE]
    .map(of)
    .find((set) => set !== '');
  return chars === undefined ? null : { kind: 'one', of: chars, source };
}

function escapedChar(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
}

function patternOf(sequences: readonly Sequence[]): Pattern {
  const source = sourceOf(sequences);
  const [exact, folded] = [new RegExp(source), new RegExp(source, 'i')];
  return {
    sequences,
    test(text) {
      if (text.length > LONGEST) return null;
      const found = exact.test(text);
      return found === folded.test(text) ? found : null;
    },
  };
}

function sourceOf(sequences: readonly Sequence[]): string {
  return sequences.map((sequence) => sequence.map(pieceSource).join('')).join('|');
}

function pieceSource(piece: Piece): string {
  switch (piece.kind) {
    case 'one':
      return piece.source;
    case 'group':
      return `(?:${sourceOf(piece.sequences)})`;
    case 'repeat':
      return `${pieceSource(piece.piece)}{${piece.least},${piece.most ?? ''}}`;
    case 'start':
      return '^';
    case 'end':
      return '$';
  }
}
