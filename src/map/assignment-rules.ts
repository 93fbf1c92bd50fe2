import { fieldPathText } from '../model/catalog.js';
import type { Collection } from '../model/map.js';
import type { Placed } from './placed.js';
import type { Reporter } from './reporter.js';
import { constantTwice } from './unique-constant.js';

/**
 * `disable` and `restrict` must not set a column by which a person is found, followed or told apart, or that
 * decides what becomes of a record: once it is set, the next search, the plan's second look and the next
 * erasure would not see what this one saw. Holds for every collection over the table.
 */
export function assignmentRules(
  collections: readonly Collection[],
  placed: ReadonlyMap<string, Placed>,
  report: Reporter,
): void {
  for (const collection of collections) {
    const words = (['disable', 'restrict'] as const).filter((word) => collection[word] !== null);
    if (words.length === 0) continue;
    const { path = [], info } = placed.get(collection.id) ?? {};
    const over = collections.filter(
      ({ source, table }) => source === collection.source && table === collection.table,
    );
    const tableKey = info?.key.kind === 'declared' ? info.key.fields : [];
    const roles = [
      ...over.flatMap(rolesIn),
      ...over.flatMap(({ id }) => referredIn(id, collections)),
      ...tableKey.map((column): ColumnRole => ({ column, so: 'it is part of the key of its table' })),
    ];
    for (const word of words) {
      const values = Object.entries(collection[word] ?? {});
      const set = new Set(values.flatMap(([column, value]) => (value === null ? [] : [column])));
      for (const [column] of values) {
        const here = [...path, word, column];
        const hint = 'set another column, such as a flag';
        const role = roles.find((one) => one.column === column);
        const twice = info === undefined || !set.has(column) ? null : constantTwice(column, info, set);
        if (role !== undefined) report.error(here, `sets ${column}, and ${role.so}`, hint);
        else if (twice !== null) report[twice.sure ? 'error' : 'warning'](here, twice.message, hint);
      }
    }
  }
}

/** What a column is needed for, as the second half of a sentence. */
interface ColumnRole {
  readonly column: string;
  readonly so: string;
}

function rolesIn(collection: Collection): readonly ColumnRole[] {
  const { id, key, subject, retain, references, fields, erase } = collection;
  const named = new Map(fields.map((field) => [field.name, field.at.column]));
  const untils = [
    ...retain.map(({ until }) => ({ column: until.field, so: `retain.until of ${id} counts from it` })),
    ...(erase?.until == null ? [] : [{ column: erase.until.field, so: `until of ${id} counts from it` }]),
  ];
  return [
    ...key.map((column) => ({ column, so: `it is part of the key of ${id}` })),
    ...fields.flatMap(({ name, at, identifier, relation }) =>
      identifier === null || relation === 'none'
        ? []
        : [{ column: at.column, so: `it holds the identifier ${id}.${name}` }],
    ),
    ...(subject?.when ?? []).map(({ field }) => ({
      column: field,
      so: `subject.when of ${id} depends on it`,
    })),
    ...retain.flatMap(({ when }) =>
      when.map(({ field }) => ({ column: field, so: `retain.when of ${id} depends on it` })),
    ),
    ...untils,
    ...references.flatMap(({ fields: from, to, when }) => [
      ...from.map(({ column }) => ({ column, so: `it refers to ${to} in ${id}` })),
      ...when.map(({ field }) => ({
        column: field,
        so: `the reference of ${id} to ${to} depends on it`,
      })),
    ]),
    ...fields.flatMap(({ name, of }) => {
      const column = of === null ? undefined : named.get(of);
      return column === undefined ? [] : [{ column, so: `it says whose ${id}.${name} is` }];
    }),
  ];
}

/** Fields of a collection that references lead to: a record whose is set would not be followed any more. */
function referredIn(target: string, collections: readonly Collection[]): readonly ColumnRole[] {
  return collections
    .flatMap(({ references }) => references)
    .filter(({ to }) => to === target)
    .flatMap(({ from, fields, on }) =>
      on.map(({ column }) => ({
        column,
        so: `${from} refers to it by ${fields.map(fieldPathText).join(', ')}`,
      })),
    );
}
