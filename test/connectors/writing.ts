import { applyChange, type Changing, lockRecords } from '../../connectors/sql/change.js';
import type { SqlEngine } from '../../connectors/sql/connector.js';
import { raw, type Sql, sql } from '../../connectors/sql/fragment.js';
import type { Row } from '../../connectors/sql/session.js';
import type { Column } from '../../connectors/sql/table.js';
import type {
  Change,
  Connector,
  Deletion,
  Found,
  Query,
  Reader,
  Update,
  Writer,
} from '../../src/connector/contract.js';
import { keySetOf } from '../../src/connector/key-set.js';
import { rowSetOf } from '../../src/connector/row-set.js';
import type { Key, Scalar, Value } from '../../src/model/value.js';
import { call } from './asking.js';

export async function writerOn(connector: Connector, asked = call()): Promise<Writer> {
  if (connector.writer === undefined) throw new Error('the connector has no writer');
  return connector.writer(asked);
}

export const records = (collection: string, key: readonly string[], keys: readonly Key[]) => ({
  collection,
  key,
  keys: keySetOf(keys, key.length),
});

export const deletion = (collection: string, ids: readonly Scalar[], field = 'id'): Deletion => ({
  kind: 'delete',
  ...records(
    collection,
    [field],
    ids.map((id) => [id]),
  ),
});

export function update(
  collection: string,
  fields: readonly string[],
  rows: readonly (readonly [Scalar, ...Value[]])[],
  field = 'id',
): Update {
  const all = rows.map(([id, ...values]) => ({ key: [id], values }));
  return { kind: 'update', collection, key: [field], fields, rows: rowSetOf(all) };
}

/** Applies one change, commits it and answers how many records it says. */
export async function committed(connector: Connector, ...changes: readonly Change[]): Promise<number> {
  const writer = await writerOn(connector);
  try {
    let count = 0;
    for (const change of changes) count += (await writer.apply(change)).records;
    await writer.settle();
    await writer.commit();
    return count;
  } finally {
    await writer.close();
  }
}

export async function everything(source: Pick<Reader, 'find'>, query: Query): Promise<readonly Found[]> {
  const all: Found[] = [];
  for await (const batch of source.find(query)) all.push(...batch);
  return all;
}

/** The values of a reader of its own, by the key's text. */
export async function valuesOf(
  connector: Connector,
  query: Query,
): Promise<ReadonlyMap<string, readonly Value[]>> {
  const reader = await connector.reader(call());
  try {
    const all = await everything(reader, query);
    return new Map(all.map(({ key, values }) => [key.join(), values]));
  } finally {
    await reader.close();
  }
}

export const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

/** Everything of an error that anyone could come to see. */
export function allOf(error: unknown): string {
  const seen: string[] = [];
  for (let one = error; one instanceof Error; one = one.cause) {
    seen.push(one.message, one.stack ?? '', JSON.stringify(one, Object.getOwnPropertyNames(one)));
  }
  return seen.join('\n');
}

/** What a lock and a change send, and how the server would run it; nothing is changed. */
export async function plansOfChange<C extends Column>(
  engine: SqlEngine<C>,
  change: Change,
  explain: string,
): Promise<readonly (readonly Row[])[]> {
  const { signal } = call();
  const session = await engine.connect(signal, { lockWaitMs: 5_000 });
  try {
    const { tables } = await engine.tables(session, signal);
    const table = tables.find(({ info }) => info.id === change.collection);
    if (table === undefined) throw new Error(`there is no ${change.collection}`);
    const statements: Sql[] = [];
    const listening: Changing<C> = {
      ...{ dialect: engine.dialect, table, signal },
      session: {
        ...session,
        rows: async (statement) => {
          statements.push(statement);
          return [];
        },
        change: async (statement) => {
          statements.push(statement);
          return 0;
        },
      },
    };
    if (change.kind === 'delete') await lockRecords(listening, change);
    await applyChange(listening, change);
    const plans: (readonly Row[])[] = [];
    for (const one of statements) plans.push(await session.rows(sql`${raw(explain)} ${one}`, signal));
    return plans;
  } finally {
    await session.close();
    await engine.close();
  }
}
