import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import type { MapPath } from './loaded.js';
import type { Problem } from './problem.js';

/** A YAML text as plain values, with the place of each. */
export interface MapDocument {
  /** Objects, arrays and scalars; integers beyond 2^53 are bigints. Undefined where there are problems. */
  readonly plain: unknown;
  readonly problems: readonly Problem[];
  /** `dsr.yaml:12:7` of a value's key, or of the nearest part above that is written. */
  place(path: MapPath): string;
}

/** @param name how the file is called in messages. Never throws: what is wrong stands in `problems`. */
export function readDocument(text: string, name: string): MapDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    intAsBigInt: true,
    merge: true,
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const place = (path: MapPath) => at(offsetOf(document, path));
  const problem = (offset: number, message: string, hint: string | null = null): Problem => ({
    severity: 'error',
    place: at(offset),
    path: '',
    message,
    hint,
  });
  const problems = [...document.errors, ...document.warnings].map((error) =>
    // The parser's own message may quote the line, and the line may hold a password.
    problem(error.pos[0], SYNTAX[error.code] ?? 'this is not valid YAML'),
  );
  if (problems.length > 0) {
    const unquoted = [...text.matchAll(/\$\{/g)].map((match) => match.index + 1);
    const told = document.errors.filter((error) => unquoted.includes(error.pos[0]));
    // What follows such a mistake makes no sense to the parser, nor would it to the reader.
    const first = told.map((error) =>
      problem(error.pos[0], 'inside { } and [ ] a variable stands in quotes', `write "\${NAME}"`),
    );
    return { plain: undefined, problems: first.length > 0 ? first : problems, place };
  }
  const kept = keptName(document);
  if (kept !== undefined) {
    return { plain: undefined, problems: [problem(kept, '__proto__ cannot be a name in the map')], place };
  }
  try {
    return { plain: narrowed(document.toJS({ maxAliasCount: 100 })), problems, place };
  } catch {
    return { plain: undefined, problems: [problem(0, 'its aliases (*name) cannot be followed')], place };
  }
}

const SYNTAX: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias (*name) can have no anchor or tag',
  BAD_ALIAS: 'an alias (*name) needs the name of an anchor (&name)',
  BAD_COLLECTION_TYPE: 'the tag does not fit what it stands on',
  BAD_DIRECTIVE: 'this directive (%) is unknown',
  BAD_DQ_ESCAPE: 'this escape (\\) is not valid in double quotes; single quotes take text as it is',
  BAD_INDENT: 'the indentation is not that of its neighbours',
  BAD_PROP_ORDER: 'an anchor or tag stands in the wrong place',
  BAD_SCALAR_START: 'a plain text cannot start with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a block cannot be a key here; is the indentation or a colon wrong?',
  BLOCK_IN_FLOW: 'an indented block cannot stand inside { } or [ ]',
  DUPLICATE_KEY: 'the same key stands twice in one mapping',
  KEY_OVER_1024_CHARS: 'the key is too long',
  MISSING_CHAR: 'something is missing here: a colon, a comma, a closing quote or bracket, or a blank',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line; is a colon missing?',
  MULTIPLE_ANCHORS: 'a value can have one anchor only',
  MULTIPLE_DOCS: 'the file holds more than one document (---)',
  MULTIPLE_TAGS: 'a value can have one tag only',
  TAB_AS_INDENT: 'tabs cannot indent; use blanks',
  TAG_RESOLVE_FAILED: 'this tag (!) is unknown, or does not fit its value',
  UNEXPECTED_TOKEN: 'this is unexpected here; is a quote, a bracket or the indentation wrong?',
};

/** Where `__proto__` stands as a key, which plain objects would lose without a word. */
function keptName(document: Document): number | undefined {
  let found: number | undefined;
  visit(document, {
    Pair: (_, { key }) => {
      if (!isScalar(key) || key.value !== '__proto__') return undefined;
      found = startOf(key) ?? 0;
      return visit.BREAK;
    },
  });
  return found;
}

/** Integers are read as bigints so that none loses a digit; the safe ones become numbers again. */
function narrowed(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(narrowed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, narrowed(entry)]));
}

function offsetOf(document: Document, path: MapPath): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    const found = stepInto(document, node, step);
    if (found === null) return offset;
    offset = found.offset ?? offset;
    node = found.node;
  }
  return offset;
}

interface Step {
  readonly node: unknown;
  readonly offset: number | undefined;
}

function stepInto(document: Document, from: unknown, step: string | number): Step | null {
  const node = isAlias(from) ? from.resolve(document) : from;
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? null : { node: item, offset: startOf(item) };
  }
  if (!isMap(node)) return null;
  for (const pair of node.items) {
    if (isScalar(pair.key) && String(pair.key.value) === String(step)) {
      return { node: pair.value, offset: startOf(pair.key) };
    }
  }
  for (const pair of node.items) {
    if (!isScalar(pair.key) || pair.key.source !== '<<') continue;
    const merged = isSeq(pair.value) ? pair.value.items : [pair.value];
    for (const part of merged) {
      const found = stepInto(document, isPair(part) ? part.value : part, step);
      if (found !== null) return found;
    }
  }
  return null;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
