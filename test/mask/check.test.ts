import { describe, expect, it } from 'vitest';
import { checksOn } from '../../src/mask/check/check.js';
import type { Value } from '../../src/model/value.js';

const on = (column: string, expression: string, fields: readonly string[] = [column]) => {
  const [check] = checksOn(column, [{ name: 'c', fields, expression }]);
  if (check === undefined) throw new Error('no check speaks of the column');
  return check;
};

/** column, the check as its engine prints it, what it takes, what it refuses. */
const SPELLINGS: readonly (readonly [string, string, readonly Value[], readonly Value[]])[] = [
  // PostgreSQL's pg_get_expr
  [
    'a',
    "((a)::text = ANY ((ARRAY['new'::character varying, 'it''s'::character varying])::text[]))",
    ['new', "it's", null],
    ['old'],
  ],
  ['a', "(a = ANY ('{x,y}'::text[]))", ['x', 'y'], ['z']],
  [
    'v',
    "((v)::text <> ALL ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
    ['c', null],
    ['a'],
  ],
  ['b', '((length(b) >= 2) AND (length(b) <= 10))', ['ab', null], ['a', 'abcdefghijk']],
  ['c', '((c >= 0) AND (c <= 150))', [0, 150, null], [-1, 151]],
  ['d', "((d ~~ '%@%'::text) AND (d !~~ '% %'::text))", ['a@b', '@', null], ['ab', 'a @b']],
  ['e', "(e ~* '^[^@[:space:]]+@[^@]+\\.[a-z]{2,}$'::text)", ['a@b.se', null], ['a@b', ' @b.se', 'a@b.s']],
  ['f', "((f IS NOT NULL) AND (f <> ''::text))", ['x'], [null, '']],
  ['g', '((g > 0.5) OR (g IS NULL))', ['0.6', 1, null], ['0.5', '0.40']],
  ['h', "((h < CURRENT_DATE) AND (h > '1900-01-01'::date))", ['1980-05-06'], ['1899-12-31', '1900-01-01']],
  ['i', '((i)::text = upper((i)::text))', ['AB', null], []],
  ['j', "(j = 'a'::mood)", ['a', null], ['b']],
  ['k', "(jsonb_typeof(k) = 'object'::text)", [{ json: '{}' }, null], [{ json: '[]' }, { json: 'null' }]],
  [
    'l',
    "((TRIM(BOTH FROM l) <> ''::text) AND (COALESCE(l, 'x'::text) <> 'y'::text))",
    ['z', null],
    ['  ', 'y'],
  ],
  ['m', '(cardinality(m) > 0)', [['a'], null], [[]]],
  ['n', 'n', [true, null], [false]],
  ['q', "(((q >= '-5'::integer) AND (q <= 5)) AND ((q % (2)::bigint) = 0))", [-4, 0, 4, null], [-6, 3, 6]],
  ['r', '\nCASE\n    WHEN (r IS NULL) THEN true\n    ELSE (length(r) > 2)\nEND', ['abc', null], ['ab']],
  ['t', "(POSITION(('@'::text) IN (t)) > 1)", ['a@', null], ['@', 'a']],
  ['u', "(((u)::text = 'abc'::text) OR ((u)::text = 'def'::text))", ['abc', 'def', null], ['x']],
  ['e-post', '("e-post" IS NOT NULL)', ['x'], [null]],
  // MariaDB's check_clause
  ['a', "`a` in ('new','it\\'s')", ['new', "it's", null], ['old']],
  ['b', 'octet_length(`b`) between 2 and 10', ['ab', null], ['a']],
  ['d', "`d` like '%@%' and `d`  not like '% %'", ['a@b', null], ['a @b']],
  ['e', "`e` regexp '^[^@[:space:]]+@[^@]+\\\\.[a-z]{2,}$'", ['a@b.se', null], ['a@bse']],
  ['f', "`f` is not null and `f` <> ''", ['x'], [null, '']],
  ['q', '`q` between -5 and 5 and `q` MOD 2 = 0', [-4, null], [3, 6]],
  ['r', 'case when `r` is null then 1 else octet_length(`r`) > 2 end', ['abc', null], ['ab']],
  ['t', "locate('@',`t`) > 1", ['a@', null], ['@']],
  ['k', 'json_valid(`k`)', [{ json: '{}' }, null], ['{']],
  ['y', "left(`y`,1) = 'a' and substr(`y`,1,2) <> 'bb'", ['ab', null], ['b']],
  // MySQL's
  ['a', "(`a` in (_utf8mb4\\'new\\',_utf8mb4\\'old\\'))", ['new', null], ['x']],
  ['a', "regexp_like(`a`,_utf8mb4\\'^[0-9]{4}$\\')", ['1234', null], ['123']],
  // SQLite's own text
  ['a', `a IN ('x', "y") -- why`, ['x', 'y', null], ['z']],
  ['a', "a NOTNULL AND typeof(a) = 'text'", ['x'], [null]],
  ['a', 'a NOT NULL', ['x'], [null]],
  ['a', "[a] GLOB '[a-z]*' AND length([a]) > 2", ['abc', null], ['1bc', 'ab']],
  ['a', 'a == 1 OR a != 2', [1, 3], [2]],
];

describe('a check', () => {
  it.each(SPELLINGS)('on %s, %s', (column, sql, takes, refuses) => {
    const check = on(column, sql);
    for (const value of takes) expect(check.holds(value), JSON.stringify(value)).toBe(true);
    for (const value of takes) expect(check.refuses(value), JSON.stringify(value)).toBe(false);
    for (const value of refuses) expect(check.refuses(value), JSON.stringify(value)).toBe(true);
    for (const value of refuses) expect(check.holds(value), JSON.stringify(value)).toBe(false);
  });

  it.each([
    ['is_valid(a)'],
    ["a ~ '(?=x)y'"],
    ["a ~ similar_to_escape('[0-9]+'::text)"],
    ["a || 'x' = 'yx'"],
    ['a xor 0'],
    ['a = (select 1)'],
    ["a @> '{}'"],
    ['((('],
    ['a < b'],
    ["a ->> 'x' is not null"],
    ['§'],
    [`${'('.repeat(5_000)}a${')'.repeat(5_000)}`],
  ])('that is not understood (%s) vouches for nothing and refuses nothing', (sql) => {
    const check = on('a', sql, ['a', 'b']);
    expect(check.holds('x')).toBe(false);
    expect(check.refuses('x')).toBe(false);
  });

  it('over several columns holds where it does so whatever the others are', () => {
    expect(on('start', '((start <= finish))', ['start', 'finish']).holds(null)).toBe(true);
    expect(on('start', '((start <= finish))', ['start', 'finish']).holds('2020-01-01')).toBe(false);
    expect(on('a', '((a IS NOT NULL) OR (b IS NOT NULL))', ['a', 'b']).holds('x')).toBe(true);
    expect(on('a', '((a IS NOT NULL) OR (b IS NOT NULL))', ['a', 'b']).holds(null)).toBe(false);
    expect(on('a', '((a IS NULL) OR is_valid(a))').holds(null)).toBe(true);
  });

  it('knows what differs by collation, and says neither', () => {
    const equal = on('a', "(a = 'Anna')");
    expect([equal.holds('anna'), equal.refuses('anna')]).toEqual([false, false]);
    const like = on('a', "a like 'A%'");
    expect([like.holds('anna'), like.refuses('anna')]).toEqual([false, false]);
  });
});
