import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { initWorkspace } from '../../src/case/setup/init.js';
import { mapCheck } from '../../src/case/setup/map-check.js';
import { describeEngines, withEngine } from '../harness/engines.js';
import { contextOf, folder } from './workspace-support.js';

describeEngines('init', (engine) => {
  test('the skeleton of a live database loads and resolves with no error, all its tables in it', async () => {
    const db = await withEngine(engine);
    const quote = (name: string) => (engine === 'mysql' ? `\`${name}\`` : `"${name}"`);
    await db.exec(
      'create table customers (id integer primary key, e_post varchar(100), created_at timestamp null)',
    );
    await db.exec(
      `create table ${quote('order')} (${quote('a id')} integer not null, ${quote('select')} integer not null, customer_id integer, primary key (${quote('a id')}, ${quote('select')}), foreign key (customer_id) references customers(id))`,
    );
    await db.exec('create table keyless (note varchar(50))');
    await db.exec('create view seen as select id from customers');
    const dir = join(folder(), 'new', 'workspace');
    const context = contextOf(dir, { env: { CRM_URL: db.connection } });
    const result = await initWorkspace(context, {
      dir,
      sources: [{ name: 'crm', connector: engine, connection: `\${CRM_URL}` }],
    });
    expect(result).toMatchObject({ file: join(dir, 'dsr.yaml'), tables: 3, columns: 7 });

    const text = readFileSync(result.file, 'utf8');
    expect(text).not.toContain(db.connection);
    expect(text).toContain('# e_post: { category: user.contact.email, identifier: email }');
    expect(text).toMatch(/# customer_id: owned-by +# → customers\.id: owned-by \| owns \| mentions \| none/);
    expect(text).toContain('key: [a id, select]');
    const checked = await mapCheck(context);
    expect(checked.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(checked.unmapped.map(({ collection }) => collection).sort()).toEqual([
      'crm.customers',
      'crm.keyless',
      'crm.order',
    ]);
    expect(checked.complete).toBe(false);
    await db.drop();
  });
});

const sqlite = (connection: string) => [{ name: 'crm', connector: 'sqlite', connection }];

test('the workspace is closed to others and kept out of version control', async () => {
  const dir = folder();
  await initWorkspace(contextOf(dir), { dir, sources: sqlite('missing.db') });
  expect(statSync(join(dir, '.dsr')).mode & 0o777).toBe(0o700);
  expect(readFileSync(join(dir, '.dsr', '.gitignore'), 'utf8')).toBe('*\n');
  expect(JSON.parse(readFileSync(join(dir, '.dsr', 'dsr.schema.json'), 'utf8'))).toMatchObject({
    title: 'dsr.yaml',
  });
});

test('a source that cannot be opened is told, and stands in the map without tables', async () => {
  const dir = folder();
  const result = await initWorkspace(contextOf(dir), { dir, sources: sqlite('missing.db') });
  expect(result.sources).toMatchObject([{ source: 'crm', status: 'unreachable' }]);
  expect(readFileSync(result.file, 'utf8')).toContain('connection: missing.db');
});

test('a dsr.yaml is never overwritten', async () => {
  const dir = folder('mine');
  await expect(initWorkspace(contextOf(dir), { dir, sources: sqlite('x.db') })).rejects.toMatchObject({
    kind: 'config',
    message: `${join(dir, 'dsr.yaml')} exists already`,
  });
  expect(readFileSync(join(dir, 'dsr.yaml'), 'utf8')).toBe('mine');
  expect(existsSync(join(dir, '.dsr'))).toBe(false);
});

test.each([
  [
    'a literal password',
    { name: 'crm', connector: 'postgres', connection: 'postgres://app:hunter2@db/x' },
    /holds a literal password/,
  ],
  [
    'a variable that is not set',
    { name: 'crm', connector: 'postgres', connection: `\${NOPE}` },
    /NOPE is not set/,
  ],
  [
    'an unknown connector',
    { name: 'crm', connector: 'oracel', connection: 'x' },
    /'oracel' could not be loaded/,
  ],
  [
    'a name with a dot',
    { name: 'a.b', connector: 'sqlite', connection: 'x' },
    /cannot be the name of a source/,
  ],
])('%s is refused, and nothing is written', async (_, source, expected) => {
  const dir = folder();
  const error: unknown = await initWorkspace(contextOf(dir), { dir, sources: [source] }).catch(
    (caught: unknown) => caught,
  );
  expect(String(error)).toMatch(expected);
  expect(String(error)).not.toContain('hunter2');
  expect(existsSync(join(dir, 'dsr.yaml'))).toBe(false);
});

test('two sources of one name are refused', async () => {
  const dir = folder();
  const twice = { dir, sources: [...sqlite('a'), ...sqlite('b')] };
  await expect(initWorkspace(contextOf(dir), twice)).rejects.toMatchObject({ kind: 'usage' });
});

test('a folder that cannot be written is one clear error', async () => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  const dir = join(file, 'workspace');
  await expect(initWorkspace(contextOf(dir), { dir, sources: sqlite('x.db') })).rejects.toMatchObject({
    kind: 'config',
    message: expect.stringContaining('workspace folder'),
  });
});
