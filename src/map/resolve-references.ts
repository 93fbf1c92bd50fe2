import type { FieldPath, ReferenceInfo } from '../model/catalog.js';
import { fieldPathText } from '../model/catalog.js';
import type { Reference, Relation } from '../model/map.js';
import { resolveConditions } from './conditions.js';
import { didYouMeanOf, listed } from './did-you-mean.js';
import { comparable } from './fits.js';
import type { MapPath } from './loaded.js';
import {
  fieldPathOf,
  fieldPathUnseen,
  isUntouched,
  type Placed,
  type Resolving,
  tableName,
} from './placed.js';
import type { WrittenField, WrittenReference } from './schema.js';
import { fieldsOf, mayRefer, type Target, targetOfCollection, targetOfField } from './target.js';

type Draft = Omit<Reference, 'id'>;

/**
 * Every reference of the map, by the collection that refers: those that name their target, those whose
 * target is taken from a foreign key. One into a source that cannot be read is kept as the map spells
 * it; its `to` is then in no collection. Reports what leads nowhere, cannot match, or lacks a relation.
 */
export function resolveReferences(resolving: Resolving): ReadonlyMap<string, readonly Reference[]> {
  const all = [...resolving.placed.values()].map((placed) => {
    const single = fieldsOf(placed.entry).flatMap(([name, field]) => {
      const draft = ofField(resolving, placed, name, field);
      return draft === null ? [] : [draft];
    });
    const several = (placed.entry.references ?? []).flatMap((entry, index) => {
      const draft = ofEntry(resolving, placed, entry, [...placed.path, 'references', index]);
      return draft === null ? [] : [draft];
    });
    const drafts = [...single, ...several];
    everyForeignKeyHasOne(resolving, placed, drafts);
    return [placed.id, withIds(drafts)] as const;
  });
  return new Map(all);
}

function ofField(resolving: Resolving, placed: Placed, name: string, field: WrittenField): Draft | null {
  const { relation } = field;
  if (relation === undefined) return null;
  const path = [...placed.path, 'fields', name];
  // An unknown column is reported where the fields are resolved.
  const at = fieldPathOf(placed, name, path, QUIET);
  if (at === null) return null;
  const base = { from: placed.id, relation, onErase: field.onErase ?? 'clear', when: [] } as const;
  if (field.references !== undefined) {
    const target = targetOfField(resolving.loaded.written, placed.source, placed.name, field.references);
    if (target?.field == null) return null;
    const on = targetFields(resolving, target, [target.field], [...path, 'references']);
    return on === null
      ? null
      : checked(resolving, placed, { ...base, fields: [at], to: idOf(target), on }, path);
  }
  const found = fromForeignKey(resolving, placed, at, relation, field, path);
  return found === null ? null : { ...base, ...found };
}

/** The foreign key on the column alone, else the composite one that it is part of. */
function fromForeignKey(
  resolving: Resolving,
  placed: Placed,
  at: FieldPath,
  relation: Relation,
  field: WrittenField,
  path: MapPath,
): Pick<Draft, 'fields' | 'to' | 'on'> | null {
  const { report } = resolving;
  const onColumn =
    at.path.length > 0 ? [] : placed.info.references.filter((key) => key.fields.includes(at.column));
  const alone = onColumn.filter((key) => key.fields.length === 1);
  const keys = alone.length > 0 ? alone : onColumn;
  if (keys.length === 0) {
    if (mayRefer(field) && relation !== 'none') {
      report.error(
        path,
        'has a relation, but no foreign key says where it leads',
        `{ references: collection.field, relation: ${relation} }`,
      );
    }
    return null;
  }
  const targets = keys.flatMap((key) => targetsOf(resolving, placed, key).map((to) => ({ key, to })));
  const [first, ...others] = targets;
  if (first === undefined) {
    if (mayRefer(field) && relation !== 'none') {
      const tables = keys.map((key) => key.to).join(', ');
      report.error(
        path,
        `leads to ${tables}, which is not in the map`,
        'add it as a collection, or say relation: none',
      );
    }
    return null;
  }
  if (others.some((other) => other.to.id !== first.to.id)) {
    const choices = targets.map(({ key, to }) => `${to.name}.${key.on[0] ?? ''}`);
    report.error(
      path,
      'leads to more than one collection',
      `references: ${listed([...new Set(choices)], 'or')}`,
    );
    return null;
  }
  return { fields: first.key.fields.map(plain), to: first.to.id, on: first.key.on.map(plain) };
}

function ofEntry(resolving: Resolving, placed: Placed, entry: WrittenReference, path: MapPath): Draft | null {
  const { report, loaded } = resolving;
  const fields = entry.fields.map((name, index) =>
    fieldPathOf(placed, name, [...path, 'fields', index], report),
  );
  const when = resolveConditions(placed, entry.when, [...path, 'when'], report);
  const target = targetOfCollection(loaded.written, placed.source, entry.to);
  if (target === null || !fields.every((field) => field !== null)) return null;
  const to = resolving.placed.get(idOf(target));
  if (to !== undefined && entry.on === undefined) {
    const key = to.entry.key ?? to.info.key.fields;
    if (key.length !== fields.length) {
      report.error(
        path,
        `${to.id} has a key of ${key.length} fields, not ${fields.length}`,
        'on: [the fields of the other side]',
      );
      return null;
    }
  }
  const names = entry.on ?? to?.entry.key ?? to?.info.key.fields ?? [];
  const on = targetFields(resolving, target, names, [...path, 'on']);
  if (on === null) return null;
  const { relation, onErase } = entry;
  return checked(
    resolving,
    placed,
    { from: placed.id, fields, to: idOf(target), on, when, relation, onErase: onErase ?? 'clear' },
    path,
  );
}

/** The other side's fields; as spelled where its source cannot be read, null where they are not there. */
function targetFields(
  { placed, unreadable, report }: Resolving,
  target: Target,
  names: readonly string[],
  path: MapPath,
): readonly FieldPath[] | null {
  if (unreadable.has(target.source)) return names.map(fieldPathUnseen);
  const to = placed.get(idOf(target));
  if (to === undefined) return null;
  const on = names.map((name) => fieldPathOf(to, name, path, report));
  return on.every((field) => field !== null) ? on : null;
}

/** Reports fields whose values can never be equal. */
function checked({ placed, report }: Resolving, from: Placed, draft: Draft, path: MapPath): Draft {
  const to = placed.get(draft.to);
  draft.fields.forEach((field, index) => {
    const other = draft.on[index];
    if (to === undefined || other === undefined || field.path.length > 0 || other.path.length > 0) return;
    const [a, b] = [from.columns.get(field.column)?.type, to.columns.get(other.column)?.type];
    if (a === undefined || b === undefined || comparable(a, b)) return;
    report.error(
      path,
      `${field.column} is ${a.native} and ${to.id}.${other.column} is ${b.native}: they can never be equal`,
      didYouMeanOf(field.column, to.columns.keys(), `columns of ${tableName(to.info)}`),
    );
  });
  return draft;
}

/** Contract.md §1: every foreign key between mapped collections needs a relation; there is no default. */
function everyForeignKeyHasOne(resolving: Resolving, placed: Placed, drafts: readonly Draft[]): void {
  const said = new Set(
    fieldsOf(placed.entry).flatMap(([name, field]) => (field.relation === undefined ? [] : [name])),
  );
  for (const key of placed.info.references) {
    const targets = targetsOf(resolving, placed, key);
    const [target] = targets;
    if (target === undefined || key.fields.some((column) => key.fields.length === 1 && said.has(column)))
      continue;
    const ids = new Set(targets.map((to) => to.id));
    const covered = drafts.some(
      (draft) =>
        ids.has(draft.to) &&
        draft.fields.every((field) => field.path.length === 0 && key.fields.includes(field.column)),
    );
    if (covered) continue;
    const [column = ''] = key.fields;
    const written = [
      ...placed.path,
      'fields',
      ...(placed.entry.fields?.[column] === undefined ? [] : [column]),
    ];
    const severity = isUntouched(placed.entry) ? 'warning' : 'error';
    const hint =
      key.fields.length === 1
        ? `${column}: owned-by, owns, mentions or none`
        : `references: [{ fields: [${key.fields.join(', ')}], to: ${target.name}, on: [${key.on.join(', ')}], relation: owned-by }]`;
    resolving.report[severity](
      written,
      `the foreign key ${key.fields.join(', ')} → ${target.name}.${key.on.join(', ')} needs a relation`,
      hint,
    );
  }
}

function targetsOf({ placed }: Resolving, from: Placed, key: ReferenceInfo): readonly Placed[] {
  return [...placed.values()].filter((to) => to.source === from.source && to.info.id === key.to);
}

/** A polymorphic field refers several times: its references are told apart by where they lead. */
function withIds(drafts: readonly Draft[]): readonly Reference[] {
  const bare = drafts.map((draft) => `${draft.from}.${draft.fields.map(fieldPathText).join('+')}`);
  const told = drafts.map((draft, index) => {
    const id = bare[index] ?? '';
    return bare.indexOf(id) === bare.lastIndexOf(id) ? id : `${id}→${draft.to}`;
  });
  return drafts.map((draft, index) => {
    const id = told[index] ?? '';
    const before = told.slice(0, index).filter((one) => one === id).length;
    return { ...draft, id: before === 0 ? id : `${id}#${before + 1}` };
  });
}

function idOf(target: Target): string {
  return `${target.source}.${target.collection}`;
}

function plain(column: string): FieldPath {
  return { column, path: [] };
}

const QUIET = { problems: [], error: () => undefined, warning: () => undefined };
