import { stat } from 'node:fs/promises';
import type { Finding } from '../../src/connector/contract.js';
import { DsrError } from '../../src/model/error.js';
import type { Place } from './errors.js';

/** Sources that are open in this process. */
const sources = new Set<Place>();

/** @returns forgets it. */
export function remember(place: Place): () => void {
  sources.add(place);
  return () => sources.delete(place);
}

/**
 * Two writers of one command would wait for each other until one gives up, and tell of another program.
 *
 * @throws DsrError config where another source is this file too.
 */
export async function refuseSameFile(place: Place): Promise<void> {
  const other = await sameFileAs(place);
  if (other === null) return;
  throw new DsrError(
    'config',
    `the sources '${place.source}' and '${other}' are the same file (${place.file}): nothing in it can be changed`,
    { hint: 'make one source of them in dsr.yaml' },
  );
}

export async function sameFileFindings(place: Place): Promise<readonly Finding[]> {
  const other = await sameFileAs(place);
  if (other === null) return [];
  return [
    {
      severity: 'warning',
      about: place.file,
      message: `the sources '${place.source}' and '${other}' are this file: what both map is found twice, and nothing in it can be changed`,
      hint: 'make one source of them in dsr.yaml',
    },
  ];
}

async function sameFileAs(place: Place): Promise<string | null> {
  const mine = await identityOf(place.file);
  for (const { source, file } of sources) {
    if (source !== place.source && mine !== null && (await identityOf(file)) === mine) return source;
  }
  return null;
}

/** Links of both kinds lead to one file by several paths. null: there is none. */
async function identityOf(file: string): Promise<string | null> {
  try {
    const { dev, ino } = await stat(file, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}
