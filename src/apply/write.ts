import { foundInChunk } from '../connector/by-key.js';
import type { Found, Writer } from '../connector/contract.js';
import { CHUNK } from '../connector/key-set.js';
import { type NewValues, type RowSet, rowSetOf } from '../connector/row-set.js';
import { DsrError } from '../model/error.js';
import { keyText, type Value } from '../model/value.js';
import type { Plan } from '../plan/plan.js';
import type { Masking } from './masking.js';
import type { ColumnChange, Target } from './target.js';
import { type Draft, makeUnique, pseudonymKeys } from './unique.js';
import type { Written } from './written.js';

/** So many records' present values are held at once: a column may hold a long text. */
const HELD = 500;

export interface Writing {
  readonly plan: Plan;
  readonly writer: Writer;
  readonly masking: Masking;
  readonly written: Written;
  readonly signal: AbortSignal;
}

/**
 * Does what one group of the plan says, set by set; answers how many records the source changed.
 *
 * @throws DsrError data where a record is not there, or no value can be made that the column takes.
 */
export async function writeGroup(writing: Writing, target: Target): Promise<number> {
  const { plan, writer } = writing;
  const { table, key } = target.collection;
  if (target.group.action === 'delete') {
    const { records } = await writer.apply({
      kind: 'delete',
      collection: table,
      key,
      keys: plan.keys(target.at),
    });
    return records;
  }
  const dependsOnPresent = target.columns.some(({ parts }) => parts.some(needsPresent));
  return dependsOnPresent ? await rewrite(writing, target) : await overwrite(writing, target);
}

/** Whether what will stand there follows from what stands there. */
function needsPresent({ at, to }: ColumnChange['parts'][number]): boolean {
  return to === 'pseudonym' || to === 'redact' || at.path.length > 0;
}

/** New values that are known without looking. */
async function overwrite({ plan, writer, masking, written }: Writing, target: Target): Promise<number> {
  const rows: RowSet = {
    size: target.group.records,
    *chunks(most) {
      let chunk: NewValues[] = [];
      for (const row of plan.rows(target.at)) {
        chunk.push({
          key: row.key,
          values: target.columns.map((column) => masking.fixed(target, column, row.new)),
        });
        if (chunk.length < most) continue;
        yield chunk;
        chunk = [];
      }
      if (chunk.length > 0) yield chunk;
    },
  };
  for (const chunk of rows.chunks(CHUNK)) written.note(target, chunk);
  return await update(writer, target, rows);
}

/** Values that follow from those present, read and written a few hundred records at a time. */
async function rewrite(writing: Writing, target: Target): Promise<number> {
  const { plan, writer, masking, written, signal } = writing;
  const unique = pseudonymKeys(target);
  const fields = [
    ...new Set([...target.columns.map(({ column }) => column), ...unique.flatMap(({ columns }) => columns)]),
  ];
  const shall = plan.rows(target.at)[Symbol.iterator]();
  let changed = 0;
  for (const keys of plan.keys(target.at).chunks(HELD)) {
    signal.throwIfAborted();
    const present = new Map<string, Found>();
    for await (const batch of foundInChunk(writer, target.collection, keys, fields)) {
      for (const found of batch) present.set(keyText(found.key), found);
    }
    const drafts = keys.map((key) => {
      const found = present.get(keyText(key));
      if (found === undefined) throw gone(target);
      const row = shall.next().value;
      return draftOf(target, masking, fields, found, row === undefined ? [] : row.new);
    });
    if (unique.length > 0) await makeUnique(writer, target, unique, drafts);
    const rows = drafts.map((draft) => ({
      key: draft.key,
      values: target.columns.map(({ column }) => draft.column(column)),
    }));
    masking.look(target, present.values(), fields);
    written.note(target, rows);
    changed += await update(writer, target, rowSetOf(rows));
  }
  return changed;
}

async function update(writer: Writer, { collection, columns }: Target, rows: RowSet): Promise<number> {
  const { records } = await writer.apply({
    kind: 'update',
    collection: collection.table,
    key: collection.key,
    fields: columns.map(({ column }) => column),
    rows,
  });
  return records;
}

function draftOf(
  target: Target,
  masking: Masking,
  fields: readonly string[],
  found: Found,
  shall: readonly Value[],
): Draft {
  const present = (name: string): Value => found.values[fields.indexOf(name)] ?? null;
  let made = new Map<string, Value>();
  let madeAt = -1;
  const draft: Draft = {
    key: found.key,
    attempt: 0,
    column(name) {
      if (madeAt !== draft.attempt) {
        made = new Map(
          target.columns.map((column) => [
            column.column,
            masking.value(target, column, present(column.column), shall, draft.attempt),
          ]),
        );
        madeAt = draft.attempt;
      }
      const value = made.get(name);
      return value === undefined ? present(name) : value;
    },
  };
  return draft;
}

export function gone({ collection }: Target): DsrError {
  return new DsrError('data', `${collection.id}: a record that was to be changed is gone`, {
    place: collection.id,
    hint: 'deleting another record may have taken it along; dsr doctor tells of such triggers and cascades',
  });
}
