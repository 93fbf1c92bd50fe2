import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Connector, Reader, Scan, Scanned } from '../../src/connector/contract.js';
import { DsrError } from '../../src/model/error.js';
import { keyText, type Value } from '../../src/model/value.js';
import { allOf, call, infoOf, matchOn } from './ask.js';
import { errorOf, told } from './error-of.js';
import type { ColumnType, Table } from './fixture.js';
import type { Guarantee, Stage } from './guarantee.js';
import { heldBytes } from './held-bytes.js';
import { comparable, samplesOf } from './values.js';

interface Pass {
  readonly table: string;
  /** Default: the catalog's key. */
  readonly key?: readonly string[];
  readonly fields: readonly string[];
  readonly containing?: readonly string[];
}

async function scanOf(connector: Connector, { table, key, fields, containing }: Pass): Promise<Scan> {
  const info = await infoOf(connector, table);
  return { collection: info.id, key: key ?? info.key.fields, fields, containing: containing ?? null };
}

/** A source that can only be asked by key is not asked for a pass. */
function passes(reader: Reader, scan: Scan, skip: Stage['skip']): AsyncIterable<readonly Scanned[]> {
  return reader.scan?.(scan) ?? skip('it can only be asked by key');
}

async function scanned(connector: Connector, pass: Pass, skip: Stage['skip']): Promise<readonly Scanned[]> {
  const scan = await scanOf(connector, pass);
  const reader = await connector.reader(call());
  try {
    const all: Scanned[] = [];
    for await (const batch of passes(reader, scan, skip)) all.push(...batch);
    return all;
  } finally {
    await reader.close();
  }
}

const keysIn = (all: readonly Scanned[]) => all.map(({ key }) => key.map(String).join('|')).sort();

const numbered = (count: number): Table => ({
  name: 'numbered',
  columns: { id: 'integer', email: { type: 'text', nullable: true } },
  key: ['id'],
  rows: Array.from({ length: count }, (_none, id) => ({ id, email: `a${id}@example.se` })),
});

/** A value of each type, and what stands in its text. */
const HELD: Readonly<Partial<Record<ColumnType, readonly [Value, string]>>> = {
  integer: [2147483647, '47483'],
  bigint: [9223372036854775807n, '7203685477'],
  decimal: ['12.5', '12.5'],
  float: [-1.5, '-1.5'],
  text: ['ring Åsa.Öberg@Example.SE, åäö', 'berg@example.se'],
  enum: ['Active', 'aCTIVe'],
  uuid: ['6f1c9f6e-9d5b-4c8e-8f5a-3b2a1c0d9e8f', '6F1C9F6E-9d5b-4c8e-8f5a-3b2a1c0d9e8f'],
  date: ['2024-02-29', '2024-02-29'],
  time: ['23:59:59.123456', '59.123456'],
  timestamp: ['2024-02-29T23:59:59.123456', '2024-02-29'],
  instant: ['2024-02-29T23:59:59.123456+00:00', '59.123456'],
  bytes: [Uint8Array.from(Buffer.from('\xff\0\xc3Anna_B@example.se\xe5\\', 'latin1')), 'anna_b@EXAMPLE.se'],
  json: [{ json: '{"å": [{"to": "Åsa <Anna.B@example.se>"}], "n": 199006022397}' }, 'anna.b@example.se'],
  'text-array': [['b,"c"', null, 'Å Anna.B+x@example.se'], 'anna.b+x@example.se'],
};

/** One pass over a whole table. */
export const scanning: readonly Guarantee[] = [
  {
    says: 'every record comes once, its values in the order asked, the key as the scan names it',
    async check({ make, skip }) {
      const { connector } = await make({
        name: 'pairs',
        columns: { a: 'integer', b: 'text', c: { type: 'text', nullable: true } },
        key: ['a', 'b'],
        rows: [
          { a: 0, b: '', c: 'x' },
          { a: 0, b: 'x', c: 'x' },
          { a: 1, b: '', c: '' },
        ],
      });
      const all = await scanned(connector, { table: 'pairs', fields: ['c', 'a', 'c'] }, skip);
      expect(keysIn(all)).toEqual(['0|', '0|x', '1|']);
      expect(all.find(({ key }) => String(key[0]) === '1')?.values).toEqual(['', 1, '']);
      const turned = await scanned(connector, { table: 'pairs', key: ['b', 'a'], fields: ['b'] }, skip);
      expect(keysIn(turned)).toEqual(['x|0', '|0', '|1']);
    },
  },
  {
    says: "a record in which all fields wanted are null is left out; '' and 0 are values",
    async check({ make, skip }) {
      const { connector } = await make({
        name: 'gaps',
        columns: {
          id: 'integer',
          a: { type: 'text', nullable: true },
          b: { type: 'integer', nullable: true },
        },
        key: ['id'],
        rows: [
          { id: 1, a: null, b: null },
          { id: 2, a: '', b: null },
          { id: 3, a: null, b: 0 },
          { id: 4, a: 'x', b: 1 },
        ],
      });
      const keys = async (...fields: readonly string[]) =>
        keysIn(await scanned(connector, { table: 'gaps', fields }, skip));
      expect(await keys('a', 'b')).toEqual(['2', '3', '4']);
      expect(await keys('a')).toEqual(['2', '4']);
      expect(await keys('b')).toEqual(['3', '4']);
      expect(await keys('id', 'a')).toEqual(['1', '2', '3', '4']);
      expect(await keys()).toEqual([]);
    },
  },
  ...(Object.keys(HELD) as ColumnType[]).flatMap((type): readonly Guarantee[] => {
    const [value = null, needle = ''] = HELD[type] ?? [];
    return [
      {
        says: `${type} values come in a pass as they are held`,
        types: [type],
        async check({ make, harness, skip }) {
          const held = samplesOf(harness, type);
          const { connector } = await make({
            name: 'held',
            columns: { id: 'integer', value: { type, nullable: true } },
            key: ['id'],
            rows: [...held, null].map((one, id) => ({ id, value: one })),
          });
          const all = await scanned(connector, { table: 'held', fields: ['value'] }, skip);
          const sorted = [...all].sort((a, b) => Number(a.key[0]) - Number(b.key[0]));
          expect(sorted.map(({ values: [one] }) => comparable(one ?? null))).toEqual(held.map(comparable));
        },
      },
      {
        says: `what stands in the text of ${type} values is found, whatever its case`,
        types: [type],
        async check({ make, skip }) {
          const { connector } = await make({
            name: 'held',
            columns: {
              id: 'integer',
              other: { type: 'text', nullable: true },
              value: { type, nullable: true },
            },
            key: ['id'],
            rows: [
              { id: 1, other: null, value: null },
              { id: 2, other: 'nothing', value },
              { id: 3, other: 'some text', value: null },
            ],
          });
          const find = async (...containing: readonly string[]) =>
            keysIn(await scanned(connector, { table: 'held', fields: ['other', 'value'], containing }, skip));
          for (const one of [needle, needle.toUpperCase(), needle.toLowerCase()]) {
            expect(await find(one), one).toContain('2');
            expect(await find('nosuch@example.se', one, 'nor-this')).toContain('2');
          }
        },
      },
    ];
  }),
  {
    says: 'with texts to look for only records come that hold one, in whichever field',
    async check({ make, skip }) {
      const { connector } = await make({
        name: 'letters',
        columns: {
          id: 'integer',
          subject: { type: 'text', nullable: true },
          body: { type: 'text', nullable: true },
        },
        key: ['id'],
        rows: [
          { id: 1, subject: 'till Anna.Berg@Example.SE', body: null },
          { id: 2, subject: null, body: 'Åke skrev: <anna.berg@example.se>åäö' },
          { id: 3, subject: 'anna', body: 'berg@example.se' },
          { id: 4, subject: null, body: null },
          { id: 5, subject: 'pnr 19900602-2397', body: '' },
          { id: 6, subject: 'a_b-c+d', body: '%' },
        ],
      });
      const find = async (...containing: readonly string[]) =>
        keysIn(await scanned(connector, { table: 'letters', fields: ['subject', 'body'], containing }, skip));
      expect(await find('anna.berg@example.se')).toEqual(['1', '2']);
      expect(await find('ANNA.BERG@example.se', '900602-2397')).toEqual(['1', '2', '5']);
      expect(await find('A_B-c+D')).toContain('6');
      expect(await find('nobody@example.se')).toEqual([]);
      expect(await find()).toEqual([]);
    },
  },
  {
    says: 'hundreds of texts are looked for in one pass',
    async check({ make, skip }) {
      const text = `${'lorem ipsum dolor '.repeat(10)}`;
      const { connector } = await make({
        name: 'letters',
        columns: { id: 'integer', body: 'text' },
        key: ['id'],
        rows: Array.from({ length: 400 }, (_none, id) => ({
          id,
          body: id % 2 === 0 ? `X${id}y@example.se` : `${text}x${id}Y@Example.se`,
        })),
      });
      const containing = Array.from({ length: 300 }, (_none, id) => `x${id}y@example.se`);
      const all = await scanned(connector, { table: 'letters', fields: ['body'], containing }, skip);
      expect(keysIn(all)).toEqual(Array.from({ length: 300 }, (_none, id) => String(id)).sort());
    },
  },
  {
    says: 'identical records without a key come each, and are found by the key that they come with',
    appliesTo: (harness) => harness.streams,
    async check({ make, skip }) {
      const { connector } = await make({
        name: 'loose',
        columns: { email: 'text', note: { type: 'text', nullable: true } },
        rows: [
          { email: 'a@example.se', note: null },
          { email: 'b@example.se', note: 'x' },
          { email: 'a@example.se', note: null },
        ],
      });
      for (const containing of [null, ['a@example.se', 'B@EXAMPLE.se']]) {
        const scan = { ...(await scanOf(connector, { table: 'loose', fields: ['email'] })), containing };
        const reader = await connector.reader(call());
        const all: Scanned[] = [];
        for await (const batch of passes(reader, scan, skip)) all.push(...batch);
        expect(new Set(all.map(({ key }) => keyText(key))).size).toBe(3);
        const matches = [
          matchOn(
            scan.key,
            all.map(({ key }) => key),
          ),
        ];
        const found = await allOf(reader, { ...scan, matches });
        expect(found).toHaveLength(3);
        for (const { key, values, matched } of found) {
          expect(values).toEqual(all[matched[0]?.key ?? -1]?.values);
          expect(keyText(key)).toBe(keyText(all[matched[0]?.key ?? -1]?.key ?? []));
        }
        await reader.close();
      }
    },
  },
  {
    says: 'records in partitions or children come once, through their parent',
    async check({ make, skip }) {
      const fixture = await make({
        name: 'target',
        columns: { id: 'integer' },
        key: ['id'],
        rows: [{ id: 1 }],
      });
      if (fixture.parted === undefined) return skip('nothing is parted here');
      await fixture.parted();
      const all = await scanned(fixture.connector, { table: 'parted', key: ['id'], fields: ['email'] }, skip);
      expect(keysIn(all)).toEqual(['1', '101', '102']);
      const some = await scanned(
        fixture.connector,
        { table: 'parted', fields: ['email'], containing: ['a@example.se'] },
        skip,
      );
      expect(new Set(some.map(({ key }) => keyText(key))).size).toBe(2);
    },
  },
  {
    says: 'a big table comes in several batches, each record once',
    async check({ make, skip }) {
      const { connector } = await make(numbered(20_000));
      const scan = await scanOf(connector, { table: 'numbered', fields: ['email'] });
      const reader = await connector.reader(call());
      for (const containing of [null, ['example.se']]) {
        const seen = new Set<string>();
        let batches = 0;
        let records = 0;
        for await (const batch of passes(reader, { ...scan, containing }, skip)) {
          batches += 1;
          records += batch.length;
          for (const { key } of batch) seen.add(keyText(key));
        }
        expect([records, seen.size]).toEqual([20_000, 20_000]);
        expect(batches).toBeGreaterThan(1);
      }
      await reader.close();
    },
  },
  {
    says: 'what is committed after a reader was opened is not seen by a pass',
    async check({ make, skip }) {
      const fixture = await make(numbered(3));
      const scan = await scanOf(fixture.connector, { table: 'numbered', fields: ['email'] });
      const reader = await fixture.connector.reader(call());
      await fixture.insert('numbered', [{ id: 100, email: 'late@example.se' }]);
      const all: Scanned[] = [];
      for await (const batch of passes(reader, scan, skip)) all.push(...batch);
      expect(keysIn(all)).toEqual(['0', '1', '2']);
      await reader.close();
    },
  },
  {
    says: 'breaking off a pass leaves the reader usable',
    async check({ make, skip }) {
      const { connector } = await make(numbered(20_000));
      const scan = await scanOf(connector, { table: 'numbered', fields: ['email'] });
      const reader = await connector.reader(call());
      for (const containing of [null, ['example.se'], null]) {
        for await (const _batch of passes(reader, { ...scan, containing }, skip)) break;
      }
      const found = await allOf(reader, { ...scan, matches: [matchOn('id', [7])] });
      expect(found.map(({ values: [email] }) => email)).toEqual(['a7@example.se']);
      let records = 0;
      for await (const batch of passes(reader, scan, skip)) records += batch.length;
      expect(records).toBe(20_000);
      await reader.close();
    },
  },
  {
    says: 'an abort ends a slow pass within a second, as cancelled',
    async check({ make, skip }) {
      const fixture = await make();
      if (fixture.slow === undefined) return skip('nothing is slow here');
      await fixture.slow();
      const scan = await scanOf(fixture.connector, {
        table: 'slow',
        key: ['id'],
        fields: ['email'],
        containing: ['nobody@example.se'],
      });
      const controller = new AbortController();
      const reader = await fixture.connector.reader(call(25_000, controller.signal));
      const started = Date.now();
      const error = errorOf(
        (async () => {
          for await (const batch of passes(reader, scan, skip)) expect(batch).toEqual([]);
        })(),
      );
      await wait(300);
      controller.abort();
      expect((await error).kind).toBe('cancelled');
      expect(Date.now() - started).toBeLessThan(1_300);
      await reader.close();
    },
  },
  {
    says: 'the time that a batch of a pass is used does not count for the time-out',
    async check({ make, skip }) {
      const { connector } = await make(numbered(12_000));
      const scan = await scanOf(connector, { table: 'numbered', fields: ['email'] });
      const reader = await connector.reader(call(1_000));
      let records = 0;
      for await (const batch of passes(reader, scan, skip)) {
        if (records === 0) await wait(1_300);
        records += batch.length;
      }
      expect(records).toBe(12_000);
      await reader.close();
    },
  },
  {
    says: 'memory does not grow with a pass',
    appliesTo: (harness) => harness.streams,
    async check({ make, skip }) {
      const fixture = await make();
      if (fixture.big === undefined) return skip('no big table');
      const rows = 100_000;
      await fixture.big(rows);
      const scan = await scanOf(fixture.connector, { table: 'big', fields: ['payload'] });
      const reader = await fixture.connector.reader(call(120_000));
      const before = heldBytes();
      let count = 0;
      let most = 0;
      for await (const batch of passes(reader, scan, skip)) {
        const tens = Math.floor(count / 10_000);
        count += batch.length;
        if (Math.floor(count / 10_000) > tens) most = Math.max(most, heldBytes());
      }
      await reader.close();
      expect(count).toBe(rows);
      expect((most - before) / 1e6).toBeLessThan(25);
    },
  },
  {
    says: 'an unknown collection or field of a pass is a configuration error that names it',
    async check({ make, skip }) {
      const { connector } = await make(numbered(1));
      const scan = await scanOf(connector, { table: 'numbered', fields: ['email'] });
      const reader = await connector.reader(call());
      const failed = (wrong: Partial<Scan>) =>
        errorOf(
          passes(reader, { ...scan, ...wrong }, skip)
            [Symbol.asyncIterator]()
            .next(),
        );
      for (const wrong of [{ fields: ['nosuchfield'] }, { key: ['nosuchfield'] }]) {
        const error = await failed(wrong);
        expect(error.kind).toBe('config');
        expect(error.message).toContain('nosuchfield');
      }
      const error = await failed({ collection: 'nosuchcollection' });
      expect(error.kind).toBe('config');
      expect(error.message).toContain('nosuchcollection');
      await reader.close();
    },
  },
  {
    says: 'an error in a pass tells no value, and carries no cause',
    async check({ make, skip }) {
      const fixture = await make();
      if (fixture.failing === undefined) return skip('nothing fails here');
      await fixture.failing('19900602-2397');
      const pass = { table: 'failing', key: ['id'], fields: ['name'], containing: ['19900602-2397'] };
      const error = await errorOf(scanned(fixture.connector, pass, skip));
      expect(error).toBeInstanceOf(DsrError);
      expect(told(error)).not.toContain('2397');
      expect(error.message).toContain('failing');
      expect(error.cause).toBeUndefined();
    },
  },
];
