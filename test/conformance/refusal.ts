import { expect } from 'vitest';
import type { Change, Writer } from '../../src/connector/contract.js';
import type { DsrError, ErrorKind } from '../../src/model/error.js';
import { errorOf, told } from './error-of.js';
import type { Fixture } from './fixture.js';
import { contentOf, writerOf } from './writer-steps.js';

/**
 * The change is refused, or what comes after it: as `data`, told without the secret; the
 * transaction can be closed, and these tables are as before.
 */
export async function refusal(
  { connector }: Fixture,
  change: Change,
  tables: readonly string[],
  secret = '',
  afterwards: (writer: Writer) => Promise<unknown> = async () => {},
  kind: ErrorKind = 'data',
): Promise<DsrError> {
  const content = () => Promise.all(tables.map((table) => contentOf(connector, table, [])));
  const before = await content();
  const writer = await writerOf(connector);
  try {
    const error = await errorOf(writer.apply(change).then(() => afterwards(writer)));
    expect(error.kind).toBe(kind);
    expect(error.cause).toBeUndefined();
    if (secret !== '') expect(told(error)).not.toContain(secret);
    return error;
  } finally {
    await writer.close();
    expect(await content()).toEqual(before);
  }
}
