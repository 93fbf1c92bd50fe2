import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeExtract } from '../../src/extract/extract.js';
import type { ExtractInput } from '../../src/extract/input.js';
import type { Value } from '../../src/model/value.js';
import { TOLD } from '../support/information.js';
import { collection, contentsOf, field, identifier, inputOf, mapOf } from './build.js';
import { landscape } from './landscape.js';
import { readZip } from './read-zip.js';

const never = new AbortController().signal;
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dsr-extract-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function extract(input: ExtractInput) {
  const result = await writeExtract(input, join(folder, 'x.zip'), never);
  return { result, entries: await readZip(result.file) };
}

const people = collection('crm.people', { fields: [field('name', { category: 'user.name' })] });

function one(
  values: Record<string, Value>,
  fields = Object.keys(values)
    .filter((name) => name !== 'id')
    .map((name) => field(name)),
) {
  const entry = collection('crm.c', { fields });
  return inputOf(mapOf([entry]), { contents: [contentsOf(entry, [{ values: { id: 1, ...values } }])] });
}

async function text(input: ExtractInput, path: string): Promise<string> {
  return String((await extract(input)).entries.get(path));
}

describe('the zip', () => {
  test('holds the files of the contract in a fixed order, and nothing else is in the folder', async () => {
    const { entries, result } = await extract(landscape());
    expect([...entries.keys()]).toEqual([
      'data/crm/customers.json',
      'data/crm/customers.csv',
      'data/crm/customers.mentions.json',
      'data/crm/customers.mentions.csv',
      'files/crm/customers/17-photo.png',
      'data/crm/addresses.json',
      'data/crm/addresses.csv',
      'data/crm/notes.json',
      'data/crm/notes.csv',
      'portability/crm/notes.json',
      'data/billing/invoices.json',
      'data/billing/invoices.csv',
      'data/billing/tickets.mentions.json',
      'data/billing/tickets.mentions.csv',
      'data/mail/opens.json',
      'data/mail/opens.csv',
      'portability/mail/opens.json',
      'index.html',
      'manifest.json',
    ]);
    expect(await readdir(folder)).toEqual(['x.zip']);
    expect((await stat(result.file)).mode & 0o777).toBe(0o600);
  });

  test('is the same to the byte for the same input, and the result tells its bytes and sha256', async () => {
    const first = await extract(landscape());
    const second = await writeExtract(landscape(), join(folder, 'y.zip'), never);
    const bytes = await readFile(second.file);
    expect(second.sha256).toBe(first.result.sha256);
    expect(second.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(second.bytes).toBe(bytes.length);
  });

  test('replaces an earlier file only when all of it is there', async () => {
    const file = join(folder, 'x.zip');
    await writeFile(file, 'earlier');
    await writeExtract(one({ a: 'b' }), file, never);
    expect((await readZip(file)).size).toBeGreaterThan(1);
  });

  test('has no name of a source or collection that leads out of it, or two alike', async () => {
    const entries = ['../../etc', 'A b', 'A_b', 'CON'].map((name) =>
      collection(`crm.${name}`, { source: '../crm', name, fields: [field('t')] }),
    );
    const contents = entries.map((entry) => contentsOf(entry, [{ values: { id: 1, t: 'x' } }]));
    const input = inputOf(mapOf(entries), { contents, formats: ['json'] });
    const paths = [...(await extract(input)).entries.keys()].filter((path) => path.startsWith('data/'));
    expect(paths).toEqual([
      'data/_crm/_etc.json',
      'data/_crm/A_b.json',
      'data/_crm/A_b~2.json',
      'data/_crm/CON_.json',
    ]);
  });

  test('holds no personal data in its names: a personal key gives a number in order', async () => {
    const entry = collection('crm.c', {
      key: ['pnr'],
      systemColumns: [],
      fields: [
        field('pnr', { category: 'user.government_id.national_identification_number' }),
        field('photo', { kind: 'bytes' }),
      ],
    });
    const photo = new Uint8Array(Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(100)]));
    const contents = [contentsOf(entry, [{ values: { pnr: '199006022397', photo } }])];
    const { entries } = await extract(inputOf(mapOf([entry]), { contents }));
    expect([...entries.keys()].join()).not.toContain('199006022397');
    expect(entries.get('files/crm/c/record-1-photo.jpg')).toEqual(Buffer.from(photo));
  });
});

describe('the JSON', () => {
  test('reads back what the database holds', async () => {
    const values = {
      name: 'Å\u0000"<',
      big: 9223372036854775807n,
      small: 42,
      price: '12.340',
      at: '2026-07-01T10:00:00.123456',
      tags: ['a', null],
      flag: false,
      nothing: null,
    };
    const fields = Object.keys(values).map((name) =>
      field(name, { kind: name === 'at' ? 'timestamp' : 'text' }),
    );
    const [record] = JSON.parse(await text(one(values, fields), 'data/crm/c.json')) as unknown[];
    expect(record).toEqual({
      id: 1,
      ...values,
      big: '9223372036854775807',
      at: '2026-07-01T10:00:00.123456+02:00',
    });
  });

  test('marks a shared record, and the marker gives way to a column of its name', async () => {
    const entry = collection('crm.c', { fields: [field('_dsr')] });
    const contents = [contentsOf(entry, [{ role: 'shared', values: { id: 1, _dsr: 'mine' } }])];
    const json = await text(inputOf(mapOf([entry]), { contents }), 'data/crm/c.json');
    expect(JSON.parse(json)).toEqual([{ id: 1, _dsr: 'mine', _dsr_: { role: 'shared' } }]);
  });

  test('puts large bytes in a file and small ones in base64', async () => {
    const large = new Uint8Array(70_000).fill(7);
    const { entries } = await extract(one({ large, small: new Uint8Array([1, 2]) }));
    const [record] = JSON.parse(String(entries.get('data/crm/c.json'))) as [Record<string, unknown>];
    const file = record.large as { file: string; sha256: string };
    expect(file.sha256).toBe(createHash('sha256').update(large).digest('hex'));
    expect(entries.get(file.file)).toEqual(Buffer.from(large));
    expect(record.small).toEqual({ base64: 'AQI=' });
  });
});

describe('the CSV', () => {
  const values = {
    f: '=1+1',
    at: '@x',
    minus: '-5',
    number: -5,
    tab: '\tx',
    cr: '\rx',
    lines: 'a\r\n"b"',
    empty: '',
    none: null,
  };

  test('has a BOM, CRLF, no formula, and tells null from empty', async () => {
    const csv = await text(one(values), 'data/crm/c.csv');
    expect(csv.startsWith('\ufeffid,f,')).toBe(true);
    expect(csv.endsWith(',"",,\r\n')).toBe(true);
    const [head, row] = parse(csv, { bom: true, record_delimiter: '\r\n' }) as string[][];
    expect(head).toEqual(['id', ...Object.keys(values), '_dsr']);
    expect(row).toEqual(['1', "'=1+1", "'@x", "'-5", "'-5", "'\tx", "'\rx", 'a\r\n"b"', '', '', '']);
  });

  test('comes only when asked for', async () => {
    const { entries } = await extract({ ...one({ a: 'b' }), formats: ['csv'] });
    expect([...entries.keys()]).toContain('data/crm/c.csv');
    expect([...entries.keys()]).not.toContain('data/crm/c.json');
  });
});

describe('portability', () => {
  const fields = [
    field('name', { category: 'user.name' }),
    field('number', { category: 'user.unique_id' }),
    field('password', { category: 'user.authorization.password' }),
    field('agent', {
      category: 'user.contact.email',
      identifier: identifier('email'),
      relation: 'mentions',
      notice: 'told',
    }),
  ];
  const rows = [
    { values: { id: 1, name: 'Anna', number: 'K1', password: 'p' } },
    { values: { id: 2, name: 'By another', agent: 'b@example.com' } },
    { role: 'shared' as const, values: { id: 3, name: 'Shared' } },
  ];
  const input = (information: Partial<typeof TOLD>) => {
    const entry = collection('crm.c', {
      fields,
      systemColumns: ['id', 'told'],
      information: { ...TOLD, ...information },
    });
    return inputOf(mapOf([entry]), { contents: [contentsOf(entry, rows)] });
  };

  test('holds what the person gave under contract or consent, and no more', async () => {
    expect(JSON.parse(await text(input({}), 'portability/crm/c.json'))).toEqual([{ name: 'Anna' }]);
  });

  test.each([{ legalBasis: 'legitimate-interest' as const }, { origin: 'registrant' as const }])(
    'is empty where it does not rest on that: %o',
    async (information) => {
      expect((await extract(input(information))).entries.has('portability/crm/c.json')).toBe(false);
    },
  );
});

describe('the manifest', () => {
  interface Manifest {
    readonly complete: boolean;
    readonly page: { readonly sha256: string };
    readonly sources: readonly {
      readonly source: string;
      readonly status: string;
      readonly records: number;
    }[];
    readonly collections: readonly {
      readonly collection: string;
      readonly records: unknown;
      readonly unmapped: readonly string[];
      readonly missing: readonly string[];
      readonly withheld: unknown;
      readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
    }[];
  }

  test('accounts for every file with bytes and sha256, and for what is not there', async () => {
    const { entries, result } = await extract(landscape());
    const manifest = JSON.parse(String(entries.get('manifest.json'))) as Manifest;
    const files = manifest.collections.flatMap(({ files: listed }) => listed);
    for (const { path, bytes, sha256 } of files) {
      const entry = entries.get(path) as Buffer;
      expect([entry.length, createHash('sha256').update(entry).digest('hex')]).toEqual([bytes, sha256]);
    }
    expect(files).toHaveLength(entries.size - 2);
    const of = (id: string) => manifest.collections.find(({ collection: each }) => each === id);
    expect(of('crm.customers')?.records).toEqual({ own: 1, shared: 0, mentions: 1 });
    expect(of('crm.customers')?.unmapped).toEqual(['legacy_flag']);
    expect(of('crm.notes')?.withheld).toEqual([{ key: ['102'], ground: 'third-party-rights' }]);
    expect(of('mail.cookies')?.records).toEqual({ own: 0, shared: 0, mentions: 0 });
    expect(manifest.sources.find(({ source }) => source === 'hr')?.status).toBe('unreachable');
    expect(of('billing.tickets')?.missing).toEqual(['recipients']);
    expect([manifest.complete, result.complete, result.missing]).toEqual([
      false,
      false,
      ['billing.tickets: recipients'],
    ]);
  });

  test.each([
    [
      'a missing fact',
      { information: { ...TOLD, purposes: null, transfers: null } },
      ['crm.c: purposes, transfers'],
    ],
    ['an unmapped column', { unmappedColumns: ['x'] }, []],
  ])('%s makes the extract incomplete', async (_name, facts, missing) => {
    const entry = collection('crm.c', { fields: [field('a')], ...facts });
    const { result } = await extract(inputOf(mapOf([entry])));
    expect([result.complete, result.missing]).toEqual([false, missing]);
  });

  test('none and nobody are answers, and a withheld record does not make it incomplete', async () => {
    const entry = collection('crm.c', {
      fields: [field('a')],
      information: { ...TOLD, recipients: [], transfers: 'none' },
    });
    const withheld = [{ collection: 'crm.c', key: [1], ground: 'SE_SECRECY' }];
    expect((await extract(inputOf(mapOf([entry]), { withheld }))).result.complete).toBe(true);
  });

  test('no file holds a secret, an omitted or unmapped value, or another person’s', async () => {
    const { entries } = await extract(landscape());
    for (const [path, bytes] of entries) {
      for (const secret of [
        '$2b$12$secret',
        '812.5',
        'bertil@example.com',
        'Bertil Berg',
        'Cecilia',
        'David Dahl',
      ]) {
        expect(bytes.includes(secret), `${path} holds ${secret}`).toBe(false);
      }
    }
  });
});

test('records of one person stay in their order over many batches', async () => {
  const rows = Array.from({ length: 1_700 }, (_, i) => ({ values: { id: i, name: `n${i}` } }));
  const json = await text(
    inputOf(mapOf([people]), { contents: [contentsOf(people, rows)] }),
    'data/crm/people.json',
  );
  expect((JSON.parse(json) as { id: number }[]).map(({ id }) => id)).toEqual(
    rows.map(({ values }) => values.id),
  );
});
