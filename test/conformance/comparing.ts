import { expect } from 'vitest';
import type { Scalar, Value } from '../../src/model/value.js';
import { ask, at, hitsByKey, keysOf, matchOn } from './ask.js';
import type { ColumnType } from './fixture.js';
import type { Guarantee } from './guarantee.js';

const ANYWHERE = [
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\\',
  "'",
  '"',
  "' or 1=1 --",
  '😀',
  'x'.repeat(70_000),
  '$1',
  '?',
];

/** For each type a good key, which a row holds, and keys that cannot be of the type or match nothing. */
const NASTY: Readonly<
  Partial<Record<ColumnType, { readonly good: Value; readonly bad: readonly Scalar[] }>>
> = {
  integer: {
    good: 5,
    bad: [
      'x',
      '',
      ' ',
      '1.5',
      5.5,
      '5x',
      '0x5',
      '99999999999999999999',
      '-99999999999999999999',
      2147483648,
      'NaN',
      'Infinity',
      '５',
      123456789012345678901234567890n,
    ],
  },
  bigint: { good: 5, bad: ['x', '', '5.5', '9223372036854775808', '-9223372036854775809', '1e400', 'NaN'] },
  decimal: {
    good: '5.5000000000',
    bad: ['x', '', '5,5', '--1', '5.5.5', '1e400', 'Infinity', 'NaN', '9'.repeat(200)],
  },
  float: { good: 5.5, bad: ['x', '', '5,5', '1e999', '-1e999', 'NaN', 'Infinity'] },
  boolean: { good: true, bad: ['x', '', '2', 'maybe', 'truely', 7] },
  text: { good: 'five', bad: ['', 'FIVE!', 0, false] },
  enum: { good: 'new', bad: ['nope', '', '0', 1, 'NEWER'] },
  uuid: { good: '6f1c9f6e-9d5b-4c8e-8f5a-3b2a1c0d9e8f', bad: ['x', '', '6f1c9f6e', 5, 'g'.repeat(36)] },
  date: {
    good: '2024-02-29',
    bad: ['x', '', '2024-02-30', '2024-13-01', '0000-00-00', '2023-02-29', 5, '99999999-01-01'],
  },
  time: { good: '10:20:30', bad: ['x', '', '25:00:00', '10:61:00', 5] },
  timestamp: {
    good: '2024-02-29T10:20:30.123456',
    bad: ['x', '', '2024-02-30T10:20:30', '2024-02-29T25:00:00', 5],
  },
  instant: {
    good: '2024-02-29T10:20:30.123456+00:00',
    bad: ['x', '', '2024-02-30T10:20:30+00:00', '2024-02-29T10:20:30+99:00', 5],
  },
  bytes: { good: new Uint8Array([1, 2]), bad: ['x', '', '\\x', '\\x0', '\\xzz', '0102', 5] },
};

/** How keys are compared with what a source holds. */
export const comparing: readonly Guarantee[] = [
  ...Object.entries(NASTY).map(
    ([type, { good, bad }]): Guarantee => ({
      says: `a key that cannot be ${type} matches nothing and raises nothing, and the others still match`,
      types: [type as ColumnType],
      async check({ make }) {
        const { connector } = await make({
          name: 'things',
          columns: { id: 'integer', held: { type: type as ColumnType, nullable: true } },
          key: ['id'],
          rows: [
            { id: 1, held: good },
            { id: 2, held: null },
          ],
        });
        const nasty = [...bad, ...ANYWHERE];
        const alone = await ask(connector, { table: 'things', matches: [matchOn('held', nasty)] });
        expect(keysOf(alone)).toEqual([]);
        const key = good instanceof Uint8Array ? '\\x0102' : (good as Scalar);
        const together = await ask(connector, {
          table: 'things',
          matches: [matchOn('held', [...nasty, key])],
        });
        expect(hitsByKey(together)).toEqual({ 1: [`0:${nasty.length}`] });
        for (const mode of ['folded', 'digits'] as const) {
          await ask(connector, { table: 'things', matches: [matchOn('held', nasty, { mode })] });
        }
        await ask(connector, {
          table: 'things',
          matches: [matchOn('id', [1], { when: [{ field: 'held', anyOf: nasty }] })],
        });
      },
    }),
  ),
  {
    says: 'where the source holds different texts equal, a record matched just the asked keys that equal it there',
    async check({ make, skip }) {
      const fixture = await make();
      if (fixture.folding === undefined) return skip('no collation here equates texts that differ');
      const texts = ['ab', 'AB', 'Ab', 'ac', 'åb', 'Åb', 'ab ', 'aḅ', 'ss', 'ß'];
      const equal = await fixture.folding(texts);
      const hits = (asked: readonly number[]) =>
        Object.fromEntries(
          texts.flatMap((_text, row) => {
            const its = asked.flatMap((key, at) => (equal[key]?.includes(row + 1) ? [`0:${at}`] : []));
            return its.length === 0 ? [] : [[row + 1, its.sort()]];
          }),
        );
      expect(hits([0])[2]).toEqual(['0:0']);
      const all = texts.map((_text, at) => at);
      for (const asked of [all, ...all.map((one) => [one])]) {
        const keys = asked.map((key) => texts[key] ?? '');
        const found = await ask(fixture.connector, { table: 'folding', matches: [matchOn('code', keys)] });
        expect(hitsByKey(found), keys.join()).toEqual(hits(asked));
      }
    },
  },
  {
    says: 'a dangling key matches nothing',
    async check({ make }) {
      const { connector } = await make(
        { name: 'parents', columns: { id: 'integer' }, key: ['id'], rows: [{ id: 1 }, { id: 2 }] },
        {
          name: 'children',
          columns: { id: 'integer', parent: { type: 'integer', nullable: true } },
          key: ['id'],
          rows: [
            { id: 1, parent: 1 },
            { id: 2, parent: 7 },
            { id: 3, parent: null },
          ],
        },
      );
      expect(hitsByKey(await ask(connector, { table: 'parents', matches: [matchOn('id', [7, 1])] }))).toEqual(
        {
          1: ['0:1'],
        },
      );
      expect(
        hitsByKey(await ask(connector, { table: 'children', matches: [matchOn('parent', [2, 7, 1])] })),
      ).toEqual({ 1: ['0:2'], 2: ['0:1'] });
    },
  },
  {
    says: 'exact finds the text as it stands',
    async check({ make }) {
      const { connector } = await make({
        name: 'codes',
        columns: { id: 'integer', code: 'text' },
        key: ['id'],
        rows: [
          { id: 1, code: 'AB-1' },
          { id: 2, code: 'Åsa' },
          { id: 3, code: '007' },
        ],
      });
      const keys = async (...asked: Scalar[]) =>
        keysOf(await ask(connector, { table: 'codes', matches: [matchOn('code', asked)] }));
      expect(await keys('AB-1')).toEqual(['1']);
      expect(await keys('AB1', 'AB-')).toEqual([]);
      expect(await keys('Åsa')).toEqual(['2']);
      expect(await keys('007')).toEqual(['3']);
      expect(await keys(7)).toEqual([]);
    },
  },
  {
    says: 'folded finds text in any case, also beyond ASCII',
    async check({ make }) {
      const stored = [
        'Anna@Example.SE',
        'anna@example.se',
        'ÅSA@EXAMPLE.SE',
        'Åsa@example.se',
        'other@example.se',
      ];
      const { connector } = await make({
        name: 'mail',
        columns: { id: 'integer', email: { type: 'text', nullable: true } },
        key: ['id'],
        rows: [...stored.map((email, id) => ({ id, email })), { id: 9, email: null }],
      });
      const found = await ask(connector, {
        table: 'mail',
        matches: [matchOn('email', ['anna@example.se', 'åsa@example.se', ''], { mode: 'folded' })],
      });
      const hits = hitsByKey(found);
      expect(hits).toMatchObject({ 0: ['0:0'], 1: ['0:0'], 2: ['0:1'], 3: ['0:1'] });
      expect(Object.keys(hits)).toHaveLength(4);
    },
  },
  {
    says: 'digits finds text by its digits, however it is written',
    async check({ make }) {
      const stored = [
        '070-174 06 05',
        '(070) 174.06/05',
        '0701740605',
        '070\u00a0174\u00a006\u00a005',
        'tel: 070–174 06 05',
        '0701740606',
      ];
      const { connector } = await make({
        name: 'phones',
        columns: { id: 'integer', phone: { type: 'text', nullable: true } },
        key: ['id'],
        rows: [...stored.map((phone, id) => ({ id, phone })), { id: 9, phone: null }],
      });
      const found = await ask(connector, {
        table: 'phones',
        matches: [matchOn('phone', ['46701740605', '0701740605'], { mode: 'digits' })],
      });
      expect(hitsByKey(found)).toEqual({ 0: ['0:1'], 1: ['0:1'], 2: ['0:1'], 3: ['0:1'], 4: ['0:1'] });
    },
  },
  {
    says: 'digits finds a number in a whole-number column',
    async check({ make, harness }) {
      for (const type of (['integer', 'bigint'] as const).filter((one) => harness.types.includes(one))) {
        const { connector } = await make({
          name: 'phones',
          columns: { id: 'integer', phone: { type, nullable: true } },
          key: ['id'],
          rows: [
            { id: 1, phone: 701740605 },
            { id: 2, phone: 701740606 },
            { id: 3, phone: null },
          ],
        });
        const found = await ask(connector, {
          table: 'phones',
          matches: [
            matchOn('phone', ['46701740605', '0701740605', '701740605', '99999999999999999999999'], {
              mode: 'digits',
            }),
          ],
        });
        expect(hitsByKey(found)[1]).toContain('0:2');
        expect(keysOf(found)).toEqual(['1']);
      }
    },
  },
  {
    says: 'several columns of one key are all compared in the mode asked',
    async check({ make }) {
      const { connector } = await make({
        name: 'names',
        columns: { id: 'integer', first: 'text', last: 'text' },
        key: ['id'],
        rows: [
          { id: 1, first: 'Anna', last: 'Berg' },
          { id: 2, first: 'ANNA', last: 'Lund' },
        ],
      });
      const found = await ask(connector, {
        table: 'names',
        matches: [
          matchOn(
            ['first', 'last'],
            [
              ['anna', 'berg'],
              ['berg', 'anna'],
            ],
            { mode: 'folded' },
          ),
        ],
      });
      expect(hitsByKey(found)).toEqual({ 1: ['0:0'] });
    },
  },
  {
    says: 'a path into JSON finds what stands there, as text',
    types: ['json'],
    async check({ make }) {
      const documents = [
        '{"profile": {"newsletter": {"email": "a@example.se"}}, "n": 12345678901234567890, "ok": true}',
        '{"profile": {"newsletter": {"email": null}}, "n": 0, "ok": false}',
        '{"profile": "a@example.se", "n": "0"}',
        '{"profile": {"newsletter": ["a@example.se"]}}',
        '[]',
        'null',
        '{"odd": {"a b": {"it\'s": {"q\\"uo": "x"}}, "0": "zero", "$": "dollar", "": "empty"}}',
      ];
      const { connector } = await make({
        name: 'docs',
        columns: { id: 'integer', doc: { type: 'json', nullable: true } },
        key: ['id'],
        rows: [...documents.map((json, id) => ({ id, doc: { json } })), { id: 9, doc: null }],
      });
      const keys = async (path: readonly string[], ...asked: Scalar[]) =>
        keysOf(await ask(connector, { table: 'docs', matches: [matchOn({ column: 'doc', path }, asked)] }));
      expect(await keys(['profile', 'newsletter', 'email'], 'a@example.se')).toEqual(['0']);
      expect(await keys(['profile', 'newsletter', 'email'], 'null', '')).toEqual([]);
      expect(await keys(['n'], '12345678901234567890')).toEqual(['0']);
      expect(await keys(['n'], 0)).toEqual(['1', '2']);
      expect(await keys(['ok'], 'false')).toEqual(['1']);
      expect(await keys(['ok'], true)).toEqual(['0']);
      expect(await keys(['odd', 'a b', "it's", 'q"uo'], 'x')).toEqual(['6']);
      expect(await keys(['odd', '0'], 'zero')).toEqual(['6']);
      expect(await keys(['odd', '$'], 'dollar')).toEqual(['6']);
      expect(await keys(['nowhere', 'at', 'all'], 'x', '')).toEqual([]);
    },
  },
  {
    says: 'a path with [] matches when any element does, each record once',
    types: ['json'],
    async check({ make }) {
      const documents = [
        '{"items": [{"email": "A@example.se"}, {"email": "b@example.se"}, {"email": "b@example.se"}], "tags": ["x", "y"]}',
        '{"items": [{"email": "c@example.se"}], "tags": []}',
        '{"items": {"email": "b@example.se"}, "tags": "x"}',
        '{"items": [], "tags": [["x"]]}',
        '{"items": [{"mails": ["d@example.se", "e@example.se"]}, {"mails": ["d@example.se"]}]}',
      ];
      const { connector } = await make({
        name: 'docs',
        columns: {
          id: 'integer',
          doc: { type: 'json', nullable: true },
          list: { type: 'json', nullable: true },
        },
        key: ['id'],
        rows: documents.map((json, id) => ({
          id,
          doc: { json },
          list: { json: id === 0 ? '["p", 5, null]' : '[]' },
        })),
      });
      const emails = await ask(connector, {
        table: 'docs',
        matches: [
          matchOn('doc.items[].email', ['a@example.se', 'b@example.se'], { mode: 'folded' }),
          matchOn('doc.tags[]', ['x']),
          matchOn('list[]', ['p', '5', 'null']),
        ],
      });
      expect(hitsByKey(emails)).toEqual({ 0: ['0:0', '0:1', '1:0', '2:0', '2:1'] });
      const nested = await ask(connector, {
        table: 'docs',
        matches: [matchOn('doc.items[].mails[]', ['d@example.se'])],
      });
      expect(hitsByKey(nested)).toEqual({ 4: ['0:0'] });
    },
  },
  {
    says: 'a path with [] reaches into array columns',
    types: ['text-array'],
    async check({ make }) {
      const { connector } = await make({
        name: 'lists',
        columns: { id: 'integer', emails: { type: 'text-array', nullable: true } },
        key: ['id'],
        rows: [
          { id: 1, emails: ['A@example.se', null, 'b@example.se'] },
          { id: 2, emails: [] },
          { id: 3, emails: null },
          { id: 4, emails: ['null', ''] },
        ],
      });
      expect(
        hitsByKey(
          await ask(connector, { table: 'lists', matches: [matchOn('emails[]', ['b@example.se', ''])] }),
        ),
      ).toEqual({
        1: ['0:0'],
        4: ['0:1'],
      });
      const folded = await ask(connector, {
        table: 'lists',
        matches: [matchOn(at('emails[]'), ['a@example.se'], { mode: 'folded' })],
      });
      expect(keysOf(folded)).toEqual(['1']);
    },
  },
];
