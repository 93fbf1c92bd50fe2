import { expect, test } from 'vitest';
import { mapCheck } from '../../src/case/setup/map-check.js';
import { openSources } from '../../src/case/sources.js';
import type { Connector, ConnectorFactory } from '../../src/connector/contract.js';
import { loadMap } from '../../src/map/load.js';
import { DsrError } from '../../src/model/error.js';
import { describeEngines, withEngine } from '../harness/engines.js';
import { table } from '../map/support.js';
import { memoryConnector } from '../support/memory-connector.js';
import { contextOf, folder, HEAD } from './workspace-support.js';

const INFORMATION =
  'information: { purposes: [], legalBasis: contract, recipients: [], retention: x, origin: subject, transfers: none }';
const CUSTOMERS =
  '{ subject: customer, system: [id], fields: { email: { category: user.contact.email, identifier: email } }, erase: delete }';
const source = (name: string, connector: string, collections: string, connection = 'x') => `  ${name}:
    connector: ${connector}
    connection: ${connection}
    ${INFORMATION}
    collections: ${collections}
`;

/** A factory whose every opening is what `open` says, and which counts what is still open. */
function factory(name: string, open: () => Promise<Connector>) {
  let left = 0;
  const made: ConnectorFactory<unknown> = {
    name,
    parse: ({ connection }) => connection,
    redact: () => 'somewhere',
    async open() {
      const connector = await open();
      left += 1;
      return {
        ...connector,
        async close() {
          left -= 1;
          await connector.close();
        },
      };
    },
  };
  return { factory: made, left: () => left };
}
const good = () =>
  factory('good', async () =>
    memoryConnector({ collections: [{ info: table('customers', 'id integer, email text?'), rows: [] }] }),
  );

test('a map that fits is complete, and every connection is closed again', async () => {
  const memory = good();
  const dir = folder(`${HEAD}sources:\n${source('crm', 'good', `{ customers: ${CUSTOMERS} }`)}`);
  const check = await mapCheck(contextOf(dir, { factories: [memory.factory] }));
  expect(check).toEqual({
    problems: [],
    unmapped: [],
    sources: [{ source: 'crm', status: 'searched' }],
    complete: true,
  });
  expect(memory.left()).toBe(0);
});

test('a map that does not load gives its problems, and nothing is opened', async () => {
  const dir = folder(`${HEAD}sources:\n${source('crm', 'good', '{ customers: { tabel: x } }')}`);
  const opened = factory('good', () => Promise.reject(new Error('opened')));
  expect(await mapCheck(contextOf(dir, { factories: [opened.factory] }))).toMatchObject({
    problems: [{ severity: 'error', hint: "did you mean 'table'?" }],
    sources: [],
    complete: false,
  });
});

test('an unreachable source makes it incomplete, and the rest is checked', async () => {
  const memory = good();
  const down = factory('down', () => Promise.reject(new DsrError('transient', 'down does not answer')));
  const dir = folder(`${HEAD}sources:\n${source('crm', 'good', '{}')}${source('old', 'down', '{}')}`);
  const check = await mapCheck(contextOf(dir, { factories: [memory.factory, down.factory] }));
  expect(check.complete).toBe(false);
  expect(check.sources).toEqual([
    { source: 'crm', status: 'searched' },
    { source: 'old', status: 'unreachable', error: 'down does not answer' },
  ]);
  expect(check.unmapped).toMatchObject([{ kind: 'tables', names: ['customers'] }]);
});

test('what a driver says is never repeated, nor is a password that a connector lets slip', async () => {
  const raw = factory('raw', () => Promise.reject(new Error('auth failed for anna@example.se')));
  const slip = factory('slip', () =>
    Promise.reject(new DsrError('transient', 'cannot log in as app:hunter2@db')),
  );
  const dir = folder(`${HEAD}sources:\n${source('a', 'raw', '{}')}${source('b', 'slip', '{}', `\${URL}`)}`);
  const context = contextOf(dir, {
    factories: [raw.factory, slip.factory],
    env: { URL: 'pg://app:hunter2@db/x' },
  });
  expect((await mapCheck(context)).sources).toEqual([
    { source: 'a', status: 'unreachable', error: 'source a could not be opened or described' },
    { source: 'b', status: 'unreachable', error: 'cannot log in as app:***@db' },
  ]);
});

test('a source that does not open in time is unreachable, and is closed when it opens after all', async () => {
  let finish: (connector: Connector) => void = () => undefined;
  const slow = factory(
    'slow',
    () =>
      new Promise<Connector>((resolve) => {
        finish = resolve;
      }),
  );
  const dir = folder(`${HEAD}sources:\n${source('crm', 'slow', '{}')}`);
  const context = contextOf(dir, { factories: [slow.factory], timeoutMs: 50 });
  expect((await mapCheck(context)).sources).toEqual([
    { source: 'crm', status: 'unreachable', error: 'source crm did not answer within 0.05 s' },
  ]);
  expect(slow.left()).toBe(0);
  finish(memoryConnector({ collections: [] }));
  await expect.poll(slow.left).toBe(0);
});

test('Ctrl-C rejects as cancelled, with everything closed', async () => {
  const abort = new AbortController();
  const memory = good();
  const stuck = factory('stuck', () => new Promise<Connector>(() => setTimeout(() => abort.abort(), 20)));
  const dir = folder(`${HEAD}sources:\n${source('crm', 'good', '{}')}${source('b', 'stuck', '{}')}`);
  const context = contextOf(dir, { factories: [memory.factory, stuck.factory], signal: abort.signal });
  await expect(mapCheck(context)).rejects.toMatchObject({ kind: 'cancelled' });
  expect(memory.left()).toBe(0);
});

test('an unknown connector is a config error with its place; a connection on its line is not shown', async () => {
  const dir = folder(`${HEAD}sources:\n${source('crm', `\${URL}`, '{}')}`);
  const context = contextOf(dir, { env: { URL: 'postgres://app:hunter2@db/x' } });
  const error: unknown = await mapCheck(context).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ kind: 'config', place: 'dsr.yaml:12:5' });
  expect(String(error)).toContain('dsr.yaml:12:5: source crm: the connector');
  expect(String(error)).not.toContain('hunter2');
});

describeEngines('map check on a real database', (engine) => {
  test('a map is held against the live schema, and problems name table and column', async () => {
    const db = await withEngine(engine);
    await db.exec(
      'create table customers (id integer primary key, email varchar(100), extra varchar(10) not null)',
    );
    await db.exec(
      'create table orders (id integer primary key, customer_id integer not null, note varchar(10), foreign key (customer_id) references customers(id))',
    );
    const map = (collections: string) =>
      folder(`${HEAD}sources:\n${source('crm', engine, collections, `\${URL}`)}`);
    const context = (dir: string) => contextOf(dir, { env: { URL: db.connection } });

    const found = await mapCheck(
      context(
        map(
          `{ customers: ${CUSTOMERS.replace('email:', 'emial:')}, orders: { system: [id], fields: { note: user.content }, unsearchable: x } }`,
        ),
      ),
    );
    expect(
      found.problems
        .filter(({ severity }) => severity === 'error')
        .map(({ message, hint }) => `${message} (${hint})`),
    ).toEqual(
      [
        "'emial' is no column of customers (did you mean 'email'?)",
        'the foreign key customer_id → customers.id needs a relation (customer_id: owned-by, owns, mentions or none)',
      ].map((text) => expect.stringContaining(text)),
    );

    const fits = map(
      `{ customers: ${CUSTOMERS}, orders: { system: [id], fields: { customer_id: owned-by, note: user.content }, erase: delete } }`,
    );
    const checked = await mapCheck(context(fits));
    expect(checked.problems).toEqual([]);
    expect(checked.unmapped).toMatchObject([
      { kind: 'columns', collection: 'crm.customers', names: ['extra'] },
    ]);
    expect(checked.complete).toBe(false);
    const opened = await openSources(context(fits), loadMap(`${fits}/dsr.yaml`, { URL: db.connection }));
    expect([...opened.catalogs.keys()]).toEqual(['crm']);
    expect(JSON.stringify([...opened.shown])).not.toContain('password":"');
    await opened.close();
    await db.drop();
  });
});
