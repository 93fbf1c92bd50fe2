import { type Expression, UNKNOWN } from './expression.js';
import { regexPattern } from './pattern.js';
import { NotUnderstood, type Reader } from './reader.js';
import type { Token } from './tokens.js';

/** What stands on either side of a comparison. */
export function sum(reader: Reader): Expression {
  let left = product(reader);
  for (let by = reader.take('+', '-'); by !== null; by = reader.take('+', '-')) {
    left = { kind: 'arithmetic', by, parts: [left, product(reader)] };
  }
  return left;
}

function product(reader: Reader): Expression {
  let left = postfix(reader);
  for (let by = reader.take('*', '/', '%', 'mod'); by !== null; by = reader.take('*', '/', '%', 'mod')) {
    left = { kind: 'arithmetic', by: by === 'mod' ? '%' : by, parts: [left, postfix(reader)] };
  }
  return left;
}

/** A value, with the casts and collations behind it; what is taken out of a document is not known. */
function postfix(reader: Reader): Expression {
  let part = primary(reader);
  for (;;) {
    if (reader.take('::') !== null) part = { kind: 'cast', to: typeName(reader), part };
    else if (reader.take('collate') !== null) reader.next();
    else if (reader.take('->', '->>') !== null) {
      primary(reader);
      part = UNKNOWN;
    } else return part;
  }
}

function primary(reader: Reader): Expression {
  if (reader.take('(') !== null) {
    const inner = reader.whole();
    reader.expect(')');
    return inner;
  }
  if (reader.take('-') !== null) {
    return { kind: 'arithmetic', by: '-', parts: [{ kind: 'value', value: 0 }, postfix(reader)] };
  }
  if (reader.take('+') !== null) return postfix(reader);
  if (reader.take('case') !== null) return caseOf(reader);
  const token = reader.next();
  if (token.kind === 'sign') throw new NotUnderstood();
  if (token.kind === 'string') return { kind: 'value', value: token.text };
  if (token.kind === 'number') return { kind: 'value', value: numberOf(token.text) };
  return named(reader, token);
}

function named(reader: Reader, token: Token & { readonly kind: 'name' }): Expression {
  const next = reader.peek();
  const called = next?.kind === 'sign' && next.text === '(';
  if (!called && reader.isColumn(token)) return { kind: 'column' };
  if (!called && reader.isKnown(token)) return UNKNOWN;
  if (next?.kind === 'sign' && next.text === '.') {
    reader.next();
    const inner = reader.next();
    if (inner.kind !== 'name') throw new NotUnderstood();
    return named(reader, inner);
  }
  // `DATE '2000-01-01'`
  if (next?.kind === 'string' && /^(?:date|time|timestamp)$/i.test(token.text)) {
    reader.next();
    return { kind: 'value', value: next.text };
  }
  if (!called) return wordOf(token);
  reader.next();
  const name = token.text.toLowerCase();
  if (name === 'cast' || name === 'convert') return castOf(reader);
  if (name === 'trim') reader.take('both', 'leading', 'trailing');
  if (name === 'trim' && reader.take('from') !== null) return call(reader, name, []);
  const parts = reader.take(')') === null ? null : [];
  if (parts !== null) return nowOr(name, parts);
  // `position('@' in email)`
  const first = name === 'position' ? sum(reader) : reader.whole();
  if (name === 'position') {
    reader.expect('in');
    return call(reader, name, [first]);
  }
  if (reader.take(')') !== null) return nowOr(name, [first]);
  reader.expect(',');
  return call(reader, name, [first]);
}

function call(reader: Reader, name: string, before: readonly Expression[]): Expression {
  const parts = [...before];
  do parts.push(reader.whole());
  while (reader.take(',') !== null);
  reader.expect(')');
  return nowOr(name, parts);
}

const NOW = new Set([
  'now',
  'current_date',
  'current_timestamp',
  'localtimestamp',
  'curdate',
  'sysdate',
  'clock_timestamp',
  'statement_timestamp',
  'transaction_timestamp',
]);

function nowOr(name: string, parts: readonly Expression[]): Expression {
  const [first] = parts;
  const sqlite = ['date', 'datetime'].includes(name) && first?.kind === 'value' && first.value === 'now';
  if (NOW.has(name) || (sqlite && parts.length === 1)) return { kind: 'now' };
  if (name === 'isnull' && first !== undefined) return { kind: 'is-null', part: first };
  if (name === 'regexp_like' && parts.length === 2) {
    const pattern = regexPattern(textOf(parts[1] as Expression) ?? '(?');
    return pattern === null || first === undefined
      ? UNKNOWN
      : { kind: 'matches', part: first, pattern, negated: false };
  }
  return { kind: 'call', name, parts };
}

function wordOf(token: Token & { readonly kind: 'name' }): Expression {
  // SQLite takes a name in quotes that is no column for a text.
  if (token.quote === '"') return { kind: 'value', value: token.text };
  if (token.quote !== '') return UNKNOWN;
  switch (token.text.toLowerCase()) {
    case 'null':
      return { kind: 'value', value: null };
    case 'true':
      return { kind: 'value', value: true };
    case 'false':
      return { kind: 'value', value: false };
    default:
      return NOW.has(token.text.toLowerCase()) ? { kind: 'now' } : UNKNOWN;
  }
}

function castOf(reader: Reader): Expression {
  const part = reader.whole();
  if (reader.take('as') === null) throw new NotUnderstood();
  const to = typeName(reader);
  reader.expect(')');
  return { kind: 'cast', to, part };
}

/** `character varying(20)`, `timestamp without time zone`, `text[]`: its words, without sizes. */
function typeName(reader: Reader): string {
  const first = reader.next();
  if (first.kind !== 'name') throw new NotUnderstood();
  const words = [first.text.toLowerCase()];
  if (reader.take('.') !== null) {
    const inner = reader.next();
    words[0] = inner.text.toLowerCase();
  }
  for (let more: string | null = ''; more !== null; ) {
    more = reader.take(
      'varying',
      'precision',
      'without',
      'with',
      'time',
      'zone',
      'unsigned',
      'signed',
      'integer',
    );
    if (more !== null) words.push(more);
    if (reader.take('(') === null) continue;
    while (reader.take(')') === null) reader.next();
    more = '';
  }
  while (reader.take('[') !== null) {
    reader.expect(']');
    words.push('[]');
  }
  return words.join(' ');
}

function caseOf(reader: Reader): Expression {
  const branches: { when: Expression; result: Expression }[] = [];
  const subject = reader.take('when') === null ? reader.whole() : null;
  if (subject !== null) reader.expect('when');
  do {
    const when = reader.whole();
    reader.expect('then');
    const test: Expression = subject === null ? when : { kind: 'compare', by: '=', parts: [subject, when] };
    branches.push({ when: test, result: reader.whole() });
  } while (reader.take('when') !== null);
  const otherwise: Expression =
    reader.take('else') === null ? { kind: 'value', value: null } : reader.whole();
  reader.expect('end');
  return { kind: 'case', branches, otherwise };
}

/** A text that is written out; null: it is none. */
export function textOf(expression: Expression): string | null {
  if (expression.kind === 'cast') return textOf(expression.part);
  return expression.kind === 'value' && typeof expression.value === 'string' ? expression.value : null;
}

/** `('a', 'b')` */
export function listOf(reader: Reader): readonly Expression[] {
  reader.expect('(');
  return upTo(reader, ')');
}

/** `(ARRAY['a'::text, …])::text[]` and `'{a,b}'::text[]`, in any number of brackets. */
export function arrayOf(reader: Reader): readonly Expression[] {
  if (reader.take('(') !== null) {
    const list = arrayOf(reader);
    reader.expect(')');
    return castAway(reader, list);
  }
  if (reader.take('array') !== null) {
    reader.expect('[');
    return castAway(reader, upTo(reader, ']'));
  }
  const literal = reader.next();
  const inner = literal.kind === 'string' ? /^\{([^{}"\\]*)\}$/.exec(literal.text)?.[1] : undefined;
  if (inner === undefined) throw new NotUnderstood();
  return castAway(
    reader,
    inner.split(',').map((value) => ({ kind: 'value', value }) as const),
  );
}

function castAway(reader: Reader, list: readonly Expression[]): readonly Expression[] {
  if (reader.take('::') !== null) typeName(reader);
  return list;
}

function upTo(reader: Reader, end: string): readonly Expression[] {
  const list = [reader.whole()];
  while (reader.take(',') !== null) list.push(reader.whole());
  reader.expect(end);
  return list;
}

function numberOf(text: string): number | bigint {
  const number = Number(text);
  return /^\d+$/.test(text) && !Number.isSafeInteger(number) ? BigInt(text) : number;
}
