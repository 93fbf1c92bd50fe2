import { expect } from 'vitest';
import type { Scalar } from '../../src/model/value.js';
import { allOf, ask, call, hitsByKey, infoOf, keysOf, matchOn, queryOf } from './ask.js';
import type { Table } from './fixture.js';
import type { Guarantee } from './guarantee.js';

const people: Table = {
  name: 'people',
  columns: {
    id: 'integer',
    email: { type: 'text', nullable: true },
    phone: { type: 'text', nullable: true },
  },
  key: ['id'],
  rows: [
    { id: 1, email: 'a@example.se', phone: '111' },
    { id: 2, email: 'b@example.se', phone: '111' },
    { id: 3, email: null, phone: null },
    { id: 4, email: 'a@example.se', phone: null },
  ],
};

/** Which records a query answers with, and what it says of them. */
export const answering: readonly Guarantee[] = [
  {
    says: 'a record hit by several matches and keys comes once, with every asked key that it matched',
    async check({ make }) {
      const { connector } = await make(people);
      const found = await ask(connector, {
        table: 'people',
        matches: [
          matchOn('email', ['a@example.se', 'nobody@example.se', 'b@example.se']),
          matchOn('phone', ['222', '111']),
          matchOn('id', [2]),
        ],
      });
      expect(found).toHaveLength(3);
      expect(hitsByKey(found)).toEqual({ 1: ['0:0', '1:1'], 2: ['0:2', '1:1', '2:0'], 4: ['0:0'] });
    },
  },
  {
    says: 'asked keys that come to the same value are all told',
    async check({ make }) {
      const { connector } = await make(people);
      const found = await ask(connector, { table: 'people', matches: [matchOn('id', ['2', 2, 2n])] });
      expect(hitsByKey(found)).toEqual({ 2: ['0:0', '0:1', '0:2'] });
    },
  },
  {
    says: 'values come in the order asked, the key as the query names it',
    async check({ make }) {
      const { connector } = await make(people);
      const [found] = await ask(connector, {
        table: 'people',
        key: ['phone', 'id'],
        matches: [matchOn('id', [2])],
        fields: ['phone', 'id', 'email', 'id'],
      });
      expect(found?.key.map(String)).toEqual(['111', '2']);
      expect(found?.values).toEqual(['111', 2, 'b@example.se', 2]);
    },
  },
  {
    says: 'a query without fields still tells keys and hits; one without keys finds nothing',
    async check({ make }) {
      const { connector } = await make(people);
      const [found] = await ask(connector, { table: 'people', matches: [matchOn('id', [1])] });
      expect(found?.values).toEqual([]);
      expect(await ask(connector, { table: 'people', matches: [matchOn('id', [])] })).toEqual([]);
      expect(await ask(connector, { table: 'people', matches: [] })).toEqual([]);
    },
  },
  {
    says: 'NULL is never a key',
    async check({ make }) {
      const { connector } = await make(people);
      const nulls = ['null', 'NULL', '', 'undefined', '\\N'];
      const found = await ask(connector, {
        table: 'people',
        matches: [
          matchOn('email', nulls),
          matchOn(
            ['email', 'phone'],
            [
              ['', ''],
              ['null', 'null'],
            ],
          ),
        ],
      });
      expect(found).toEqual([]);
    },
  },
  {
    says: "0 and '' are keys",
    async check({ make }) {
      const { connector } = await make({
        name: 'zero',
        columns: { id: 'integer', code: 'text' },
        key: ['id'],
        rows: [
          { id: 0, code: '' },
          { id: 1, code: '0' },
        ],
      });
      const keys = (matches: Parameters<typeof ask>[1]['matches']) =>
        ask(connector, { table: 'zero', matches }).then(keysOf);
      expect(await keys([matchOn('id', [0])])).toEqual(['0']);
      expect(await keys([matchOn('id', ['0'])])).toEqual(['0']);
      expect(await keys([matchOn('code', [''])])).toEqual(['0']);
      expect(await keys([matchOn('code', [0])])).toEqual(['1']);
    },
  },
  {
    says: 'false is a key',
    types: ['boolean'],
    async check({ make }) {
      const { connector } = await make({
        name: 'flags',
        columns: { id: 'integer', active: { type: 'boolean', nullable: true } },
        key: ['id'],
        rows: [
          { id: 1, active: false },
          { id: 2, active: true },
          { id: 3, active: null },
        ],
      });
      for (const no of [false, 'false'] as const) {
        expect(keysOf(await ask(connector, { table: 'flags', matches: [matchOn('active', [no])] }))).toEqual([
          '1',
        ]);
      }
      const both = await ask(connector, { table: 'flags', matches: [matchOn('active', [true, false])] });
      expect(hitsByKey(both)).toEqual({ 1: ['0:1'], 2: ['0:0'] });
    },
  },
  {
    says: 'composite keys match part by part, also with 0 and an empty part',
    async check({ make }) {
      const { connector } = await make({
        name: 'pairs',
        columns: { a: 'integer', b: 'text', c: { type: 'text', nullable: true } },
        key: ['a', 'b'],
        rows: [
          { a: 0, b: '', c: null },
          { a: 0, b: 'x', c: 'x' },
          { a: 1, b: '', c: '' },
          { a: 1, b: 'x', c: null },
        ],
      });
      const found = await ask(connector, {
        table: 'pairs',
        matches: [
          matchOn(
            ['a', 'b'],
            [
              [0, ''],
              ['1', 'x'],
              [1, 'y'],
            ],
          ),
          matchOn(
            ['b', 'c'],
            [
              ['', ''],
              ['x', ''],
            ],
          ),
        ],
      });
      expect(hitsByKey(found)).toEqual({ '0|': ['0:0'], '1|x': ['0:1'], '1|': ['1:0'] });
    },
  },
  {
    says: '12,000 keys keep their positions over all chunks, each record once',
    async check({ make }) {
      const rows = [3, 4_999, 5_000, 5_001, 9_999, 10_000, 11_999, 12_000].map((id) => ({
        id,
        other: id % 10,
      }));
      const { connector } = await make({
        name: 'many',
        columns: { id: 'integer', other: 'integer' },
        key: ['id'],
        rows,
      });
      const asked = Array.from({ length: 12_000 }, (_none, position) => 12_000 - position);
      const found = await ask(connector, {
        table: 'many',
        matches: [matchOn('id', asked), matchOn('other', asked)],
      });
      expect(hitsByKey(found)).toEqual(
        Object.fromEntries(
          rows.map(({ id, other }) => [
            id,
            [`0:${12_000 - id}`, ...(other > 0 ? [`1:${12_000 - other}`] : [])].sort(),
          ]),
        ),
      );
      expect(found).toHaveLength(rows.length);
    },
  },
  {
    says: 'conditions take scalars, lists and null, and hold beside the match',
    types: ['boolean'],
    async check({ make }) {
      const { connector } = await make({
        name: 'notes',
        columns: {
          id: 'integer',
          entity: 'text',
          entity_id: 'integer',
          level: { type: 'integer', nullable: true },
          open: 'boolean',
        },
        key: ['id'],
        rows: [
          { id: 1, entity: 'customer', entity_id: 7, level: null, open: true },
          { id: 2, entity: 'lead', entity_id: 7, level: 0, open: false },
          { id: 3, entity: 'order', entity_id: 7, level: 1, open: true },
          { id: 4, entity: 'customer', entity_id: 8, level: 0, open: true },
        ],
      });
      const keys = async (when: NonNullable<Parameters<typeof matchOn>[2]>['when']) =>
        keysOf(
          await ask(connector, {
            table: 'notes',
            matches: [matchOn('entity_id', [7], { when: when ?? [] })],
          }),
        );
      expect(await keys([{ field: 'entity', anyOf: ['customer'] }])).toEqual(['1']);
      expect(await keys([{ field: 'entity', anyOf: ['customer', 'lead'] }])).toEqual(['1', '2']);
      expect(await keys([{ field: 'level', anyOf: [null] }])).toEqual(['1']);
      expect(await keys([{ field: 'level', anyOf: [0, null] }])).toEqual(['1', '2']);
      expect(await keys([{ field: 'level', anyOf: ['1'] }])).toEqual(['3']);
      expect(await keys([{ field: 'level', anyOf: ['x'] }])).toEqual([]);
      expect(await keys([{ field: 'level', anyOf: [] }])).toEqual([]);
      expect(await keys([{ field: 'open', anyOf: [false] }])).toEqual(['2']);
      expect(
        await keys([
          { field: 'open', anyOf: [true] },
          { field: 'level', anyOf: [1] },
        ]),
      ).toEqual(['3']);
    },
  },
  {
    says: 'a condition binds its own match only',
    async check({ make }) {
      const { connector } = await make(people);
      const found = await ask(connector, {
        table: 'people',
        matches: [
          matchOn('email', ['a@example.se'], { when: [{ field: 'phone', anyOf: [null] }] }),
          matchOn('phone', ['111']),
        ],
      });
      expect(hitsByKey(found)).toEqual({ 1: ['1:0'], 2: ['1:0'], 4: ['0:0'] });
    },
  },
  {
    says: 'names may be quoted, camelCase, reserved, spaced, or hold marks that mean something elsewhere',
    async check({ make }) {
      const odd = [
        'camelCase',
        'order',
        'with space',
        'quo"te',
        'back`tick',
        "apos'trophe",
        'question?mark',
        'double??mark',
        'colon:name',
        'per%cent',
        'dollar$1',
        'dotted.name',
        'Ångström',
      ];
      const { connector } = await make({
        name: 'select',
        columns: { Id: 'integer', ...Object.fromEntries(odd.map((name) => [name, 'text' as const])) },
        key: ['Id'],
        rows: [
          { Id: 1, ...Object.fromEntries(odd.map((name) => [name, `1 ${name}`])) },
          { Id: 2, ...Object.fromEntries(odd.map((name) => [name, `2 ${name}`])) },
        ],
      });
      for (const name of odd) {
        const column = { column: name, path: [] };
        const found = await ask(connector, {
          table: 'select',
          key: ['Id', name],
          matches: [matchOn([column], [`2 ${name}`], { when: [{ field: name, anyOf: [`2 ${name}`] }] })],
          fields: [name, 'Id'],
        });
        expect(found).toEqual([
          { key: [2, `2 ${name}`], values: [`2 ${name}`, 2], matched: [{ match: 0, key: 0 }] },
        ]);
      }
    },
  },
  {
    says: 'a table may bear an odd name too',
    async check({ make }) {
      for (const name of ['order', 'Order Lines', 'user?', 'x:y', 'it"s', "it's", 'back`tick']) {
        const { connector } = await make({
          name,
          columns: { id: 'integer' },
          key: ['id'],
          rows: [{ id: 5 }],
        });
        expect(keysOf(await ask(connector, { table: name, matches: [matchOn('id', [5])] }))).toEqual(['5']);
      }
    },
  },
  {
    says: 'records of a table without a primary key are read, identical ones each',
    async check({ make }) {
      const same = { email: 'a@example.se', note: 'x' };
      const { connector } = await make({
        name: 'loose',
        columns: { email: { type: 'text', nullable: true }, note: { type: 'text', nullable: true } },
        rows: [same, same, { email: 'b@example.se', note: null }, { email: 'a@example.se', note: null }],
      });
      const info = await infoOf(connector, 'loose');
      expect(info.key.kind).toBe('physical');
      const matches = [matchOn('email', ['a@example.se']), matchOn('note', ['x'])];
      const query = await queryOf(connector, { table: 'loose', matches, fields: ['email', 'note'] });
      const reader = await connector.reader(call());
      const found = await allOf(reader, query);
      expect(found.map(({ values }) => values).sort()).toEqual(
        [
          ['a@example.se', 'x'],
          ['a@example.se', 'x'],
          ['a@example.se', null],
        ].sort(),
      );
      expect(new Set(keysOf(found)).size).toBe(3);
      // Within the same reader the key leads back to the record.
      const first = found[0];
      if (first === undefined) throw new Error('nothing was found');
      const again = await allOf(reader, {
        ...query,
        matches: [
          matchOn(
            info.key.fields.map((column) => ({ column, path: [] })),
            [first.key],
          ),
        ],
      });
      await reader.close();
      expect(again.map(({ key, values }) => ({ key, values }))).toEqual([
        { key: first.key, values: first.values },
      ]);
    },
  },
  {
    says: 'a record is found again by the key that it came with, whatever the type of the key',
    async check({ make, harness }) {
      const types = (
        [
          'integer',
          'bigint',
          'decimal',
          'text',
          'enum',
          'uuid',
          'date',
          'timestamp',
          'instant',
          'bytes',
        ] as const
      ).filter((type) => harness.types.includes(type));
      const samples: Readonly<Record<string, Scalar | Uint8Array>> = {
        integer: -7,
        bigint: 9007199254740993n,
        decimal: '12.5000000000',
        text: "Åsa's \\ key",
        enum: "it's",
        uuid: '6f1c9f6e-9d5b-4c8e-8f5a-3b2a1c0d9e8f',
        date: '2024-02-29',
        timestamp: '2024-02-29T23:59:59.123456',
        instant: '2024-02-29T23:59:59.123456+00:00',
        bytes: new Uint8Array([0, 1, 255]),
      };
      for (const type of types) {
        const { connector } = await make({
          name: 'keyed',
          columns: { id: type, seen: 'integer' },
          key: ['id'],
          rows: [{ id: samples[type] ?? null, seen: 1 }],
        });
        const [found] = await ask(connector, { table: 'keyed', matches: [matchOn('seen', [1])] });
        const key = found?.key ?? [];
        expect(key, type).toHaveLength(1);
        expect(
          keysOf(await ask(connector, { table: 'keyed', matches: [matchOn('id', [key])] })),
          type,
        ).toEqual([key.map(String).join('|')]);
      }
    },
  },
];
