import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeExtract } from '../../src/extract/extract.js';
import type { ExtractInput } from '../../src/extract/input.js';
import { escapeHtml } from '../../src/extract/page/escape.js';
import { en } from '../../src/extract/texts/en.js';
import { sv } from '../../src/extract/texts/sv.js';
import { TOLD } from '../support/information.js';
import { collection, contentsOf, field, inputOf, mapOf, reference, source } from './build.js';
import { landscape } from './landscape.js';
import { readZip } from './read-zip.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dsr-page-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function page(input: ExtractInput): Promise<string> {
  const { file } = await writeExtract(input, join(folder, 'x.zip'), new AbortController().signal);
  return String((await readZip(file)).get('index.html'));
}

const entry = collection('crm.c', {
  label: { sv: 'Kunder', en: 'Customers' },
  fields: [field('name', { category: 'user.name' })],
});

describe('the page', () => {
  test.each(['sv', 'en'] as const)(
    'in %s: one of each landmark, headings in order, nothing from outside, no script',
    async (language) => {
      const html = await page(landscape({ language }));
      expect(html).toContain(`<html lang="${language}">`);
      for (const landmark of ['<main', '<header', '<nav', '<footer', '<h1']) {
        expect(html.split(landmark)).toHaveLength(2);
      }
      const levels = [...html.matchAll(/<h([1-6])/g)].map((match) => Number(match[1]));
      levels.forEach((level, i) => {
        expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1);
      });
      expect(html).not.toMatch(/<script|<img|<link|<iframe|@import|url\(|\son\w+=/i);
      const outward = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1] ?? '');
      expect(outward.filter((to) => /^[a-z]+:/.test(to) && !to.startsWith('mailto:'))).toEqual([
        'https://www.imy.se',
      ]);
      const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1]);
      expect(new Set(ids).size).toBe(ids.length);
      const anchors = outward.filter((to) => to.startsWith('#')).map((to) => to.slice(1));
      expect(anchors.filter((to) => !ids.includes(to))).toEqual([]);
    },
  );

  test('links only to files that are in the zip', async () => {
    const { file } = await writeExtract(landscape(), join(folder, 'l.zip'), new AbortController().signal);
    const entries = await readZip(file);
    const html = String(entries.get('index.html'));
    const links = [...html.matchAll(/href="([^"#][^":]*)"/g)].map((match) =>
      decodeURIComponent(match[1] ?? ''),
    );
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((to) => !entries.has(to))).toEqual([]);
  });

  test('escapes whatever a value, a label or a name holds', async () => {
    const nasty = fc.string({
      unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', '\u0000', '\u202e', '\ud800', ' '),
    });
    await fc.assert(
      fc.asyncProperty(nasty, async (text) => {
        const evil = `<i>${text}"'></i>`;
        const c = collection('crm.c', {
          label: evil,
          fields: [field('a', { label: evil, explain: evil }), field('b', { kind: 'json' })],
          information: {
            ...TOLD,
            purposes: [evil],
            recipients: [evil],
            retention: evil,
            origin: { sv: evil },
          },
        });
        const map = mapOf([c], [source('crm', { label: evil })]);
        const b = { json: JSON.stringify({ [evil]: evil }) };
        const html = await page(
          inputOf(map, { contents: [contentsOf(c, [{ values: { id: evil, a: evil, b } }])] }),
        );
        expect(html).not.toContain('<i>');
        expect(html).not.toContain('</i>');
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
        expect(html).not.toMatch(/[\u0000\u202e]/);
      }),
      { numRuns: 25 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
      }),
    );
  });

  test('says who asks and answers, what each source is for, and the rights', async () => {
    const html = await page(landscape());
    for (const words of [
      'Onefin AB',
      'contact@example.com',
      'R-2026-0001',
      '22 november 2026 kl. 14.03',
      'Avtal och support',
      'Ditt samtycke (artikel 6.1 a)',
      'Mailjet SAS',
      'USA, med EU-kommissionens standardavtalsklausuler',
      'artikel 7.3',
      'Integritetsskyddsmyndigheten (IMY)',
      'Finns lagrat, visas inte',
      'Skäl: Företagshemlighet',
      'Den här posten gäller även någon annan än dig.',
      'Du fick besked om det 4 mars 2021.',
      'Sammanställda siffror utan namn',
      '3 februari 2026',
      'Den skulle avslöja uppgifter om någon annan',
      'Personalsystemet har inte kunnat läsas',
      'Supportärenden: vi har inte angett vilka som har fått uppgifterna.',
      'Aktiv <span class="tech">(1)</span>',
    ]) {
      expect(html).toContain(words);
    }
  });

  test('shows a thousand records and says how many more there are, and where', async () => {
    const html = await page(landscape());
    expect(html).toContain(
      'de första 1\u00a0000 posterna. Ytterligare 203 poster finns i filerna: <a href="data/mail/opens.csv">',
    );
    expect([
      ...html.matchAll(/<tr[^>]*><th scope="row">\d+<\/th><td data-label="E-postadress">/g),
    ]).toHaveLength(1_000);
  });

  test('where another person registered this one and no notice is logged, it says so', async () => {
    const c = collection('crm.c', {
      systemColumns: ['id', 'told'],
      information: { ...TOLD, origin: 'registrant' },
      fields: [field('name', { category: 'user.name', notice: 'told' })],
    });
    const contents = [contentsOf(c, [{ values: { id: 1, name: 'Anna' } }])];
    expect(await page(inputOf(mapOf([c]), { contents }))).toContain(
      escapeHtml(sv.records.registeredSilently),
    );
    const plain = { ...c, fields: [field('name', { category: 'user.name' })] };
    const html = await page(
      inputOf(mapOf([plain]), { contents: [contentsOf(plain, [{ values: { id: 1, name: 'A' } }])] }),
    );
    expect(html).toContain(escapeHtml(sv.about.noNotice));
  });
});

describe('the confirmation', () => {
  test('is negative where nothing is stored', async () => {
    const html = await page(inputOf(mapOf([entry]), { language: 'en' }));
    expect(html).toContain('We searched one system and found no personal data about you.');
    expect(html).toContain(en.nothingElse);
  });

  test.each<[string, Partial<ExtractInput>]>([
    ['a source was not searched', { sources: [{ source: 'crm', status: 'unreachable' }] }],
    [
      'a record was withheld',
      { withheld: [{ collection: 'crm.c', key: [1], ground: 'third-party-rights' }] },
    ],
  ])('is not given where %s', async (_name, facts) => {
    const html = await page(inputOf(mapOf([entry]), { language: 'en', ...facts }));
    expect(html).not.toContain(en.nothingElse);
    expect(html).not.toContain('and found no personal data');
  });

  test('is not certain where a register cannot be searched', async () => {
    const blind = { ...entry, id: 'crm.d', name: 'd', unsearchable: 'No index' };
    const html = await page(inputOf(mapOf([entry, blind]), { language: 'en' }));
    expect(html).not.toContain(en.nothingElse);
    expect(html).toContain('No index');
  });

  test('says when one is only named in records about others', async () => {
    const notes = collection('crm.notes', {
      fields: [field('customer_id', { category: null }), field('text')],
      references: [reference('crm.notes', 'customer_id', 'crm.c', 'mentions')],
    });
    const row = {
      role: 'mention' as const,
      leads: ['crm.notes.customer_id'],
      values: { id: 1, customer_id: 2, text: 'x' },
    };
    const input = inputOf(mapOf([notes]), { language: 'en', contents: [contentsOf(notes, [row])] });
    expect(await page(input)).toContain('We have no records about you, but you are named in one record');
  });
});

test('a small extract, word for word', async () => {
  const rows = [{ values: { id: 1, name: 'Anna Åström' } }];
  const { file } = await writeExtract(
    inputOf(mapOf([entry]), { contents: [contentsOf(entry, rows)] }),
    join(folder, 'g.zip'),
    new AbortController().signal,
  );
  const entries = await readZip(file);
  const html = String(entries.get('index.html')).replace(/<style>.*<\/style>/s, '<style>…</style>');
  await expect(html).toMatchFileSnapshot('golden/index.html.txt');
  await expect(String(entries.get('manifest.json'))).toMatchFileSnapshot('golden/manifest.json.txt');
});
