import { afterAll, describe } from 'vitest';
import { type Engine, missingVariable } from './engine.js';
import { freshDatabase, type TestDatabase } from './fresh-database.js';

export type { Engine } from './engine.js';
export type { TestDatabase } from './fresh-database.js';

export const engines = ['sqlite', 'postgres', 'mysql'] as const satisfies readonly Engine[];

/** False where the global set-up found no server; the reason was printed once, there. */
export function hasEngine(engine: Engine): boolean {
  return engine === 'sqlite' || process.env[missingVariable(engine)] === undefined;
}

/** The same tests on every engine: `describeEngines('find', (engine) => { … })`. */
export function describeEngines(
  title: string,
  tests: (engine: Engine) => void,
  only: readonly Engine[] = engines,
): void {
  for (const engine of only) {
    describe.skipIf(!hasEngine(engine))(`${title} · ${engine}`, () => tests(engine));
  }
}

const open = new Set<TestDatabase>();
// Registered once a test file: dropped also when a test failed before its own drop.
afterAll(async () => {
  await Promise.allSettled([...open].map((database) => database.drop()));
  open.clear();
});

/**
 * A fresh database for one test. `drop` it at the test's end; what a failing test leaves is dropped
 * after its file.
 *
 * ```ts
 * const db = await withEngine('postgres');
 * await db.exec('create table person (id int primary key, email text)');
 * // a source in dsr.yaml: { connector: db.engine, connection: db.connection }
 * await db.drop();
 * ```
 */
export async function withEngine(engine: Engine): Promise<TestDatabase> {
  const database = await freshDatabase(engine);
  open.add(database);
  return database;
}
