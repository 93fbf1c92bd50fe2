import { isPersonal, within } from './categories.js';
import { type CollectionRules, hasOwner } from './collection-rules.js';
import { didYouMean, didYouMeanOf } from './did-you-mean.js';
import type { MapPath } from './loaded.js';
import type { WrittenCollection, WrittenField } from './schema.js';
import { collectionNames, fieldsOf, mayRefer, targetOfField } from './target.js';

export function fieldRules(scope: CollectionRules, name: string, field: WrittenField, path: MapPath): void {
  contentRules(scope, field, path);
  identifierRules(scope, name, field, path);
  referenceRules(scope, field, path);
  ofRules(scope, name, field, path);
}

function contentRules({ report }: CollectionRules, field: WrittenField, path: MapPath): void {
  const { category } = field;
  if (category === undefined && field.relation === undefined && field.references === undefined) {
    report.error(path, 'has neither a category nor a relation', 'category: user.name, or relation: owned-by');
  }
  if (field.export === 'omit' && field.reason === undefined) {
    report.error([...path, 'export'], 'omit needs a reason', 'reason: why the person is not shown it');
  }
  if (field.export === 'show' && category !== undefined && within(category, 'user.authorization')) {
    report.error(
      [...path, 'export'],
      `${category} is never shown`,
      'it is stated as stored; take export away',
    );
  }
  if (field.onErase !== undefined && field.relation === undefined) {
    report.error(
      [...path, 'onErase'],
      'says what becomes of a link, but there is no relation',
      'relation: mentions',
    );
  }
}

function identifierRules(
  { entry, types, report }: CollectionRules,
  name: string,
  field: WrittenField,
  path: MapPath,
): void {
  const { identifier, category } = field;
  if (identifier === undefined) {
    for (const key of ['match', 'encoding'] as const) {
      if (field[key] !== undefined) {
        report.error([...path, key], `${key} goes with an identifier`, 'identifier: email, or take it away');
      }
    }
    return;
  }
  if (!types.names.includes(identifier)) {
    const near = didYouMean(identifier, types.names);
    report.error(
      [...path, 'identifier'],
      `the identifier type '${identifier}' is unknown`,
      near ?? `known are ${types.names.join(', ')}; declare others under identifiers:`,
    );
    return;
  }
  if (category === undefined) {
    report.error(
      path,
      'is an identifier without a category',
      `category: ${types.category(identifier) ?? 'user.unique_id'}`,
    );
  } else if (!isPersonal(category)) {
    report.error(
      [...path, 'category'],
      `an identifier names a person, ${category} does not`,
      `category: ${types.category(identifier) ?? 'user.unique_id'}`,
    );
  }
  const told = field.of !== undefined || field.relation === 'mentions' || field.relation === 'none';
  if (entry.subject === undefined && hasOwner(entry) && !told) {
    const owners = ownersOf(entry);
    report.error(
      path,
      `does not say whose identifier it is: records here are owned by others`,
      `of: ${owners[0] ?? name} (the owner's), relation: mentions (another's), or relation: none (never searched)`,
    );
  }
}

function referenceRules(scope: CollectionRules, field: WrittenField, path: MapPath): void {
  if (field.references === undefined) return;
  const { map, source, name, report } = scope;
  if (field.relation === undefined) {
    report.error(path, 'is a reference without a relation', 'relation: owned-by, owns, mentions or none');
  }
  if (targetOfField(map, source, name, field.references) === null) {
    const collection = field.references.split('.').slice(0, -1).join('.');
    report.error(
      [...path, 'references'],
      `leads nowhere: '${field.references}' names no collection of the map`,
      didYouMeanOf(collection, collectionNames(map, source), 'collections'),
    );
  }
}

/** `of` names a field that names a person: an identifier, a reference, or one that itself says `of`. */
function ofRules({ entry, report }: CollectionRules, name: string, field: WrittenField, path: MapPath): void {
  if (field.of === undefined) return;
  const here = [...path, 'of'];
  const fields = new Map(fieldsOf(entry));
  const references = new Set((entry.references ?? []).flatMap((reference) => reference.fields));
  const known = [...fields.keys(), ...references];
  if (!known.includes(field.of)) {
    report.error(
      here,
      `the field '${field.of}' is not in this collection of the map`,
      didYouMeanOf(field.of, known, 'fields'),
    );
    return;
  }
  const target = fields.get(field.of);
  const names =
    references.has(field.of) ||
    (target !== undefined &&
      (mayRefer(target) || target.identifier !== undefined || target.of !== undefined));
  if (!names) {
    report.error(
      here,
      `'${field.of}' names nobody`,
      'of: takes a reference or an identifier of this collection',
    );
  } else if (runsInCircle(name, fields)) {
    report.error(here, `runs in a circle: ${field.of} says of ${name} again`, null);
  }
}

function runsInCircle(name: string, fields: ReadonlyMap<string, WrittenField>): boolean {
  const seen = new Set<string>();
  for (let at: string | undefined = name; at !== undefined; ) {
    if (seen.has(at)) return true;
    seen.add(at);
    const field: WrittenField | undefined = fields.get(at);
    // A reference that is an identifier too may say that it names whom it refers to.
    if (field?.of === at && mayRefer(field)) return false;
    at = field?.of;
  }
  return false;
}

function ownersOf(entry: WrittenCollection): readonly string[] {
  const fields = fieldsOf(entry).filter(([, field]) => field.relation === 'owned-by');
  const references = (entry.references ?? []).filter((reference) => reference.relation === 'owned-by');
  return [
    ...fields.map(([name]) => name),
    ...references.flatMap((reference) => reference.fields.slice(0, 1)),
  ];
}
