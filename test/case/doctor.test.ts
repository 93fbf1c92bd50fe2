import { chmodSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectorEntries } from '../../connectors/index.js';
import { doctor } from '../../src/case/setup/doctor.js';
import { describeEngines, withEngine } from '../harness/engines.js';
import { dsr } from '../support/terminal.js';
import { contextOf, folder, HEAD } from './workspace-support.js';

const map = (connector: string, connection: string) => `${HEAD}sources:
  crm:
    connector: ${connector}
    connection: ${connection}
    information: { purposes: [], legalBasis: contract, recipients: [], retention: x, origin: subject, transfers: none }
    collections:
      customers: { subject: customer, system: [id], fields: { email: { category: user.contact.email, identifier: email } }, erase: delete }
`;

describeEngines('doctor', (engine) => {
  test('says where an index is missing, ready to paste, and is content once it is there', async () => {
    const db = await withEngine(engine);
    await db.exec('create table customers (id integer primary key, email varchar(100))');
    const context = contextOf(folder(map(engine, `\${URL}`)), { env: { URL: db.connection } });
    const missing = (await doctor(context)).filter(
      ({ area, hint }) => area === 'source' && /create index/i.test(hint ?? ''),
    );
    expect(missing).toMatchObject([{ about: expect.stringMatching(/^crm: .*customers/) }]);
    for (const statement of (missing[0]?.hint ?? '').split(/;\s*/).filter((part) => part.trim() !== '')) {
      await db.exec(statement);
    }
    const after = await doctor(context);
    expect(after.filter(({ hint }) => /create index/i.test(hint ?? ''))).toEqual([]);
    expect(after.find(({ area }) => area === 'source')).toMatchObject({ severity: 'ok', about: 'crm' });
    expect(after.find(({ area }) => area === 'map')).toMatchObject({ severity: 'ok' });
    await db.drop();
  });
});

test('a source that is down is an error that names it, and the rest is looked at', async () => {
  const items = await doctor(contextOf(folder(map('sqlite', 'missing.db'))));
  expect(items.find(({ area }) => area === 'source')).toMatchObject({
    severity: 'error',
    about: 'crm',
    kind: 'transient',
  });
  expect(items.map(({ area }) => area)).toContain('ledger');
});

test('a wrong map gives every problem and a hint, and the ledger is looked at all the same', async () => {
  const items = await doctor(
    contextOf(folder(map('sqlite', 'x').replace('subject:', 'subjct:').replace('delete', 'delet'))),
  );
  expect(items.filter(({ area }) => area === 'map')).toMatchObject([
    { severity: 'error', kind: 'config', hint: "did you mean 'subject'?" },
    { severity: 'error', kind: 'config', hint: "did you mean 'delete'?" },
  ]);
  expect(items.at(-1)).toMatchObject({ area: 'ledger', severity: 'ok' });
});

test('files that others can read are errors, with what to do', async () => {
  const dir = folder(map('sqlite', 'x.db'));
  const state = join(dir, '.dsr');
  mkdirSync(state, { mode: 0o700 });
  chmodSync(state, 0o755);
  writeFileSync(join(state, 'work.db'), '');
  chmodSync(join(state, 'work.db'), 0o644);
  const items = (await doctor(contextOf(dir))).filter(({ area }) => area === 'workspace');
  expect(items).toMatchObject([
    { severity: 'error', hint: `chmod go= '${state}'` },
    { severity: 'error', hint: `chmod go= '${join(state, 'work.db')}'` },
  ]);
  chmodSync(state, 0o700);
  chmodSync(join(state, 'work.db'), 0o600);
  const mended = (await doctor(contextOf(dir))).filter(({ area }) => area === 'workspace');
  expect(mended).toMatchObject([{ severity: 'ok' }]);
});

test('a clock that is set, and one that is behind, are told', async () => {
  const dir = folder(map('sqlite', 'x.db'));
  const set = await doctor(contextOf(dir, { now: new Date('2026-03-03T10:00:00Z') }));
  expect(set.find(({ area }) => area === 'clock')).toMatchObject({ severity: 'warning' });
  const later = new Date(Date.now() + 86_400_000);
  utimesSync(join(dir, 'dsr.yaml'), later, later);
  const behind = await doctor(contextOf(dir));
  expect(behind.find(({ area }) => area === 'clock')).toMatchObject({ severity: 'error' });
});

test('a ledger without its key is an error of kind ledger or config', async () => {
  const dir = folder(map('sqlite', 'x.db'));
  mkdirSync(join(dir, '.dsr'), { mode: 0o700 });
  writeFileSync(join(dir, '.dsr', 'ledger.db'), 'not a database', { mode: 0o600 });
  const item = (await doctor(contextOf(dir))).find(({ area }) => area === 'ledger');
  expect(item).toMatchObject({ severity: 'error' });
  expect(['ledger', 'config']).toContain(item?.kind);
});

test('Ctrl-C ends it as cancelled', async () => {
  const context = contextOf(folder(map('sqlite', 'x.db')), { signal: AbortSignal.abort() });
  await expect(doctor(context)).rejects.toMatchObject({ kind: 'cancelled' });
});

/** Every file below, with its mode and when it was changed. */
function shape(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .concat('.')
    .sort()
    .map((name) => {
      const { mode, mtimeMs, size } = statSync(join(dir, name));
      return `${name} ${mode.toString(8)} ${mtimeMs} ${size}`;
    });
}

test('doctor and map check change nothing: no file is made, and none is narrowed', async () => {
  const db = await withEngine('sqlite');
  await db.exec('create table customers (id integer primary key, email varchar(100))');
  const dir = folder(map('sqlite', db.connection));
  const call = (...argv: string[]) => dsr(argv, { cwd: dir, entries: connectorEntries });
  const before = shape(dir);
  expect(before).toHaveLength(2);
  expect((await call('doctor')).code).toBe(0);
  expect((await call('map', 'check')).code).toBe(0);
  expect(shape(dir)).toEqual(before);
  expect((await call('find', 'anna@example.se')).code).toBe(0);
  chmodSync(join(dir, '.dsr'), 0o755);
  chmodSync(join(dir, '.dsr', 'ledger.db'), 0o644);
  const open = shape(dir);
  expect((await call('doctor')).code).toBe(2);
  expect((await call('ledger', 'verify')).code).toBe(0);
  expect(shape(dir)).toEqual(open);
  await db.drop();
});

test('a map that does not speak of everything: 3, as map check ends, and not healthy', async () => {
  const db = await withEngine('sqlite');
  await db.exec('create table customers (id integer primary key, email varchar(100))');
  const dir = folder(map('sqlite', db.connection));
  const codes = async () => {
    const call = (...argv: string[]) => dsr(argv, { cwd: dir, entries: connectorEntries });
    const { code, stdout } = await call('doctor', '--json');
    return [code, (await call('map', 'check')).code, JSON.parse(stdout).healthy];
  };
  expect(await codes()).toEqual([0, 0, true]);
  await db.exec('create table strange (id integer primary key)');
  expect(await codes()).toEqual([3, 3, false]);
  await db.exec('drop table strange');
  await db.exec('alter table customers add column secret varchar(9)');
  expect(await codes()).toEqual([3, 3, false]);
  await db.drop();
});
