import { describe, expect, it } from 'vitest';
import mysql from '../../connectors/mysql/index.js';
import postgres from '../../connectors/postgres/index.js';
import { hasEngine, withEngine } from '../harness/engines.js';
import { described, openOn } from './asking.js';

describe.skipIf(!hasEngine('postgres'))('the checks that postgres tells', () => {
  it("are a table's, its partitions' and its columns' domains', each once, with their columns", async () => {
    const db = await withEngine('postgres');
    await db.exec(`
      create domain mail as text not null constraint looks check (value ~ '@ VALUE' and value <> '"VALUE"');
      create domain short as mail check (length(value) < 60);
      create table t (id int, "the Mail" short, m mail, a int constraint positive check (a > 0), b int,
        constraint order_ check (a < b), constraint never check (1 = 1)) partition by list (id);
      create table t1 partition of t for values in (1);
      alter table t1 add constraint of_part check (b < 7) not valid;
      create table none (id int)`);
    const connector = await openOn(postgres, db.connection);
    const tables = await described(connector);
    expect(tables.get('none')?.checks).toBeUndefined();
    expect(
      tables.get('t')?.checks?.map(({ name, fields, expression }) => [name, fields.join(), expression]),
    ).toEqual([
      ['never', '', '(1 = 1)'],
      ['order_', 'a,b', '(a < b)'],
      ['positive', 'a', '(a > 0)'],
      ['of_part', 'b', '(b < 7)'],
      ['short_check', 'the Mail', '(length(("the Mail")::text) < 60)'],
      ['looks', 'the Mail', `(("the Mail" ~ '@ VALUE'::text) AND ("the Mail" <> '"VALUE"'::text))`],
      ['looks', 'm', `(("m" ~ '@ VALUE'::text) AND ("m" <> '"VALUE"'::text))`],
    ]);
    const fields = tables.get('t')?.fields ?? [];
    expect(fields.filter(({ nullable }) => !nullable).map(({ name }) => name)).toEqual(['the Mail', 'm']);
    await connector.close();
    await db.drop();
  });
});

describe.skipIf(!hasEngine('mysql'))('the checks that mariadb tells', () => {
  it('are with their columns, but for those that make a column JSON', async () => {
    const db = await withEngine('mysql');
    await db.exec(`create table t (id int primary key check (id > 0), doc json, \`o\`\`dd\` varchar(20) check (\`o\`\`dd\` like 'a\`id\`\\'c%'),
      a int, b int, constraint ordered check (a < b or doc is null)); create table other (a int, constraint ordered check (a = 1)); create table none (id int)`);
    const connector = await openOn(mysql, db.connection);
    const tables = await described(connector);
    expect(tables.get('none')?.checks).toBeUndefined();
    expect(tables.get('t')?.fields.find(({ name }) => name === 'doc')?.type.kind).toBe('json');
    expect(tables.get('t')?.checks?.map(({ name, fields }) => [name, fields.join()])).toEqual([
      ['id', 'id'],
      ['ordered', 'doc,a,b'],
      ['o`dd', 'o`dd'],
    ]);
    expect(tables.get('other')?.checks).toEqual([{ name: 'ordered', fields: ['a'], expression: '`a` = 1' }]);
    await connector.close();
    await db.drop();
  });
});
