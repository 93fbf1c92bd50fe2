import type { Catalog, CollectionInfo, FieldInfo, ReferenceInfo } from '../model/catalog.js';
import { guess } from './guess.js';
import { comment, scalar } from './yaml-text.js';

export interface SkeletonTables {
  /** Lines of all collections, indented from none. */
  readonly lines: readonly string[];
  /** Tables without a column that looks personal and without a foreign key. */
  readonly likelyNonpersonal: readonly string[];
}

interface Named {
  readonly info: CollectionInfo;
  /** The collection's name in the map. */
  readonly name: string;
  /** What `table:` must say; null where the name alone finds it. */
  readonly table: string | null;
}

const COMMENT_AT = 56;

export function skeletonTables(catalog: Catalog): SkeletonTables {
  const tables = named(
    catalog.collections.filter((info) => info.kind === 'table' && info.outOfScope === undefined),
  );
  const nameOf = new Map(tables.map(({ info, name }) => [info.id, name]));
  return {
    lines: tables.flatMap((one, index) => [...(index === 0 ? [] : ['']), ...tableLines(one, nameOf)]),
    likelyNonpersonal: tables
      .filter(({ info }) => info.references.length === 0 && info.fields.every(looksImpersonal))
      .map(({ info, table }) => table ?? info.name),
  };
}

function looksImpersonal(column: FieldInfo): boolean {
  return guess(column)?.kind !== 'field';
}

/** Names without dots and the like, each once; by schema and name. */
function named(tables: readonly CollectionInfo[]): readonly Named[] {
  const inOrder = [...tables].sort((a, b) => compare(sortName(a), sortName(b)));
  const taken = new Set<string>();
  return inOrder.map((info) => {
    const found = info.schema === null || info.unqualified;
    const tidy = (text: string) => {
      const tidied = text.replace(/[.:=+/\\,[\]"'\p{C}]+/gu, '_').trim() || 'table';
      // The one name that JavaScript keeps for itself.
      return tidied === '__proto__' ? 'proto' : tidied;
    };
    const wanted = tidy(found ? info.name : `${info.schema}_${info.name}`);
    let name = wanted;
    for (let copy = 2; taken.has(name); copy++) name = `${wanted}_${copy}`;
    taken.add(name);
    const full = info.schema === null ? info.name : `${info.schema}.${info.name}`;
    return { info, name, table: found && name === info.name ? null : found ? info.name : full };
  });
}

function tableLines({ info, name, table }: Named, nameOf: ReadonlyMap<string, string>): readonly string[] {
  const about = [
    ...(table === null && info.schema !== null ? [`${info.schema}.${info.name}`] : []),
    ...(info.rows === null ? [] : [info.rows === 0 ? 'no rows' : `about ${rounded(info.rows)} rows`]),
    ...(info.comment === null ? [] : [info.comment]),
    ...(info.hidden === null ? [] : [`not all of it can be read: ${info.hidden}`]),
  ];
  const declared = info.key.kind === 'declared' && info.key.fields.length > 0;
  const singles = new Map(
    info.references.filter((key) => key.fields.length === 1).map((key) => [key.fields[0], key]),
  );
  const several = info.references.filter((key) => key.fields.length > 1);
  const key = new Set(declared ? info.key.fields : []);
  const guesses = new Map(info.fields.map((column) => [column.name, guess(column)]));
  const isSystem = (column: FieldInfo) =>
    guesses.get(column.name)?.kind === 'system' && !singles.has(column.name);
  const system = info.fields.filter((column) => isSystem(column) && !key.has(column.name));
  const fields = info.fields.filter(
    (column) =>
      !isSystem(column) &&
      // A key may itself be personal: an e-mail, a personnummer.
      (!key.has(column.name) || singles.has(column.name) || guesses.get(column.name)?.kind === 'field'),
  );
  const hasIdentifier = fields.some((column) => guesses.get(column.name)?.entry.includes('identifier:'));
  return [
    ...(about.length === 0 ? [] : [`# ${comment(about.join(' · '))}`]),
    `${scalar(name)}:`,
    ...(table === null ? [] : [`  table: ${scalar(table)}`]),
    declared
      ? `  key: [${info.key.fields.map(scalar).join(', ')}]`
      : '  # the table declares no key: its records can be read, not changed',
    ...(hasIdentifier ? ['  # subject: customer               # where each record here is a person'] : []),
    ...(system.length === 0
      ? []
      : [`  # system: [${system.map((column) => scalar(column.name)).join(', ')}]`]),
    '  fields:',
    ...fields.map(
      (column) =>
        `    ${fieldLine(column, singles.get(column.name), several, guesses.get(column.name)?.entry ?? '', nameOf)}`,
    ),
    ...(several.length === 0 ? [] : ['  # references:']),
    ...several.map((reference) => `  #   - ${compositeText(reference, nameOf)}`),
    '  # erase: delete                   # delete | mask | keep | as-owner | manual',
  ];
}

function fieldLine(
  column: FieldInfo,
  reference: ReferenceInfo | undefined,
  several: readonly ReferenceInfo[],
  suggestion: string,
  nameOf: ReadonlyMap<string, string>,
): string {
  const target = reference === undefined ? undefined : (nameOf.get(reference.to) ?? reference.to);
  const entry = target === undefined ? suggestion : /add?ress/i.test(target) ? 'owns' : 'owned-by';
  const partOf = several
    .filter((key) => key.fields.includes(column.name))
    .map((key) => nameOf.get(key.to) ?? key.to);
  const about = [
    ...(partOf.length === 0 ? [] : [`part of the reference to ${partOf.join(', ')} below`]),
    ...(target === undefined
      ? []
      : [`→ ${target}.${reference?.on[0] ?? ''}: owned-by | owns | mentions | none`]),
    column.type.native,
    ...(column.nullable ? [] : ['not null']),
    ...(column.generated ? ['generated'] : []),
    ...(column.comment === null || column.comment === '' ? [] : [column.comment]),
  ];
  return `${`# ${scalar(column.name)}: ${entry}`.trimEnd().padEnd(COMMENT_AT)} # ${comment(about.join(', '))}`;
}

function compositeText(reference: ReferenceInfo, nameOf: ReadonlyMap<string, string>): string {
  const list = (names: readonly string[]) => `[${names.map(scalar).join(', ')}]`;
  const to = scalar(nameOf.get(reference.to) ?? reference.to);
  return `{ fields: ${list(reference.fields)}, to: ${to}, on: ${list(reference.on)}, relation: owned-by }`;
}

/** Two figures: an estimate is no more exact, and the file does not change with every row. */
function rounded(rows: number): string {
  return String(rows < 100 ? rows : Number(rows.toPrecision(2)));
}

function sortName(info: CollectionInfo): string {
  return `${info.unqualified || info.schema === null ? '' : info.schema}\u0000${info.name}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
