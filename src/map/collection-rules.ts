import { didYouMeanOf } from './did-you-mean.js';
import { fieldRules } from './field-rules.js';
import type { MapPath } from './loaded.js';
import type { Reporter } from './reporter.js';
import type { KnownTypes } from './rules.js';
import type { WrittenCollection, WrittenMap } from './schema.js';
import { collectionNames, fieldsOf, targetOfCollection } from './target.js';

export interface CollectionRules {
  readonly map: WrittenMap;
  readonly source: string;
  readonly name: string;
  readonly entry: WrittenCollection;
  readonly types: KnownTypes;
  readonly report: Reporter;
}

export function collectionRules(scope: CollectionRules): void {
  const path = ['sources', scope.source, 'collections', scope.name];
  columnListRules(scope, path);
  referenceRules(scope, path);
  verdictRules(scope, path);
  for (const [name, field] of fieldsOf(scope.entry))
    fieldRules(scope, name, field, [...path, 'fields', name]);
}

/** Whether a record of the collection may belong to another. */
export function hasOwner(entry: WrittenCollection): boolean {
  return (
    fieldsOf(entry).some(([, field]) => field.relation === 'owned-by') ||
    (entry.references ?? []).some((reference) => reference.relation === 'owned-by')
  );
}

function columnListRules({ entry, report }: CollectionRules, path: MapPath): void {
  const fields = new Set(Object.keys(entry.fields ?? {}));
  const system = new Set(entry.system ?? []);
  (entry.system ?? []).forEach((column, index) => {
    if (fields.has(column)) {
      report.error(
        [...path, 'system', index],
        `'${column}' stands in fields too`,
        'a column is either system or a field',
      );
    }
  });
  (entry.ignore ?? []).forEach((column, index) => {
    const also = fields.has(column) ? 'fields' : system.has(column) ? 'system' : null;
    if (also !== null) {
      report.error([...path, 'ignore', index], `'${column}' stands in ${also} too`, 'say one of them');
    }
  });
}

function referenceRules({ map, source, entry, report }: CollectionRules, path: MapPath): void {
  (entry.references ?? []).forEach((reference, index) => {
    const here = [...path, 'references', index];
    if (targetOfCollection(map, source, reference.to) === null) {
      report.error(
        [...here, 'to'],
        `the collection '${reference.to}' is not in the map`,
        didYouMeanOf(reference.to, collectionNames(map, source), 'collections'),
      );
    }
    if (reference.on !== undefined && reference.on.length !== reference.fields.length) {
      report.error(
        [...here, 'on'],
        `names ${reference.on.length} fields for ${reference.fields.length}`,
        'as many as in fields, in the same order',
      );
    }
  });
}

function verdictRules({ entry, report }: CollectionRules, path: MapPath): void {
  const { erase, ground, law, until, retain } = entry;
  if (erase === 'keep' && ground === undefined) {
    report.error(
      [...path, 'erase'],
      'keep needs a ground',
      'ground: legal-obligation, or another ground of GDPR Art. 17(3)',
    );
  }
  for (const [key, value] of Object.entries({ ground, law, until })) {
    if (value !== undefined && erase !== 'keep') {
      report.error(
        [...path, key],
        `${key} stands beside erase: keep only`,
        'for what is erased later, write it under retain',
      );
    }
  }
  if (retain !== undefined && (erase === 'keep' || erase === 'as-owner')) {
    report.error(
      [...path, 'retain'],
      `contradicts erase: ${erase}`,
      'retain says how long before erase: delete, mask or manual',
    );
  }
  if (erase === 'as-owner' && !hasOwner(entry)) {
    report.error(
      [...path, 'erase'],
      'as-owner needs an owner',
      'say owned-by on the field that names it, or another verdict',
    );
  }
  const fields = Object.keys(entry.fields ?? {});
  const retentions = retain === undefined ? [] : Array.isArray(retain) ? retain : [retain];
  retentions.forEach((retention, index) => {
    const here = Array.isArray(retain) ? [...path, 'retain', index] : [...path, 'retain'];
    (retention.mask ?? []).forEach((name, position) => {
      if (!fields.includes(name)) {
        report.error(
          [...here, 'mask', position],
          `the field '${name}' is not in fields`,
          didYouMeanOf(name, fields, 'fields'),
        );
      }
    });
  });
}
