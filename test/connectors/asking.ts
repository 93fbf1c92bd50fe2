import type { SqlEngine } from '../../connectors/sql/connector.js';
import { findRecords } from '../../connectors/sql/find.js';
import { raw, type Sql, sql } from '../../connectors/sql/fragment.js';
import type { Row } from '../../connectors/sql/session.js';
import type { Column } from '../../connectors/sql/table.js';
import type { Connector, ConnectorFactory, Found, Match, Query } from '../../src/connector/contract.js';
import { keySetOf } from '../../src/connector/key-set.js';
import { limited } from '../../src/connector/limits.js';
import type { CollectionInfo } from '../../src/model/catalog.js';
import type { MatchMode } from '../../src/model/map.js';
import type { Scalar } from '../../src/model/value.js';
import { scratchFolder } from '../harness/scratch.js';

export const call = (timeoutMs = 20_000) => ({ signal: new AbortController().signal, timeoutMs });

export function config(connection: unknown, options: Readonly<Record<string, unknown>> = {}) {
  return { name: 'crm', connection, options, workspace: '/', scratch: scratchFolder() };
}

export async function openOn<O>(factory: ConnectorFactory<O>, connection: unknown): Promise<Connector> {
  return limited(await factory.open(factory.parse(config(connection))), 'crm');
}

export async function described(connector: Connector): Promise<ReadonlyMap<string, CollectionInfo>> {
  const { collections } = await connector.describe(call());
  return new Map(collections.map((info) => [info.name, info]));
}

export function match(
  column: string,
  keys: readonly Scalar[],
  mode: MatchMode = 'exact',
  path: readonly string[] = [],
): Match {
  return { fields: [{ column, path }], mode, keys: keySetOf(keys.map((key) => [key])), when: [] };
}

/** First key part, then the asked keys it hit as `match:key`. */
export async function found(connector: Connector, query: Query): Promise<Readonly<Record<string, string>>> {
  const reader = await connector.reader(call());
  try {
    const all: Found[] = [];
    for await (const batch of reader.find(query)) all.push(...batch);
    if (new Set(all.map(({ key }) => key.join())).size !== all.length) throw new Error('a record came twice');
    return Object.fromEntries(
      all.map(({ key, matched }) => [
        key.join(),
        matched
          .map((hit) => `${hit.match}:${hit.key}`)
          .sort()
          .join(' '),
      ]),
    );
  } finally {
    await reader.close();
  }
}

/** What a find sends, and how the server would run it; nothing is read. */
export async function plansOf<C extends Column>(
  engine: SqlEngine<C>,
  query: Query,
  explain: string,
): Promise<readonly (readonly Row[])[]> {
  const { signal } = call();
  const session = await engine.connect(signal);
  try {
    const { tables } = await engine.tables(session, signal);
    const table = tables.find(({ info }) => info.id === query.collection);
    if (table === undefined) throw new Error(`there is no ${query.collection}`);
    const statements: Sql[] = [];
    const listening = {
      ...session,
      stream: (statement: Sql) => {
        statements.push(statement);
        return nothing();
      },
    };
    const asked = findRecords({
      dialect: engine.dialect,
      session: listening,
      table,
      query,
      scratch: engine.scratch,
      frozen: true,
      signal,
    });
    for await (const batch of asked) throw new Error(`nothing was sent, yet ${batch.length} records came`);
    const plans: (readonly Row[])[] = [];
    for (const one of statements) plans.push(await session.rows(sql`${raw(explain)} ${one}`, signal));
    return plans;
  } finally {
    await session.close();
    await engine.close();
  }
}

async function* nothing(): AsyncGenerator<readonly Row[]> {}
