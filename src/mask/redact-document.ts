import { type JsonNode, type JsonObject, parseJsonText } from '../model/json-tree.js';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * A JSON document with a change made in all its texts: values, names of members, and numbers (which
 * become texts where the change touches them). All else keeps its bytes. null: it is no document.
 */
export function redactedDocument(json: string, change: (text: string) => string): string | null {
  const root = parseJsonText(json);
  if (root === null) return null;
  const edits: Edit[] = [];
  const open: JsonNode[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === 'scalar') edits.push(...scalarEdit(json, node, change));
    else if (node.kind === 'list') for (const item of node.items) open.push(item);
    else {
      edits.push(...nameEdits(json, node, change));
      for (const member of node.members) open.push(member.node);
    }
  }
  let out = '';
  let at = 0;
  for (const edit of edits.sort((a, b) => a.start - b.start)) {
    out += json.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return out + json.slice(at);
}

function scalarEdit(
  json: string,
  { start, end }: JsonNode,
  change: (text: string) => string,
): readonly Edit[] {
  const written = json.slice(start, end);
  if (!/^["\d-]/.test(written)) return [];
  const text = written.startsWith('"') ? (JSON.parse(written) as string) : written;
  const made = change(text);
  return made === text ? [] : [{ start, end, text: JSON.stringify(made) }];
}

/** A name that is blotted out still differs from the others of its object: some databases keep only one. */
function nameEdits(
  json: string,
  { start, members }: JsonObject,
  change: (text: string) => string,
): readonly Edit[] {
  const edits: Edit[] = [];
  const taken = new Set(members.map(({ name }) => name));
  const counts = new Map<string, number>();
  let before = start;
  for (const { name, node } of members) {
    const made = change(name);
    if (made !== name) {
      let unique = made;
      for (let count = counts.get(made) ?? 1; taken.has(unique); unique = `${made} ${count}`) {
        count += 1;
        counts.set(made, count);
      }
      taken.add(unique);
      // After the member before it nothing but blanks and a comma come before its quote.
      const from = json.indexOf('"', before + (before === start ? 1 : 0));
      const to = json.lastIndexOf('"', node.start - 1) + 1;
      edits.push({ start: from, end: to, text: JSON.stringify(unique) });
    }
    before = node.end;
  }
  return edits;
}
