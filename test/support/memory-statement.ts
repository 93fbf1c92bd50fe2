import type { Change, Records } from '../../src/connector/contract.js';
import { CHUNK } from '../../src/connector/key-set.js';
import type { CollectionInfo, ReferenceInfo } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import type { Key } from '../../src/model/value.js';
import { refuseBadRow, refused } from './memory-constraints.js';
import type { Draft } from './memory-draft.js';
import type { MemoryRow, MemoryTable, RowId } from './memory-store.js';
import { coerced, rowText, typeOf } from './memory-values.js';

export interface Event {
  readonly collection: string;
  readonly kind: 'update' | 'delete';
  readonly before: MemoryRow;
  /** null for a deletion. */
  readonly after: MemoryRow | null;
}

/** Runs for every row that is changed or deleted, by cascades too; a row returned is written instead. */
export type Trigger = (event: Event) => MemoryRow | undefined;

export interface Rules {
  readonly trigger?: Trigger | undefined;
  /** As InnoDB has it: no-action is checked row by row, as restrict is. */
  readonly rowByRow?: boolean | undefined;
}

/** A record whose reference may now lead nowhere. */
export interface Suspect {
  readonly collection: string;
  readonly reference: ReferenceInfo;
  readonly id: RowId;
}

export interface Stated {
  readonly records: number;
  /** To be checked when the statement ends, or, where they can be put off, when the transaction does. */
  readonly suspects: readonly Suspect[];
}

/** One UPDATE or DELETE as SQL engines carry it out, in a draft. @throws DsrError data where it is refused. */
export function stated(draft: Draft, change: Change, rules: Rules): Stated {
  const table = changeable(draft, change);
  const suspects: Suspect[] = [];
  const run: Run = { draft, rules, suspects };
  const { collection } = change;
  if (change.kind === 'delete') {
    const ids = idsOf(draft, change);
    for (const id of ids) remove(run, collection, id);
    return { records: ids.length, suspects };
  }
  for (const field of change.fields) {
    const info = table.info.fields.find(({ name }) => name === field);
    if (info === undefined) throw new DsrError('config', `there is no field '${field}' in ${collection}`);
    if (info.generated) throw refused(table.info, `${field} is generated`);
  }
  const rows = new Map<RowId, MemoryRow>();
  for (const chunk of change.rows.chunks(CHUNK)) {
    for (const { key, values } of chunk) {
      for (const id of idsAtKey(draft, table.info, change.key, key)) {
        rows.set(id, Object.fromEntries(change.fields.map((field, at) => [field, values[at] ?? null])));
      }
    }
  }
  for (const [id, set] of rows) update(run, collection, id, set);
  return { records: rows.size, suspects };
}

/** Those of the suspects whose reference does lead nowhere. */
export function dangling(draft: Draft, suspects: readonly Suspect[]): readonly Suspect[] {
  return suspects.filter(({ collection, reference, id }) => {
    const row = draft.rows(collection).get(id);
    const text = row && rowText(draft.store.table(collection).info, reference.fields, row);
    return text !== undefined && text !== null && draft.idsAt(reference.to, reference.on, text).length === 0;
  });
}

/** The records that these keys name, each once, in their order. */
export function idsOf(draft: Draft, { collection, key, keys }: Records): readonly RowId[] {
  const { info } = draft.store.table(collection);
  const ids = new Set<RowId>();
  for (const chunk of keys.chunks(CHUNK)) {
    for (const asked of chunk) for (const id of idsAtKey(draft, info, key, asked)) ids.add(id);
  }
  return [...ids];
}

interface Run {
  readonly draft: Draft;
  readonly rules: Rules;
  readonly suspects: Suspect[];
}

function remove(run: Run, collection: string, id: RowId): void {
  const { draft, rules } = run;
  const row = draft.rows(collection).get(id);
  // A cascade may have come first.
  if (row === undefined) return;
  rules.trigger?.({ collection, kind: 'delete', before: row, after: null });
  draft.put(collection, id, null);
  for (const child of childrenOf(run, collection, row)) {
    const { reference } = child;
    const { info, defaults } = draft.store.table(child.collection);
    const inFields = (to: (field: string) => MemoryRow[string]) =>
      Object.fromEntries(reference.fields.map((field) => [field, to(field)]));
    switch (reference.onDelete) {
      case 'restrict':
        throw refused(info, `${reference.name} restricts`);
      case 'no-action':
        if (rules.rowByRow === true) throw refused(info, `${reference.name} is held`);
        run.suspects.push(child);
        break;
      case 'cascade':
        remove(run, child.collection, child.id);
        break;
      case 'set-null':
        update(
          run,
          child.collection,
          child.id,
          inFields(() => null),
        );
        break;
      case 'set-default':
        update(
          run,
          child.collection,
          child.id,
          inFields((field) => defaults?.[field] ?? null),
        );
    }
  }
}

function update(run: Run, collection: string, id: RowId, set: MemoryRow): void {
  const { draft, rules, suspects } = run;
  const before = draft.rows(collection).get(id);
  if (before === undefined) return;
  const { info } = draft.store.table(collection);
  const wanted = { ...before, ...set };
  const after = rules.trigger?.({ collection, kind: 'update', before, after: wanted }) ?? wanted;
  const referring = childrenOf(run, collection, before, after);
  draft.put(collection, id, after);
  refuseBadRow(draft, collection, id, after);
  for (const reference of info.references) {
    if (!draft.store.tables.has(reference.to)) continue;
    const changed = rowText(info, reference.fields, before) !== rowText(info, reference.fields, after);
    if (changed) suspects.push({ collection, reference, id });
  }
  suspects.push(...referring);
}

/** Who refers to a row, restrict first; `after`: only by what would no longer be there. */
function childrenOf(run: Run, to: string, row: MemoryRow, after?: MemoryRow): readonly Suspect[] {
  const { draft } = run;
  const target = draft.store.table(to).info;
  return [...draft.store.tables.values()]
    .flatMap(({ info }) => info.references.map((reference) => ({ collection: info.id, reference })))
    .filter(({ reference }) => reference.to === to)
    .sort((a, b) => Number(b.reference.onDelete === 'restrict') - Number(a.reference.onDelete === 'restrict'))
    .flatMap(({ collection, reference }) => {
      const text = rowText(target, reference.on, row);
      if (text === null || (after !== undefined && rowText(target, reference.on, after) === text)) return [];
      return draft
        .idsAt(collection, reference.fields, text)
        .map((id): Suspect => ({ collection, reference, id }));
    });
}

function changeable({ store }: Draft, { collection, key }: Change): MemoryTable {
  const table = store.table(collection);
  const { info, readOnly } = table;
  if (readOnly === true) throw new DsrError('config', `no privilege to change ${collection}`);
  if (info.kind === 'view') throw new DsrError('config', `${collection} is a view: it is only read`);
  for (const field of key) typeOf(info, field);
  if (key.length === 0 || key.some((field) => !info.fields.some(({ name }) => name === field))) {
    throw new DsrError('config', `the records of ${collection} have no key that lasts`);
  }
  return table;
}

function idsAtKey(draft: Draft, info: CollectionInfo, fields: readonly string[], key: Key): readonly RowId[] {
  const texts = fields.map((field, at) => coerced(typeOf(info, field), key[at] ?? ''));
  return texts.includes(null) ? [] : draft.idsAt(info.id, fields, JSON.stringify(texts));
}
