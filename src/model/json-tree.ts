/**
 * JSON text with the place of every value in it, so that a part can be taken out or blotted out
 * without a number losing a digit (JSON.parse makes a double of each).
 */
export type JsonNode = JsonScalar | JsonList | JsonObject;
interface Span {
  /** Offsets into the text: `text.slice(start, end)` is the value as it was written. */
  readonly start: number;
  readonly end: number;
}
export interface JsonScalar extends Span {
  readonly kind: 'scalar';
}
export interface JsonList extends Span {
  readonly kind: 'list';
  readonly items: readonly JsonNode[];
}
export interface JsonObject extends Span {
  readonly kind: 'object';
  readonly members: readonly { readonly name: string; readonly node: JsonNode }[];
}

interface Open {
  readonly kind: 'list' | 'object';
  readonly start: number;
  readonly items: JsonNode[];
  readonly names: string[];
}

const SPACE = /[\t\n\r ]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/sy;
const LITERAL = /[^\t\n\r ,\]}]+/y;

/** null: the text is not JSON (RFC 8259). Without recursion, so depth costs no stack. */
export function parseJsonText(text: string): JsonNode | null {
  if (!isJson(text)) return null;
  // From here the text is known to be well-formed; what follows only finds the places.
  const stack: Open[] = [];
  let at = skip(text, 0);
  for (;;) {
    const char = text[at];
    let done: JsonNode | null = null;
    if (char === '{' || char === '[') {
      stack.push({ kind: char === '{' ? 'object' : 'list', start: at, items: [], names: [] });
      at = skip(text, at + 1);
    } else if (char === '}' || char === ']') {
      done = close(stack.pop() as Open, at + 1);
      at = skip(text, at + 1);
    } else if (char === ',') {
      at = skip(text, at + 1);
    } else {
      const end = char === '"' ? match(STRING, text, at) : match(LITERAL, text, at);
      const top = stack.at(-1);
      if (top?.kind === 'object' && top.names.length === top.items.length) {
        top.names.push(JSON.parse(text.slice(at, end)) as string);
        at = skip(text, skip(text, end) + 1);
      } else {
        done = { kind: 'scalar', start: at, end };
        at = skip(text, end);
      }
    }
    if (done === null) continue;
    const parent = stack.at(-1);
    if (parent === undefined) return done;
    parent.items.push(done);
  }
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function close(open: Open, end: number): JsonNode {
  if (open.kind === 'list') return { kind: 'list', start: open.start, end, items: open.items };
  const members = open.items.map((node, index) => ({ name: open.names[index] ?? '', node }));
  return { kind: 'object', start: open.start, end, members };
}

function skip(text: string, at: number): number {
  return match(SPACE, text, at);
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.exec(text);
  return pattern.lastIndex;
}

export interface JsonPlace {
  /** The index taken at each `[]` of the path. */
  readonly trail: readonly number[];
  readonly node: JsonNode;
}

/** Every place that a path leads to, in the order of the text; a doubled member name gives both. */
export function jsonPlaces(root: JsonNode, path: readonly string[]): readonly JsonPlace[] {
  let places: readonly JsonPlace[] = [{ trail: [], node: root }];
  for (const step of path) places = places.flatMap((place) => stepInto(place, step));
  return places;
}

function stepInto({ trail, node }: JsonPlace, step: string): readonly JsonPlace[] {
  if (step === '[]') {
    if (node.kind !== 'list') return [];
    return node.items.map((item, index) => ({ trail: [...trail, index], node: item }));
  }
  if (node.kind !== 'object') return [];
  return node.members
    .filter((member) => member.name === step)
    .map((member) => ({ trail, node: member.node }));
}

/** The text with each of the nodes replaced by the string `[redacted]`. */
export function blotOut(text: string, nodes: readonly JsonNode[]): string {
  let out = '';
  let at = 0;
  for (const node of [...nodes].sort((a, b) => a.start - b.start)) {
    if (node.start < at) continue;
    out += `${text.slice(at, node.start)}"[redacted]"`;
    at = node.end;
  }
  return out + text.slice(at);
}
