import { type FieldPath, fieldPathText } from '../model/catalog.js';
import type { Field, Reference } from '../model/map.js';
import { isPersonal, within } from './categories.js';
import { tellsDay } from './fits.js';
import type { MapPath } from './loaded.js';
import { type MinimiseScope, maskRules } from './mask-rules.js';
import { columnOf, fieldPathOf, type Placed } from './placed.js';
import type { Reporter } from './reporter.js';
import type { WrittenField } from './schema.js';
import { fieldsOf } from './target.js';

/**
 * The fields of a collection in the map's order, then the columns that only its `references` name.
 *
 * @param references of this collection.
 * @param referred columns of this collection that any reference leads to.
 */
export function resolveFields(
  placed: Placed,
  references: readonly Reference[],
  referred: ReadonlySet<string>,
  report: Reporter,
): readonly Field[] {
  const scope = maskScope(placed, references, referred, report);
  const fields = fieldsOf(placed.entry).flatMap(([name, written]) => {
    const path = [...placed.path, 'fields', name];
    const at = fieldPathOf(placed, name, path, report);
    const column = at === null ? undefined : placed.columns.get(at.column);
    if (at === null || column === undefined) return [];
    fieldTypeRules(placed, written, at, path, report);
    const field = fieldOf(name, written, at, placed);
    maskRules(field, path, scope);
    return [field];
  });
  const named = new Set(fields.map((field) => field.name));
  const only = references
    .flatMap((reference) => reference.fields.map((at) => ({ at, name: fieldPathText(at) })))
    .filter(({ name }, index, all) => !named.has(name) && all.findIndex((one) => one.name === name) === index)
    .map(({ at, name }) => fieldOf(name, {}, at, placed));
  return [...fields, ...only];
}

/** What masks are held against in a collection; see `resolveFields`. */
export function maskScope(
  placed: Placed,
  references: readonly Reference[],
  referred: ReadonlySet<string>,
  report: Reporter,
): MinimiseScope {
  const key = placed.entry.key ?? placed.info.key.fields;
  const referring = new Set(references.flatMap((reference) => reference.fields.map((field) => field.column)));
  return {
    placed,
    report,
    refers: (column) => referring.has(column),
    isReferred: (column) => referred.has(column),
    isBound: (column) => key.includes(column) || referring.has(column) || referred.has(column),
  };
}

function fieldOf(name: string, written: WrittenField, at: FieldPath, placed: Placed): Field {
  const column = placed.columns.get(at.column);
  const personal = written.category !== undefined && isPersonal(written.category);
  const { relation, identifier } = written;
  return {
    name,
    at,
    type: column?.type ?? { kind: 'other', native: 'unknown', length: null },
    // Inside a document a value can always be taken out.
    nullable: at.path.length > 0 || (column?.nullable ?? true),
    category: personal ? (written.category ?? null) : null,
    personal,
    identifier:
      identifier === undefined
        ? null
        : { type: identifier, match: written.match ?? null, encoding: written.encoding ?? null },
    of: written.of ?? null,
    relation: personal && (relation === 'mentions' || relation === 'none') ? relation : null,
    onErase: written.onErase ?? 'clear',
    export: written.export ?? (within(written.category ?? '', 'user.authorization') ? 'stated' : 'show'),
    reason: written.reason ?? null,
    label: written.label ?? null,
    explain: written.explain ?? null,
    values: written.values ?? null,
    notice: written.notice ?? null,
    freetext: written.freetext ?? false,
    rectify: written.rectify ?? true,
    mask: written.mask ?? null,
  };
}

function fieldTypeRules(
  placed: Placed,
  written: WrittenField,
  at: FieldPath,
  path: MapPath,
  report: Reporter,
): void {
  const type = placed.columns.get(at.column)?.type;
  if (type === undefined) return;
  if (written.identifier !== undefined && at.path.length === 0) {
    const hint =
      type.kind === 'json'
        ? `say where in it: ${at.column}.…`
        : type.kind === 'array'
          ? `${at.column}[]`
          : null;
    if (hint !== null || ['boolean', 'float', 'date', 'time'].includes(type.kind)) {
      report.error(
        [...path, 'identifier'],
        `${at.column} is ${type.native}, which holds no identifier`,
        hint,
      );
    }
    if (type.kind === 'bytes' && written.encoding === undefined) {
      report.error(
        [...path, 'identifier'],
        `${at.column} is ${type.native}: its bytes are not compared with a text`,
        'encoding: md5, sha256 or uuid-binary; or map a view that shows it as text',
      );
    }
  }
  if (written.encoding === 'uuid-binary' && type.kind !== 'bytes') {
    report.error(
      [...path, 'encoding'],
      `${at.column} is ${type.native}, and uuid-binary is for binary columns`,
      'take encoding away',
    );
  }
  if (written.notice !== undefined) {
    const notice = columnOf(placed, written.notice, [...path, 'notice'], report);
    if (notice !== null && !tellsDay(notice.type)) {
      report.error(
        [...path, 'notice'],
        `${notice.name} is ${notice.type.native}, which tells no day`,
        'the column with the date of the notice',
      );
    }
  }
}
