import type { Gap } from '../../map/gaps.js';
import { readMap } from '../../map/load.js';
import type { Problem } from '../../map/problem.js';
import { resolveMap } from '../../map/resolve.js';
import type { SourceStatus } from '../../model/subject.js';
import type { Context } from '../context.js';
import { openSources } from '../sources.js';
import { workspaceAt } from '../workspace.js';

export interface MapCheck {
  /** In the file's order. With an error among them: exit 2. */
  readonly problems: readonly Problem[];
  /** Columns and tables that the map does not speak of, and rows that may be hidden. */
  readonly unmapped: readonly Gap[];
  /** Empty where the map itself did not load. */
  readonly sources: readonly SourceStatus[];
  /** No error, nothing unmapped, every source read; else exit 3 (or 2 with an error). */
  readonly complete: boolean;
}

/**
 * Holds the map against the live schema of every source; reads no record.
 *
 * @throws DsrError config: dsr.yaml cannot be read, or a connection cannot be understood · cancelled.
 */
export async function mapCheck(context: Context): Promise<MapCheck> {
  const { map, problems } = readMap(workspaceAt(context.workspace).map, context.env);
  if (map === null) return { problems, unmapped: [], sources: [], complete: false };
  const sources = await openSources(context, map);
  try {
    const resolution = resolveMap(map, sources.catalogs);
    const complete =
      resolution.gaps.length === 0 &&
      sources.statuses.every((source) => source.status === 'searched') &&
      !resolution.problems.some((problem) => problem.severity === 'error');
    return { problems: resolution.problems, unmapped: resolution.gaps, sources: sources.statuses, complete };
  } finally {
    await sources.close();
  }
}
