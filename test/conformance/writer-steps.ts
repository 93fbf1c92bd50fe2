import type { Call, Change, Connector, Records, Writer } from '../../src/connector/contract.js';
import { keySetOf } from '../../src/connector/key-set.js';
import { rowSetOf } from '../../src/connector/row-set.js';
import type { Key, Scalar, Value } from '../../src/model/value.js';
import { allOf, ask, call, infoOf, matchOn } from './ask.js';

/** Opens a writer, and closes it whatever happens. */
export async function writing<T>(
  connector: Connector,
  work: (writer: Writer) => Promise<T>,
  made: Call = call(),
): Promise<T> {
  const writer = await writerOf(connector, made);
  try {
    return await work(writer);
  } finally {
    await writer.close();
  }
}

export async function writerOf(connector: Connector, made: Call = call()): Promise<Writer> {
  if (connector.writer === undefined) throw new Error('the connector has no writer');
  return connector.writer(made);
}

/** Carries changes out in one transaction; how many records each one changed. */
export function done(connector: Connector, ...changes: readonly Change[]): Promise<readonly number[]> {
  return writing(connector, async (writer) => {
    const counts: number[] = [];
    for (const change of changes) counts.push((await writer.apply(change)).records);
    await writer.settle();
    await writer.commit();
    return counts;
  });
}

export async function recordsOf(
  connector: Connector,
  table: string,
  keys: readonly (Scalar | Key)[],
  key?: readonly string[],
): Promise<Records> {
  const info = await infoOf(connector, table);
  const fields = key ?? info.key.fields;
  return { collection: info.id, key: fields, keys: keySetOf(keys.map(keyIn), fields.length) };
}

export async function deletionOf(
  connector: Connector,
  table: string,
  keys: readonly (Scalar | Key)[],
  key?: readonly string[],
): Promise<Change> {
  return { kind: 'delete', ...(await recordsOf(connector, table, keys, key)) };
}

/** Rows as a key and its new values. */
export async function updateOf(
  connector: Connector,
  table: string,
  fields: readonly string[],
  rows: readonly (readonly [Scalar | Key, ...Value[]])[],
  key?: readonly string[],
): Promise<Change> {
  const info = await infoOf(connector, table);
  return {
    kind: 'update',
    collection: info.id,
    key: key ?? info.key.fields,
    fields,
    rows: rowSetOf(rows.map(([one, ...values]) => ({ key: keyIn(one), values }))),
  };
}

function keyIn(key: Scalar | Key): Key {
  return Array.isArray(key) ? (key as Key) : [key as Scalar];
}

/**
 * Every record of a table by its key's text, with the values asked: tables in these tests have an
 * `all` that is 1 everywhere.
 */
export async function contentOf(
  connector: Connector,
  table: string,
  fields: readonly string[],
  writer?: Writer,
): Promise<Readonly<Record<string, readonly Value[]>>> {
  const matches = [matchOn('all', [1])];
  const info = await infoOf(connector, table);
  const found =
    writer === undefined
      ? await ask(connector, { table, matches, fields })
      : await allOf(writer, { collection: info.id, key: info.key.fields, matches, fields });
  return Object.fromEntries(
    found.map(({ key, values }): [string, readonly Value[]] => [key.map(String).join('|'), values]).sort(),
  );
}
