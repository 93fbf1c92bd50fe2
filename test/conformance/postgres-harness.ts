import postgres from '../../connectors/postgres/index.js';
import { isJsonText } from '../../src/model/value.js';
import { withEngine } from '../harness/engines.js';
import { scratchFolder } from '../harness/scratch.js';
import { ENUM, type Harness } from './fixture.js';
import { type Dialect, foldingOn, sqlFixture } from './sql-fixture.js';

const dialect: Dialect = {
  types: {
    integer: 'integer',
    bigint: 'bigint',
    decimal: 'numeric(40,10)',
    float: 'double precision',
    boolean: 'boolean',
    text: 'varchar(200)',
    enum: 'test_enum',
    uuid: 'uuid',
    date: 'date',
    time: 'time',
    timestamp: 'timestamp',
    instant: 'timestamptz',
    bytes: 'bytea',
    json: 'jsonb',
    'text-array': 'text[]',
  },
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  parameter: (position) => `$${position}`,
  bind(value) {
    if (typeof value === 'bigint') return String(value);
    if (value instanceof Uint8Array) return Buffer.from(value);
    return typeof value === 'object' && value !== null && isJsonText(value) ? value.json : value;
  },
  generated: (expression) => `generated always as (${expression}) stored`,
  deferred: 'deferrable initially deferred',
};

export const postgresHarness: Harness = {
  types: Object.keys(dialect.types) as Harness['types'],
  streams: true,
  references: true,
  writes: { exclusive: false, deferrable: true, setDefault: true },
  async make(tables) {
    const database = await withEngine('postgres');
    await database.exec(
      `create type test_enum as enum (${ENUM.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ')})`,
    );
    const options = postgres.parse({
      name: 'test',
      connection: database.connection,
      options: {},
      workspace: '/',
      scratch: scratchFolder(),
    });
    return sqlFixture(database, await postgres.open(options), dialect, tables, {
      async folding(texts) {
        await database.exec(
          `create collation case_blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
        );
        return foldingOn(database, dialect, 'text collate case_blind')(texts);
      },
      async big(rows) {
        await database.exec(
          `create table big (id integer primary key, owner integer, payload text);
           insert into big select i, 1, lpad(i::text, 1000, '0') from generate_series(1, ${rows}) i`,
        );
      },
      async slow() {
        await database.exec(
          `create view slow as select i as id, 'a' || i || coalesce(pg_sleep(0.02)::text, '') as email
           from generate_series(1, 100000) i`,
        );
      },
      async writing() {
        await database.exec(
          `create table seen (id integer);
           create function write_it() returns integer language sql volatile as
             'insert into seen values (1); select 1';
           create view writing as select write_it() as id`,
        );
      },
      async guarded(table, id, text) {
        await database.exec(
          `create function guard() returns trigger language plpgsql as $$ begin
             if old.id = ${id} then raise exception '${text}' using detail = '${text}', hint = '${text}'; end if;
             if tg_op = 'DELETE' then return old; end if;
             return new;
           end $$;
           create trigger guarded before update or delete on "${table}" for each row execute function guard()`,
        );
      },
      async touched(table, field) {
        await database.exec(
          `create function touch() returns trigger language plpgsql as $$ begin
             new."${field}" := 'touched';
             return new;
           end $$;
           create trigger touched before update on "${table}" for each row execute function touch()`,
        );
      },
      async failing(text) {
        await database.exec('create table base (id integer primary key, name text)');
        await database.exec('insert into base values (1, $1)', [text]);
        await database.exec('create view failing as select id, (name::integer)::text as name from base');
      },
      async parted() {
        await database.exec(
          `create table parted (id integer, email text, target_id integer) partition by range (id);
           create table parted_low partition of parted for values from (0) to (100);
           create table parted_high partition of parted for values from (100) to (200);
           alter table parted_high add foreign key (target_id) references target (id);
           insert into parted values (1, 'a@example.se', 77), (101, 'a@example.se', 1), (102, 'b@example.se', 1)`,
        );
      },
    });
  },
};
