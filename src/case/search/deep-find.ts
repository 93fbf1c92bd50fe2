import type { Context } from '../context.js';
import { deepReasons, searchDeep } from './deep.js';
import type { FindResult } from './find.js';
import type { Search } from './search.js';

type Answer = Omit<FindResult, 'records' | 'close'>;

/**
 * What a search found, and where else an identifier of the person stands: in records that it did not
 * lead to. By strong identifiers that are nobody else's.
 */
export async function withDeep(context: Context, found: Search, answer: Answer): Promise<Answer> {
  const { person, sources: statuses, map, types, catalogs, readers } = found;
  const identifiers = person.identifiers.filter(({ followed }) => followed);
  const pass = { person, statuses, map, types, catalogs, readers, identifiers };
  const { warnings, ...deep } = await searchDeep(context, pass, ({ source, table, key }, located) =>
    located.has(source, table, key),
  );
  const incomplete = [...answer.incomplete, ...deepReasons(deep, answer.sources)];
  return {
    ...answer,
    complete: incomplete.length === 0,
    incomplete,
    warnings: [...answer.warnings, ...warnings],
    deep,
  };
}
