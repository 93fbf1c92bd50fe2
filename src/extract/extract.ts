import { DsrError } from '../model/error.js';
import { addSpool, type DataFile, type Job, type Onlooker, writeCollection } from './collection-files.js';
import { type Completeness, completenessOf } from './completeness.js';
import type { ExtractInput } from './input.js';
import { withOffset } from './local-time.js';
import { manifestOf } from './manifest.js';
import { pageFoot } from './page/page-foot.js';
import { pageHead } from './page/page-head.js';
import { PAGE_RECORDS, recordHtml, recordPage } from './page/record-html.js';
import {
  mentionsHead,
  recordsFoot,
  recordsHead,
  type Section,
  sectionFoot,
  sectionHead,
  sectionsOf,
  sourceHead,
} from './page/section.js';
import { fileError, openPart, type PartFile } from './part-file.js';
import { placesOf } from './places.js';
import type { ExtractRecord } from './record.js';
import type { Spool } from './spool.js';
import { textsOf } from './texts/texts.js';
import { writeZip, type Zip } from './zip.js';

export interface ExtractFile {
  readonly file: string;
  readonly bytes: number;
  /** Of the zip, hex. */
  readonly sha256: string;
  /** Nothing was left out for want of a source, a mapping or an Art. 15(1) fact. */
  readonly complete: boolean;
  /** The facts of Art. 15(1) that the map lacks: `crm.customers: purposes, origin`. */
  readonly missing: readonly string[];
}

/**
 * Writes the extract (contract.md §5) to `file`, over what is there: streamed to `<file>.part` with
 * mode 0600, synced, renamed. On an error or an abort nothing is left behind and an earlier `file`
 * stands as it was. Memory does not grow with the number of records.
 *
 * Throws DsrError: usage (the file cannot be made), transient (disk full), cancelled, data (fewer
 * or more records than were found), and whatever `rows()` throws.
 */
export async function writeExtract(
  input: ExtractInput,
  file: string,
  signal: AbortSignal,
  open: (file: string) => Promise<PartFile> = openPart,
): Promise<ExtractFile> {
  const created = new Date(input.created);
  if (Number.isNaN(created.getTime()))
    throw new DsrError('internal', 'the time of the extract is not RFC 3339');
  const gaps = completenessOf(input);
  const part = await open(file);
  try {
    const zip = await writeZip(part.out, created, signal, (into) => fill(input, gaps, into, part));
    await part.keep();
    const missing = gaps.facts.map(({ collection, facts }) => `${collection}: ${facts.join(', ')}`);
    return { file, bytes: zip.bytes, sha256: zip.sha256, complete: gaps.complete, missing };
  } catch (error) {
    await part.drop();
    throw fileError(error, file);
  }
}

/** The entries in their order: data by source and collection, the page, and the manifest over all. */
async function fill(input: ExtractInput, gaps: Completeness, zip: Zip, part: PartFile): Promise<void> {
  const texts = textsOf(input.language);
  const places = placesOf(input.map);
  const sections = sectionsOf(input, places);
  const page = await part.spool();
  const files = new Map<string, readonly DataFile[]>();
  const folders = new Set<string>();
  const offsets = new Map(input.map.sources.map(({ name, timezone }) => [name, withOffset(timezone)]));
  const job: Job = {
    input,
    zip,
    spool: part.spool,
    withOffset: (source) => offsets.get(source) ?? withOffset(input.map.controller.timezone),
  };

  await page.write(pageHead(input, sections, gaps, texts));
  let number = 0;
  for (const [source, here] of sections) {
    number += 1;
    await page.write(sourceHead(source, here, `s-${number}`, texts));
    for (const section of here) {
      await page.write(sectionHead(section, here, texts));
      const written = await writeSection(job, section, page, source.timezone);
      files.set(section.collection.id, written);
      for (const { path } of written) folders.add(path.slice(0, path.indexOf('/') + 1));
    }
    await page.write('</section>\n');
  }
  await page.write(pageFoot(input, gaps, folders, texts));
  const index = await addSpool(zip, 'index.html', page);
  const manifest = `${JSON.stringify(manifestOf(input, gaps, files, index), null, 2)}\n`;
  await zip.add('manifest.json', (sink) => sink.write(manifest));
}

/** Writes the files of one collection and, as the records go by, its part of the page. */
async function writeSection(
  job: Job,
  section: Section,
  page: Spool,
  zone: string,
): Promise<readonly DataFile[]> {
  const { input } = job;
  const texts = textsOf(input.language);
  const { own, shared, mention } = section.contents.counts;
  const totals = { records: own + shared, mentions: mention };
  const shown = { records: 0, mentions: 0 };
  const layouts = {
    records: recordPage(section.layout, totals.records, input.language),
    mentions: { ...recordPage(section.layout, totals.mentions, input.language), kind: 'cards' as const },
  };
  const paths = filePaths(input, section);

  const begin = async (kind: 'records' | 'mentions') => {
    if (kind === 'mentions') await page.write(mentionsHead(texts));
    await page.write(recordsHead(section, layouts[kind], texts));
  };
  const end = async (kind: 'records' | 'mentions') => {
    if (totals[kind] > 0) {
      await page.write(recordsFoot(layouts[kind], totals[kind], paths[kind], texts));
    }
  };
  const look: Onlooker = async (records, kind) => {
    if (shown[kind] >= PAGE_RECORDS || records.length === 0) return;
    if (shown[kind] === 0) {
      if (kind === 'mentions') await end('records');
      await begin(kind);
    }
    const taken: readonly ExtractRecord[] = records.slice(0, PAGE_RECORDS - shown[kind]);
    const html = taken.map((record, i) =>
      recordHtml(record, shown[kind] + i + 1, layouts[kind], section.layout, { texts, zone }),
    );
    shown[kind] += taken.length;
    await page.write(html.join(''));
  };

  const written = await writeCollection(job, section.collection, section.contents, section.places, look);
  await end(mention > 0 ? 'mentions' : 'records');
  const listed = written.files.filter(({ content }) => content !== 'binary').map(({ path }) => path);
  await page.write(sectionFoot(section, layouts.records, input, listed, texts));
  return written.files;
}

function filePaths(input: ExtractInput, { places }: Section) {
  const of = (json: string, csv: string) =>
    input.formats.map((format) => (format === 'json' ? json : csv)).sort();
  return { records: of(places.json, places.csv), mentions: of(places.mentionsJson, places.mentionsCsv) };
}
