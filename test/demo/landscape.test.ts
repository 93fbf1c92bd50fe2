import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoFolder } from '../../src/demo/folder.js';
import { buildLandscape, databases } from '../../src/demo/landscape.js';

const source = join(import.meta.dirname, '../../src/demo/landscape');
const texts = readdirSync(source).map((name) => readFileSync(join(source, name), 'utf8'));

/** Skatteverket's test numbers: no real person has one (design: law.md §5). */
const safe = new Set([
  '199006022397',
  '198501012382',
  '194408139089',
  '189001019802',
  '202412312387',
  '197602292380',
]);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dsr-landscape-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the people of the demo', () => {
  it.each(texts)('are nobody: only test numbers, fictive phones and example addresses', (text) => {
    const numbers = [...text.matchAll(/\b(19|20)\d{6}-?\d{4}\b/g)].map(([number]) => number.replace('-', ''));
    expect(numbers.filter((number) => !safe.has(number))).toEqual([]);
    const addresses = [...text.matchAll(/[\w.]+@([\w.]+\w)/g)].filter(
      ([address]) => address !== 'contact@onefin.io',
    );
    expect(addresses.filter(([, domain]) => !/^example\.(se|com)$/.test(domain ?? ''))).toEqual([]);
    const phones = [...text.matchAll(/(?:\+46|\b0)[ -]?(?:70|8)[ -]?\d[\d -]{5,9}\d/g)].map(([phone]) =>
      phone.replaceAll(/[ -]/g, '').replace('+46', '0'),
    );
    // PTS's numbers for fiction
    expect(phones.filter((phone) => !/^(07017406(0[5-9]|[1-9]\d)|0846500[4]\d\d)$/.test(phone))).toEqual([]);
  });
});

describe('the landscape', () => {
  it('is five databases, a map, and kept out of version control', async () => {
    await buildLandscape(folder);
    expect(readdirSync(join(folder, 'data')).toSorted()).toEqual(
      databases.map(({ name }) => `${name}.db`).toSorted(),
    );
    expect(readFileSync(join(folder, 'dsr.yaml'), 'utf8')).toMatch(/^version: 1$/m);
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toMatch(/^\*$/m);
  });
});

describe('the folder of the demo', () => {
  it('is fresh, however often it is asked for', async () => {
    expect(await demoFolder(null, folder)).toBe(join(folder, 'dsr-demo'));
    expect(await demoFolder(null, folder)).toBe(join(folder, 'dsr-demo-2'));
    expect(await demoFolder('mine', folder)).toBe(join(folder, 'mine'));
  });

  it('is one for temporary files where nothing can be made', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const made = await demoFolder(null, file);
    expect(made.startsWith(tmpdir())).toBe(true);
    rmSync(made, { recursive: true });
  });

  it('is never one that holds something', async () => {
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine', 'note'), 'keep me');
    await expect(demoFolder('mine', folder)).rejects.toMatchObject({ kind: 'usage' });
    expect(readFileSync(join(folder, 'mine', 'note'), 'utf8')).toBe('keep me');
  });
});
