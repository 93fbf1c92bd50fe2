import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase, type Store, type StoreOptions } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';
import { createOnce } from '../../src/store/private-file.js';
import { program } from '../ledger/child-process.js';
import { folder } from '../ledger/support.js';

async function opened(options: Partial<StoreOptions> & { readonly file: string }): Promise<Store> {
  const store = await openDatabase({ name: 'the book', ...options });
  onTestFinished(() => store.close());
  return store;
}

describe('a private database', () => {
  test.each([[0o000], [0o022], [0o777]])('has mode 0600 under umask %o', async (mask) => {
    const file = join(folder(), 'book.db');
    const before = process.umask(mask);
    onTestFinished(() => void process.umask(before));
    const store = await opened({ file });
    process.umask(before);
    store.exec('create table t (a)');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('is narrowed when it was open to others', async () => {
    const file = join(folder(), 'book.db');
    writeFileSync(file, '', { mode: 0o644 });
    chmodSync(file, 0o644);
    await opened({ file });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('leaves one file behind, whatever was written', async () => {
    const dir = folder();
    const store = await openDatabase({ file: join(dir, 'book.db'), name: 'the book' });
    store.exec('create table t (a)');
    store.transaction(() => store.run('insert into t values (?)', 'x'));
    expect(readdirSync(dir)).toEqual(['book.db']);
    store.close();
  });

  test('undoes a transaction that throws, and passes its error on', async () => {
    const store = await opened({ file: join(folder(), 'book.db') });
    store.exec('create table t (a)');
    const error = new Error('mine');
    const failing = () =>
      store.transaction(() => {
        store.run('insert into t values (1)');
        store.transaction(() => store.run('insert into t values (2)'));
        throw error;
      });
    expect(failing).toThrow(error);
    expect(store.all('select * from t')).toEqual([]);
    store.transaction(() => store.run('insert into t values (3)'));
    expect(store.all('select * from t')).toEqual([{ a: 3 }]);
  });
});

describe('what goes wrong with a file', () => {
  test('locked: transient, naming the file', async () => {
    const file = join(folder(), 'book.db');
    const store = await opened({ file, busyTimeoutMs: 20 });
    store.exec('create table t (a)');
    const other = new Database(file);
    onTestFinished(() => void other.close());
    other.exec('begin immediate');
    expect(() => store.run('insert into t values (1)')).toThrow(
      expect.objectContaining({
        kind: 'transient',
        message: `the book is locked by another process: ${file}`,
      }),
    );
  });

  test('no space: transient, and what stood there still does', async () => {
    const file = join(folder(), 'book.db');
    const store = await opened({ file });
    store.exec('create table t (a)');
    store.run('insert into t values (?)', 'kept');
    store.exec('pragma max_page_count = 3');
    const fill = () => store.run('insert into t values (?)', 'x'.repeat(100_000));
    expect(fill).toThrow(
      expect.objectContaining({ kind: 'transient', message: expect.stringMatching(/no space/) }),
    );
    expect(store.all('select * from t')).toEqual([{ a: 'kept' }]);
  });

  test('no database: what its owner says it means, without a word of its content', async () => {
    const file = join(folder(), 'book.db');
    writeFileSync(file, 'anna@example.se and much more of the same kind '.repeat(100));
    const error = await openDatabase({ file, name: 'the book', damaged: 'ledger' }).catch((e: unknown) => e);
    expect(error).toMatchObject({ kind: 'ledger', message: expect.stringMatching(/damaged/) });
    expect(JSON.stringify(error)).not.toContain('anna');
    await expect(openDatabase({ file, name: 'the book' })).rejects.toMatchObject({ kind: 'config' });
  });

  test('a torn page: damaged, not an internal failure', async () => {
    const file = join(folder(), 'book.db');
    const first = await openDatabase({ file, name: 'the book' });
    first.exec('create table t (a)');
    for (let row = 0; row < 50; row += 1) first.run('insert into t values (?)', `${row}`.repeat(500));
    first.close();
    const bytes = readFileSync(file);
    bytes.fill(0xff, 4096, 8192);
    writeFileSync(file, bytes);
    const store = await opened({ file });
    expect(() => store.all('select * from t')).toThrow(expect.objectContaining({ kind: 'config' }));
  });

  test('a folder where the file should be, or none where the folder should be: config', async () => {
    const dir = folder();
    mkdirSync(join(dir, 'book.db'));
    await expect(openDatabase({ file: join(dir, 'book.db'), name: 'the book' })).rejects.toMatchObject({
      kind: 'config',
    });
    const nowhere = join(dir, 'none', 'book.db');
    await expect(openDatabase({ file: nowhere, name: 'the book' })).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringContaining(nowhere),
    });
  });

  test('a folder or a file that may not be written: config', async () => {
    const dir = folder();
    const file = join(dir, 'book.db');
    const store = await openDatabase({ file, name: 'the book' });
    store.exec('create table t (a)');
    store.close();
    // Root may write everywhere, so somebody else tries.
    const source = `
      import { openDatabase } from 'src/store/database.js';
      if (process.getuid() === 0) process.setuid(65534);
      const tell = (error) => console.log(error.kind + ': ' + error.message);
      await openDatabase({ file: process.argv[2] + '/new.db', name: 'the book' }).catch(tell);
      const store = await openDatabase({ file: process.argv[2] + '/book.db', name: 'the book' });
      console.log(JSON.stringify(store.all('select * from t')));
      try { store.run('insert into t values (1)'); } catch (error) { tell(error); }
    `;
    chmodSync(file, 0o444);
    chmodSync(dir, 0o555);
    onTestFinished(() => chmodSync(dir, 0o700));
    const child = spawnSync(process.execPath, [await program(source), dir], { encoding: 'utf8' });
    const lines = child.stdout.trim().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^config: the book cannot be opened or written: .*new\.db/),
      '[]',
      expect.stringMatching(/^config: the book cannot be opened or written: .*book\.db/),
    ]);
  });

  test('anything else names a code and no value', async () => {
    const store = await opened({ file: join(folder(), 'book.db') });
    store.exec('create table t (a text unique) strict');
    store.run('insert into t values (?)', 'anna@example.se');
    expect(() => store.run('insert into t values (?)', 'anna@example.se')).toThrow(
      expect.objectContaining({
        kind: 'internal',
        message: expect.stringMatching(/SQLITE_CONSTRAINT_UNIQUE/),
      }),
    );
  });
});

describe('migrate', () => {
  const steps = [
    (store: Store) => store.exec('create table one (a)'),
    (store: Store) => store.exec('create table two (a)'),
  ];

  test('takes each step once, from where the file stands', async () => {
    const store = await opened({ file: join(folder(), 'book.db') });
    migrate(store, 'the book', steps.slice(0, 1));
    store.run('insert into one values (1)');
    migrate(store, 'the book', steps);
    migrate(store, 'the book', steps);
    expect(store.all('select * from one')).toEqual([{ a: 1 }]);
    expect(store.all('select * from two')).toEqual([]);
  });

  test('takes none when one fails', async () => {
    const store = await opened({ file: join(folder(), 'book.db') });
    const failing = [...steps, () => expect.unreachable()];
    expect(() => migrate(store, 'the book', failing)).toThrow();
    migrate(store, 'the book', steps);
    expect(store.all('select * from two')).toEqual([]);
  });

  test('refuses a file that a newer dsr wrote', async () => {
    const store = await opened({ file: join(folder(), 'book.db') });
    migrate(store, 'the book', steps);
    expect(() => migrate(store, 'the book', steps.slice(0, 1))).toThrow(
      expect.objectContaining({ kind: 'config', message: expect.stringMatching(/newer dsr/) }),
    );
  });
});

describe('a file that is created once', () => {
  test('keeps its first content and leaves nothing beside it', () => {
    const dir = folder();
    const file = join(dir, 'key');
    expect(createOnce(file, 'first', 'the key')).toBe(true);
    expect(createOnce(file, 'second', 'the key')).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('first');
    expect(readdirSync(dir)).toEqual(['key']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
