import { expect, it } from 'vitest';
import type { Change, Connector } from '../../src/connector/contract.js';
import { limited } from '../../src/connector/limits.js';
import type { RowSet } from '../../src/connector/row-set.js';
import { call, infoOf } from '../conformance/ask.js';
import type { Harness } from '../conformance/fixture.js';
import { heldBytes } from '../conformance/held-bytes.js';
import { mysqlHarness } from '../conformance/mysql-harness.js';
import { postgresHarness } from '../conformance/postgres-harness.js';
import { sqliteHarness } from '../conformance/sqlite-harness.js';
import { writing } from '../conformance/writer-steps.js';
import { describeEngines, type Engine } from '../harness/engines.js';

const ROWS = 300_000;
const HARNESSES: Readonly<Record<Engine, Harness>> = {
  sqlite: sqliteHarness,
  postgres: postgresHarness,
  mysql: mysqlHarness,
};

describeEngines('a big change', (engine) => {
  it('holds no more memory than a small one, and may take more keys than are held at once', async () => {
    const fixture = await HARNESSES[engine].make([]);
    await fixture.big?.(ROWS);
    const connector = limited(fixture.connector, 'test');
    const { id } = await infoOf(connector, 'big');
    const before = heldBytes();
    let most = 0;
    const watched = (chunks: number) => {
      if (chunks % 20 === 0) most = Math.max(most, heldBytes());
    };
    const update: Change = {
      kind: 'update',
      collection: id,
      key: ['id'],
      fields: ['payload'],
      rows: rows(watched),
    };
    const ids = { width: 1, size: ROWS, chunks: (many: number) => keys(many) };
    const deletion: Change = { kind: 'delete', collection: id, key: ['id'], keys: ids };
    expect(await applied(connector, update, deletion)).toEqual([ROWS, ROWS]);
    // The values are some 300 MB.
    expect((most - before) / 1e6).toBeLessThan(40);
    await connector.close();
    await fixture.drop();
  });
});

function applied(connector: Connector, ...changes: readonly Change[]): Promise<readonly number[]> {
  return writing(
    connector,
    async (writer) => {
      const counts: number[] = [];
      for (const change of changes) counts.push((await writer.apply(change)).records);
      await writer.commit();
      return counts;
    },
    call(500_000),
  );
}

/** Made on the way, so that none are held by the test itself. */
function rows(watched: (chunk: number) => void): RowSet {
  return {
    size: ROWS,
    *chunks(most) {
      let chunk = 0;
      for (const some of keys(most)) {
        chunk += 1;
        watched(chunk);
        yield some.map((key) => ({ key, values: [`${key[0]}`.padEnd(1_000, 'x')] }));
      }
    },
  };
}

function* keys(most: number): Generator<readonly (readonly [number])[]> {
  for (let id = 1; id <= ROWS; id += most) {
    yield Array.from({ length: Math.min(most, ROWS - id + 1) }, (_none, at) => [id + at] as const);
  }
}
