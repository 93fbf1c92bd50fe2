import mysql from '../../connectors/mysql/index.js';
import { isJsonText } from '../../src/model/value.js';
import { withEngine } from '../harness/engines.js';
import { scratchFolder } from '../harness/scratch.js';
import { ENUM, type Harness } from './fixture.js';
import { type Dialect, foldingOn, plainTime, sqlFixture } from './sql-fixture.js';

const dialect: Dialect = {
  types: {
    integer: 'int',
    bigint: 'bigint',
    decimal: 'decimal(40,10)',
    float: 'double',
    boolean: 'boolean',
    text: 'varchar(200)',
    enum: `enum(${ENUM.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ')})`,
    uuid: 'uuid',
    date: 'date',
    time: 'time(6)',
    timestamp: 'datetime(6)',
    instant: 'timestamp(6)',
    bytes: 'varbinary(2000)',
    json: 'json',
  },
  quote: (name) => `\`${name.replaceAll('`', '``')}\``,
  parameter: () => '?',
  bind(value, type) {
    if (typeof value === 'bigint') return String(value);
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (value instanceof Uint8Array) return Buffer.from(value);
    if (type === 'timestamp' || type === 'instant') return plainTime(value);
    return typeof value === 'object' && value !== null && isJsonText(value) ? value.json : value;
  },
  generated: (expression) => `generated always as (${expression}) stored`,
};

export const mysqlHarness: Harness = {
  types: Object.keys(dialect.types) as Harness['types'],
  samples: {
    time: ['00:00:00.000000', '23:59:59.123456', '-12:30:00.000000', '838:59:59.000000'],
    timestamp: ['2024-02-29T23:59:59.123456', '1901-01-01T00:00:00.000000'],
    instant: ['2024-02-29T23:59:59.123456+00:00', '2001-07-01T12:00:00.000000+00:00'],
  },
  streams: true,
  references: true,
  writes: { exclusive: false, deferrable: false, setDefault: false },
  async make(tables) {
    const database = await withEngine('mysql');
    // The session that inserts tells its times in UTC.
    await database.exec("set time_zone = '+00:00'");
    const options = mysql.parse({
      name: 'test',
      connection: database.connection,
      options: {},
      workspace: '/',
      scratch: scratchFolder(),
    });
    return sqlFixture(database, await mysql.open(options), dialect, tables, {
      folding: foldingOn(database, dialect, 'varchar(200) collate utf8mb4_general_ci'),
      async big(rows) {
        await database.exec(
          `create table big (id int primary key, owner int, payload text);
           insert into big select seq, 1, lpad(seq, 1000, '0') from seq_1_to_${rows}`,
        );
      },
      async slow() {
        await database.exec(
          `create view slow as select seq as id, concat('a', seq, sleep(0.02)) as email from seq_1_to_100000`,
        );
      },
      async writing() {
        await database.exec(
          `create table seen (id int);
           create function write_it() returns int modifies sql data not deterministic
             begin insert into seen values (1); return 1; end;
           create view writing as select write_it() as id`,
        );
      },
      async guarded(table, id, text) {
        for (const change of ['update', 'delete']) {
          await database.exec(
            `create trigger guarded_${change} before ${change} on \`${table}\` for each row
             begin if old.id = ${id} then signal sqlstate '45000' set message_text = '${text}'; end if; end`,
          );
        }
      },
      async touched(table, field) {
        await database.exec(
          `create trigger touched before update on \`${table}\` for each row set new.\`${field}\` = 'touched'`,
        );
      },
      async failing(text) {
        await database.exec('create table base (id int primary key, name varchar(200))');
        await database.exec('insert into base values (1, ?)', [text]);
        await database.exec(
          `create function fail_with(name varchar(200)) returns varchar(200) deterministic
             begin signal sqlstate '45000' set message_text = name; return name; end;
           create view failing as select id, fail_with(name) as name from base`,
        );
      },
    });
  },
};
