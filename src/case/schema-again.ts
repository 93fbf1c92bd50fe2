import type { Catalog } from '../model/catalog.js';
import { DsrError } from '../model/error.js';
import { catalogHash } from './catalog-hash.js';
import type { Context } from './context.js';
import type { Landscape } from './landscape.js';

/**
 * Asks the sources once more what they hold: while somebody thought the plan over, a table may have come
 * that refers to what goes, and the database would take its rows along.
 *
 * @throws DsrError conflict, naming the sources, where a schema is another · transient: one did not answer.
 */
export async function describeAgain(
  { signal, timeoutMs }: Context,
  { connectors, catalogs }: Pick<Landscape, 'connectors' | 'catalogs'>,
  sources: Iterable<string>,
): Promise<ReadonlyMap<string, Catalog>> {
  const described = await Promise.all(
    [...sources].map(async (source) => {
      const catalog = await connectors.get(source)?.describe({ signal, timeoutMs });
      if (catalog === undefined) throw new DsrError('internal', `${source} is not open`);
      return [source, catalog] as const;
    }),
  );
  const now = new Map([...catalogs, ...described]);
  const changed = described
    .map(([source]) => source)
    .filter((source) => catalogHash(now, [source]) !== catalogHash(catalogs, [source]));
  if (changed.length === 0) return now;
  throw new DsrError(
    'conflict',
    `the plan is stale: a schema was changed since it was drawn up, in ${changed.join(', ')}`,
    { hint: 'nothing was changed by it; draw the plan up again' },
  );
}
