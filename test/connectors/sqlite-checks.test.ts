import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksOf } from '../../connectors/sqlite/checks.js';

const columns = ['id', 'age', 'e-mail', 'check', 'Note', 'we"ird', 'Åsa'];

function told(
  definitions: string,
): readonly (readonly [name: string | null, fields: readonly string[], expression: string])[] {
  const statement = `create table "a (table)" (${definitions})`;
  const database = new Database(':memory:');
  database.exec(statement);
  const [text] = database.prepare('select sql from sqlite_schema').pluck().all();
  database.close();
  return checksOf(String(text), columns).map(({ name, fields, expression }) => [name, fields, expression]);
}

describe('the checks of a SQLite table', () => {
  it.each([
    ['id integer', []],
    ['id integer, age integer check (age > 0)', [[null, ['age'], 'age > 0']]],
    ['id integer, age integer constraint adult check(AGE >= 18) not null', [['adult', ['age'], 'AGE >= 18']]],
    [
      'id integer, age integer, "e-mail" text, constraint "two of" check ("e-mail" like \'%@%\' and (age > 0 or id = 1))',
      [['two of', ['id', 'age', 'e-mail'], '"e-mail" like \'%@%\' and (age > 0 or id = 1)']],
    ],
    [
      'id integer, age int check (age > 0), check (age < 200)',
      [
        [null, ['age'], 'age > 0'],
        [null, ['age'], 'age < 200'],
      ],
    ],
    ["id integer, Note text check (Note <> 'check (age)')", [[null, ['Note'], "Note <> 'check (age)'"]]],
    ['id integer, "check" text check ([check] is not null)', [[null, ['check'], '[check] is not null']]],
    [
      'id integer default (1 + (2)), `we"ird` text check (`we"ird` > 1)',
      [[null, ['we"ird'], '`we"ird` > 1']],
    ],
    ['id integer, "we""ird" text check ("we""ird" > 1)', [[null, ['we"ird'], '"we""ird" > 1']]],
    [
      'id integer, -- check (id > 1)\n age int /* check (id */ check /* ( */ (age /* id) */ > 0)',
      [[null, ['age'], 'age   > 0']],
    ],
    ["id integer, Note blob check (Note <> x'61')", [[null, ['Note'], "Note <> x'61'"]]],
    ['id integer, Åsa text check (length(Åsa) > 1e0)', [[null, ['Åsa'], 'length(Åsa) > 1e0']]],
    [
      "id integer, age int, note text generated always as (age || ')') check (note <> '(')",
      [[null, ['Note'], "note <> '('"]],
    ],
  ])('%s', (definitions, expected) => {
    expect(told(definitions)).toEqual(expected);
  });

  it('are all found, whatever stands around them', () => {
    const noise = fc.constantFrom(
      '',
      ' ',
      '\n',
      ' /* ) check ( */ ',
      " -- it's a ( check (age)\n",
      ' /* " */ ',
    );
    const column = fc.constantFrom(...columns);
    const quotes = fc.constantFrom(['"', '"'], ['`', '`']);
    const literal = fc.constantFrom(
      "'age'",
      "')'",
      "'check ('",
      "x'00'",
      "'it''s'",
      '1',
      '\'"id"\'',
      "'--'",
      "'/*'",
    );
    const check = fc.record({
      name: fc.constantFrom(null, 'plain', 'with space', 'check'),
      parts: fc.array(fc.tuple(column, quotes, literal), { minLength: 1, maxLength: 3 }),
      nested: fc.boolean(),
      noise,
    });
    fc.assert(
      fc.property(fc.array(check, { maxLength: 4 }), noise, (checks, around) => {
        const quoted = (name: string, [open = '"', close = '"']: readonly string[]) =>
          `${open}${name.replaceAll(close, close + close)}${close}`;
        const made = checks.map(({ name, parts, nested, noise: inside }) => {
          const all = parts
            .map(([each, marks, value]) => `${quoted(each, marks)}${inside}<>${inside}${value}`)
            .join(' and ');
          const expression = nested ? `(${all}) or coalesce(null, (1))` : all;
          return `${name === null ? '' : `constraint ${quoted(name, ['"', '"'])} `}check${inside}(${inside}${expression})`;
        });
        const defined = columns.map((name) => `${quoted(name, ['"', '"'])} text`);
        const found = told([...defined, ...made].join(`,${around}`));
        expect(found.map(([name, fields]) => ({ name, fields }))).toEqual(
          checks.map(({ name, parts }) => ({
            name,
            fields: columns.filter((each) => parts.some(([part]) => part === each)),
          })),
        );
      }),
      { numRuns: 200 },
    );
  });
});
