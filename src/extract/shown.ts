import { blotOut, type JsonNode, jsonPlaces, parseJsonText } from '../model/json-tree.js';
import { isJsonText, type Value } from '../model/value.js';
import type { ExtractInput, ExtractRow } from './input.js';
import type { Layout, Slot } from './layout.js';

/**
 * What one record shows. Of every slot exactly one of these holds: its value is in `cells`, it is
 * named in `stated` or `redacted`, the map omits it, or it holds nothing.
 */
export interface Shown {
  /** One per slot; undefined: not shown. */
  readonly cells: readonly (Value | undefined)[];
  /** Another person's, so left out (Art. 15(4)); or, of a place inside a shown column, blotted out. */
  readonly redacted: readonly string[];
  /** Stored, and only said to be. */
  readonly stated: readonly string[];
}

type IsTheirs = ExtractInput['isTheirs'];

interface Place {
  readonly trail: readonly number[];
  readonly value: Value;
  /** Where the place is inside a JSON text. */
  readonly node: JsonNode | null;
}

/**
 * Decides, field by field, what of a record this person may see. Pure.
 *
 * Own and shared records: all that the map shows, except what names someone else: a `mentions`
 * field, a reference that does not lead to this person, and what is `of` either. Mentions: nothing
 * but this person's own identifiers, references that lead to them, what is `of` those, and the key.
 */
export function shownOf(layout: Layout, row: ExtractRow, isTheirs: IsTheirs): Shown {
  const cells = new Array<Value | undefined>(layout.slots.length).fill(undefined);
  const redacted: string[] = [];
  const stated: string[] = [];
  const read = readerOf(layout, row);

  layout.slots.forEach((slot, index) => {
    if (slot.export === 'omit') return;
    const mention = row.role === 'mention';
    if (mention && !slot.personal && !slot.isKey && slot.references.length === 0) return;
    const stored = row.values[slot.column];
    if (stored === undefined) return;
    if (stored === null || (slot.plain && !mention)) {
      if (!mention) cells[index] = stored;
      return;
    }
    // What is inside a column that comes out whole was judged with it.
    if (slot.whole !== null && cells[slot.whole] !== undefined) return;
    const places = read.places(index);
    const theirs = places.filter((place) => isTheirPlace(layout, row, read, isTheirs, index, place.trail));
    const hidden = places.length - theirs.length;
    const unread = slot.path.length > 0 && !read.readable(index);
    if (hidden > 0 || unread) redacted.push(slot.name);
    if (theirs.length === 0) {
      if (hidden === 0 && !unread && slot.path.includes('[]') && !mention) cells[index] = [];
      return;
    }
    if (slot.export === 'stated') stated.push(slot.name);
    else if (slot.path.includes('[]')) cells[index] = theirs.map((place) => place.value);
    else if (slot.inner.length === 0 || slot.path.length > 0) cells[index] = theirs.at(-1)?.value ?? null;
    else cells[index] = wholeColumn(index);
  });
  return { cells, redacted, stated };

  /** A column without those of its places that may not be seen; undefined where that cannot be told. */
  function wholeColumn(index: number): Value | undefined {
    const slot = layout.slots[index] as Slot;
    const value = row.values[slot.column] ?? null;
    if (!slot.inner.every((inner) => read.readable(inner))) {
      redacted.push(slot.name);
      return undefined;
    }
    const hide: Place[] = [];
    for (const i of slot.inner) {
      const inner = layout.slots[i] as Slot;
      const filled = read.places(i);
      const others = filled.filter((place) => !isTheirPlace(layout, row, read, isTheirs, i, place.trail));
      hide.push(...(inner.export === 'show' ? others : filled));
      if (others.length > 0 && inner.export !== 'omit') redacted.push(inner.name);
      if (others.length < filled.length && inner.export === 'stated') stated.push(inner.name);
    }
    if (hide.length === 0) return value;
    if (Array.isArray(value)) {
      const gone = new Set(hide.map((place) => place.trail[0]));
      return (value as readonly Value[]).filter((_item, i) => !gone.has(i));
    }
    const nodes = hide.flatMap((place) => (place.node === null ? [] : [place.node]));
    return isJsonText(value) ? { json: blotOut(value.json, nodes) } : blotOut(value as string, nodes);
  }
}

interface Read {
  /** The filled places of a slot. */
  places(slot: number): readonly Place[];
  /** Whether the column's text is JSON, or a list that the path fits. */
  readable(slot: number): boolean;
}

/** Reads the places of a slot; a JSON text is parsed once for each record. */
function readerOf(layout: Layout, row: ExtractRow): Read {
  const parsed = new Map<number, JsonNode | null>();
  const textAt = (slot: Slot) => jsonTextOf(row.values[slot.column] ?? null);

  function rootOf(slot: Slot, text: string): JsonNode | null {
    let root = parsed.get(slot.column);
    if (root === undefined) {
      root = parseJsonText(text);
      parsed.set(slot.column, root);
    }
    return root;
  }

  return {
    readable(index) {
      const slot = layout.slots[index] as Slot;
      const text = textAt(slot);
      return text === null ? isPlainList(slot.path) : rootOf(slot, text) !== null;
    },
    places(index) {
      const slot = layout.slots[index] as Slot;
      const value = row.values[slot.column] ?? null;
      if (value === null) return [];
      if (slot.path.length === 0) return [{ trail: [], value, node: null }];
      const text = textAt(slot);
      if (text === null) return isPlainList(slot.path) ? elements(value) : [];
      const root = rootOf(slot, text);
      if (root === null) return [];
      return jsonPlaces(root, slot.path).flatMap(({ trail, node }) => {
        const json = text.slice(node.start, node.end);
        return json === 'null' ? [] : [{ trail, value: { json }, node }];
      });
    },
  };
}

function isPlainList(path: readonly string[]): boolean {
  return path.length === 1 && path[0] === '[]';
}

function elements(value: Value): readonly Place[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Value[]).flatMap((item, i) =>
    item === null ? [] : [{ trail: [i], value: item, node: null }],
  );
}

function jsonTextOf(value: Value): string | null {
  if (typeof value === 'string') return value;
  return value !== null && typeof value === 'object' && isJsonText(value) ? value.json : null;
}

/** Whether what stands at one place of a slot is this person's to see. */
function isTheirPlace(
  layout: Layout,
  row: ExtractRow,
  read: Read,
  isTheirs: IsTheirs,
  index: number,
  trail: readonly number[],
  seen: readonly number[] = [],
): boolean {
  const slot = layout.slots[index];
  if (slot === undefined || seen.includes(index)) return false;
  const own = row.role !== 'mention';
  if (own && slot.references.length === 0 && slot.of === null && slot.field?.relation !== 'mentions')
    return true;
  if (slot.field?.identifier != null) {
    const { type, encoding } = slot.field.identifier;
    const here = read.places(index).filter((place) => startsWith(place.trail, trail));
    if (here.length > 0 && here.every((place) => isTheirs(type, storedText(place.value), encoding)))
      return true;
  }
  if (slot.references.length > 0) {
    if (slot.references.some((reference) => row.leads.includes(reference.id))) {
      // Which element of a list leads here is not known, so a list of several is not shown.
      return !slot.path.includes('[]') || read.places(index).length === 1;
    }
    return own && slot.references.every((reference) => layout.impersonal.has(reference.to));
  }
  if (slot.of !== null) {
    const target = layout.slots[slot.of];
    if (target === undefined || slot.of === index) return false;
    const common = trail.slice(0, sharedLists(slot, target));
    const same = read.places(slot.of).filter((place) => startsWith(place.trail, common));
    if (same.length === 0) {
      // Where the owner is not filled in, the record itself is the person's.
      return own && target.references.length > 0 && target.references.every(isOwnedBy);
    }
    return same.every((place) =>
      isTheirPlace(layout, row, read, isTheirs, slot.of as number, place.trail, [...seen, index]),
    );
  }
  // The key names the record; it describes a person only where the map says so.
  return !own && slot.isKey && !slot.personal;
}

function isOwnedBy(reference: { readonly relation: string }): boolean {
  return reference.relation === 'owned-by';
}

/** How many lists two places of one column lie in together: `items[].email` and `items[].name` in one. */
function sharedLists(a: Slot, b: Slot): number {
  if (a.column !== b.column) return 0;
  const parting = a.path.findIndex((step, i) => step !== b.path[i]);
  const common = parting < 0 ? a.path : a.path.slice(0, parting);
  return common.filter((step) => step === '[]').length;
}

function startsWith(trail: readonly number[], start: readonly number[]): boolean {
  return start.every((step, i) => trail[i] === step);
}

/** The text of a stored value, as identifiers are compared: bytes as lower-case hex. */
function storedText(value: Value): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (value !== null && typeof value === 'object' && isJsonText(value)) {
    return value.json.startsWith('"') ? (JSON.parse(value.json) as string) : value.json;
  }
  return String(value);
}
