import type { Drawing } from '../case/change/draw.js';
import type { Context } from '../case/context.js';
import { locate } from '../locate/locate.js';
import type { Located } from '../locate/located.js';
import type { SoughtRecord } from '../model/subject.js';
import { openScratch } from '../store/scratch.js';

/** Looks, on what a plan is drawn up from, for what hangs together with these records; one list a person. */
export async function locateFrom(
  { signal }: Context,
  { map, types, readers, sources, tmp }: Drawing,
  people: readonly (readonly SoughtRecord[])[],
): Promise<Located> {
  const scratch = openScratch(tmp);
  try {
    return await locate({
      ...{ map, types, readers, scratch, signal },
      statuses: sources,
      people: people.map((records) => ({ identifiers: [], records, accepted: [], rejected: [] })),
    });
  } catch (error) {
    scratch.close();
    throw error;
  }
}
