import { describe, expect, it } from 'vitest';
import mysql from '../../connectors/mysql/index.js';
import { mysqlLeftovers } from '../../connectors/mysql/leftovers.js';
import postgres from '../../connectors/postgres/index.js';
import { postgresLeftovers } from '../../connectors/postgres/leftovers.js';
import type { Row, Session } from '../../connectors/sql/session.js';
import type { Leftover } from '../../src/connector/contract.js';
import { hasEngine, type TestDatabase, withEngine } from '../harness/engines.js';
import { call, openOn } from './asking.js';

const told = (left: readonly Leftover[]) =>
  left.map(({ what, until, remedy }) => `${what} ${until} ${remedy ?? ''}`).join('\n');

/** A server whose settings are these: no test may change those of a server that others use. */
const answering = (...answers: readonly (readonly Row[])[]): Session => {
  const left = [...answers];
  const unused = () => Promise.reject(new Error('not asked here'));
  return {
    rows: async () => left.shift() ?? [],
    stream: () => {
      throw new Error('not asked here');
    },
    change: unused,
    commit: unused,
    close: unused,
  };
};
const { signal } = new AbortController();

const asRole = (db: TestDatabase, role: string) => {
  const url = new URL(db.connection);
  url.username = role;
  return url.href;
};

describe.skipIf(!hasEngine('postgres'))('what a deletion leaves in PostgreSQL', () => {
  it('is told by the settings of the server, to any role', async () => {
    const db = await withEngine('postgres');
    const role = `dsr_test_left_${process.pid}`;
    await db.exec(`drop role if exists ${role}; create role ${role} login`);
    await db.exec('create table lazy (id int primary key) with (autovacuum_enabled = off)');
    try {
      const connector = await openOn(postgres, asRole(db, role));
      const left = (await connector.leftovers?.(call())) ?? [];
      const [settings] = await db.exec(
        "select current_setting('autovacuum') as vacuum, current_setting('archive_mode') as archive",
      );
      expect(told(left)).toContain('dead row versions');
      expect(told(left).includes('Autovacuum has passed')).toBe(settings?.vacuum === 'on');
      expect(told(left).includes('Archived files')).toBe(settings?.archive !== 'off');
      expect(told(left)).toContain('write-ahead log');
      expect(told(left).includes('lazy')).toBe(settings?.vacuum === 'on');
      for (const { what, until } of left) expect([what, until].join('')).not.toMatch(/undefined|NaN|null/);
      await connector.close();
    } finally {
      await db.exec(`drop role ${role}`);
      await db.drop();
    }
  });

  it('follows each of them', async () => {
    const settings = (changed: Readonly<Record<string, string | null>>) =>
      Object.entries({
        autovacuum: 'on',
        archive_mode: 'off',
        log_statement: 'none',
        log_min_duration_statement: '-1',
        wal_keep_size: '0',
        slots: '0',
        receivers: '0',
        unvacuumed: null,
        ...changed,
      });
    const with_ = async (changed: Readonly<Record<string, string | null>>) =>
      told(await postgresLeftovers(answering(settings(changed)), signal));
    const plain = await with_({});
    expect(plain).not.toMatch(/archive|Standby|server's log|slots|wal_keep_size|switched off/i);
    expect(await with_({ autovacuum: 'off' })).toContain('autovacuum is off');
    expect(await with_({ unvacuumed: 'lazy' })).toContain('switched off for lazy');
    expect(await with_({ archive_mode: 'always' })).toContain('Archived files');
    expect(await with_({ receivers: '2' })).toContain('2 connected now');
    expect(await with_({ slots: '1', wal_keep_size: '1GB' })).toMatch(/wal_keep_size holds 1GB.*slots/);
    expect(await with_({ wal_keep_size: null })).toBe(plain);
    for (const logging of [
      { log_statement: 'all' },
      { log_statement: 'mod' },
      { log_min_duration_statement: '0' },
      { log_min_duration_statement: '250ms' },
    ]) {
      expect(await with_(logging)).toContain("server's log");
    }
    expect(await with_({ log_statement: 'ddl' })).toBe(plain);
  });
});

describe.skipIf(!hasEngine('mysql'))('what a deletion leaves in MariaDB', () => {
  it('is told by the settings of the server, to any user', async () => {
    const db = await withEngine('mysql');
    const user = `dsr_test_left_${process.pid}`;
    await db.exec('create table old (id int primary key, email varchar(50)) with system versioning');
    const [name] = await db.exec('select database() as name');
    await db.exec(`create or replace user ${user}@'%'; create or replace user ${user}@localhost`);
    for (const host of ['%', 'localhost']) {
      await db.exec(`grant select on ${name?.name}.* to ${user}@'${host}'`);
    }
    try {
      const connector = await openOn(mysql, asRole(db, user));
      const left = (await connector.leftovers?.(call())) ?? [];
      const [settings] = await db.exec('select @@log_bin as log, @@general_log as general');
      expect(told(left)).toContain('marked as deleted');
      expect(told(left)).toContain(`${name?.name}.old`);
      expect(told(left).includes('binary log')).toBe(Number(settings?.log) === 1);
      expect(told(left).includes('general_log')).toBe(Number(settings?.general) === 1);
      expect(told(left)).not.toMatch(/undefined|NaN|null/);
      await connector.close();
    } finally {
      await db.exec(`drop user ${user}@'%', ${user}@localhost`);
      await db.drop();
    }
  });

  it('follows each of them', async () => {
    const with_ = async (settings: Readonly<Record<string, string>>) =>
      told(await mysqlLeftovers(answering(Object.entries(settings), []), ['crm'], signal));
    expect(await with_({ log_bin: 'OFF', general_log: 'OFF' })).not.toMatch(
      /binary log|System-versioned|logs may/,
    );
    expect(await with_({ log_bin: 'ON', expire_logs_days: '10.000000' })).toContain('older than 10 days');
    const both = { log_bin: 'ON', binlog_expire_logs_seconds: '43200', expire_logs_days: '0' };
    expect(await with_(both)).toContain('older than 0.5 days');
    expect(await with_({ ...both, binlog_expire_logs_seconds: '0' })).toContain('do not expire');
    expect(await with_({ innodb_immediate_scrub_data_uncompressed: 'ON' })).toContain(
      'free pages are overwritten',
    );
    expect(await with_({ general_log: 'ON', slow_query_log: 'ON' })).toContain('general_log, slow_query_log');
  });
});
