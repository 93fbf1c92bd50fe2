import { type LocatedKeys, locatedKeys } from '../../deep/located-keys.js';
import { type DeepFound, type DeepInput, type DeepPlace, deepSearch, type Hit } from '../../deep/search.js';
import type { LocatedPerson } from '../../locate/located.js';
import { openScratch } from '../../store/scratch.js';
import type { Context } from '../context.js';
import { workspaceAt } from '../workspace.js';

/** What `--deep` adds to an answer. */
export type Deep = Omit<DeepFound, 'warnings'>;

export interface DeepPass extends Omit<DeepInput, 'isKnown' | 'signal' | 'onTable'> {
  /** Who was located in the same snapshots. */
  readonly person: LocatedPerson;
}

/** Searches every table through; `isKnown` says of a hit that it is no news. */
export async function searchDeep(
  context: Context,
  { person, ...pass }: DeepPass,
  isKnown: (hit: Hit, located: LocatedKeys) => boolean,
): Promise<DeepFound> {
  const scratch = openScratch(workspaceAt(context.workspace).tmp);
  try {
    const located = locatedKeys(person, pass.map, scratch);
    return await deepSearch({
      ...pass,
      isKnown: (hit) => isKnown(hit, located),
      signal: context.signal,
      onTable: ({ source, name, info }, done, of) =>
        context.report({
          kind: 'count',
          message: `searching through ${source}.${name}${rowsWords(info.rows)}: tables`,
          done,
          of,
        }),
    });
  } finally {
    scratch.close();
  }
}

function rowsWords(rows: number | null): string {
  return rows === null ? '' : ` (about ${rows.toLocaleString('en')} rows)`;
}

/**
 * Why an answer is not complete, by a deep search: each place is a task for a human. Sources that were
 * not searched at all are left to who tells of the sources.
 */
export function deepReasons(
  { places, unsearched }: Deep,
  sources: readonly { readonly source: string; readonly status: string }[],
): readonly string[] {
  const down = new Set(sources.filter(({ status }) => status !== 'searched').map(({ source }) => source));
  const unseen = unsearched.filter(({ source, table }) => table !== null || !down.has(source));
  return [
    ...places.map(taskWords),
    ...unseen.map(
      ({ source, table, why }) =>
        `not all of ${table === null ? source : `${source}.${table}`} was searched through: ${why}`,
    ),
  ];
}

function taskWords(place: DeepPlace): string {
  const { source, table, column, records, mapped } = place;
  const many = records === 1 ? 'one record holds' : `${records.toLocaleString('en')} records hold`;
  const todo = mapped ? 'clear it by hand' : 'map it, or clear it by hand';
  return `${source}.${table}.${column}: ${many} an identifier of the person outside what the map leads to: ${todo}`;
}
