import sqlite from '../../connectors/sqlite/index.js';
import { isJsonText } from '../../src/model/value.js';
import { withEngine } from '../harness/engines.js';
import { scratchFolder } from '../harness/scratch.js';
import type { Harness } from './fixture.js';
import { type Dialect, foldingOn, sqlFixture } from './sql-fixture.js';

const dialect: Dialect = {
  types: {
    integer: 'integer',
    bigint: 'bigint',
    // Not NUMERIC(40,10): SQLite would turn 40 digits into a float on the way in.
    decimal: 'decimal(40,10)',
    float: 'real',
    boolean: 'boolean',
    text: 'varchar(200)',
    enum: 'text',
    uuid: 'text',
    date: 'date',
    time: 'time',
    timestamp: 'datetime',
    bytes: 'blob',
    json: 'json',
  },
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  parameter: () => '?',
  bind(value) {
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (value instanceof Uint8Array) return Buffer.from(value);
    return typeof value === 'object' && value !== null && isJsonText(value) ? value.json : value;
  },
  generated: (expression) => `generated always as (${expression})`,
  deferred: 'deferrable initially deferred',
};

export const sqliteHarness: Harness = {
  types: Object.keys(dialect.types) as Harness['types'],
  // A DECIMAL column keeps whole numbers to 2^63 and fractions of 15 digits; more is lost on the way in.
  samples: { decimal: ['0', '-7', '12.5', '9007199254740993', '0.1'] },
  streams: true,
  references: true,
  writes: { exclusive: true, deferrable: true, setDefault: true },
  async make(tables) {
    const database = await withEngine('sqlite');
    // Readers and writers at once, as a busy application has it.
    await database.exec('pragma journal_mode = wal');
    const options = sqlite.parse({
      name: 'test',
      connection: database.connection,
      options: {},
      workspace: '/',
      scratch: scratchFolder(),
    });
    return sqlFixture(database, await sqlite.open(options), dialect, tables, {
      folding: foldingOn(database, dialect, 'text collate nocase'),
      async big(rows) {
        await database.exec(
          `create table big (id integer primary key, owner integer, payload text);
           insert into big with recursive n (i) as (select 1 union all select i + 1 from n where i < ${rows})
           select i, 1, printf('%01000d', i) from n`,
        );
      },
      async slow() {
        await database.exec(
          `create view slow (id, email) as
           with recursive n (i) as (select 1 union all select i + 1 from n where i < 1000000000)
           select i, 'a' || i from n`,
        );
      },
      async guarded(table, id, text) {
        for (const change of ['update', 'delete']) {
          await database.exec(
            `create trigger guarded_${change} before ${change} on "${table}" when old.id = ${id}
             begin select raise(abort, '${text}'); end`,
          );
        }
      },
      async touched(table, field) {
        await database.exec(
          `create trigger touched after update on "${table}"
           begin update "${table}" set "${field}" = 'touched' where id = new.id; end`,
        );
      },
      async failing(text) {
        await database.exec('create table base (id integer primary key, name text)');
        await database.exec('insert into base values (1, ?)', [text]);
        await database.exec(
          `create view failing as select id, json_extract(name || '{', '$.' || name) as name from base`,
        );
      },
    });
  },
};
