import { buildWhenStale } from './build.js';
import { SERVERS } from './engine.js';
import { sweepStale } from './fresh-database.js';
import { findServers } from './servers.js';

/** Once a run: what is tested is built, the servers are found, old test databases are dropped. */
export default async function setup(): Promise<() => Promise<void>> {
  await buildWhenStale();
  const stop = await findServers();
  for (const { engine, variable } of Object.values(SERVERS)) {
    if (process.env[variable] !== undefined) await sweepStale(engine);
  }
  return stop;
}
