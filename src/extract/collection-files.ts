import { DsrError } from '../model/error.js';
import type { Collection } from '../model/map.js';
import { binaryFiles } from './binary-files.js';
import { csvWriter } from './csv.js';
import type { CollectionContents, ExtractInput, ExtractRow } from './input.js';
import { jsonOf, type Style } from './json-value.js';
import { type Layout, layoutOf } from './layout.js';
import type { Places } from './places.js';
import { isPortable, isProvided } from './portability.js';
import {
  type ExtractRecord,
  isDigitName,
  markerOf,
  recordFileName,
  recordJson,
  recordReader,
} from './record.js';
import type { Spool } from './spool.js';
import type { FileFacts, Sink, Zip } from './zip.js';

/** What writing one collection needs of the whole. */
export interface Job {
  readonly input: ExtractInput;
  readonly zip: Zip;
  readonly spool: () => Promise<Spool>;
  /** Adds the offset of a source to its times without one. */
  readonly withOffset: (source: string) => (local: string) => string;
}

/** What is done with each batch on its way besides the files: the page shows the first records. */
export type Onlooker = (records: readonly ExtractRecord[], kind: 'records' | 'mentions') => Promise<void>;

export interface DataFile extends FileFacts {
  readonly content: 'records' | 'mentions' | 'portability' | 'binary';
  readonly records: number | null;
}

export interface Written {
  readonly files: readonly DataFile[];
  /** Fields that some record shows as another person's. */
  readonly redacted: readonly string[];
}

/** Records told at once: few enough that what is made of them dies young. */
const SLICE = 200;

function stylesOf(layout: Layout, withOffset: (local: string) => string): readonly Style[] {
  return layout.slots.map((slot) => ({ type: slot.type, asText: isDigitName(slot), withOffset }));
}

/**
 * Writes the files of one collection. Its rows are read once: what belongs in other files than the
 * first is put aside on disk until the archive, which takes one entry at a time, is free for it.
 */
export async function writeCollection(
  job: Job,
  collection: Collection,
  contents: CollectionContents,
  places: Places,
  look: Onlooker,
): Promise<Written> {
  const { input, zip } = job;
  const layout = layoutOf(input.map, collection, contents.columns, contents.types);
  const styles = stylesOf(layout, job.withOffset(collection.source));
  const read = recordReader(layout, contents.columns, input.isTheirs);
  const marker = markerOf(layout);
  const toJson = recordJson(layout, styles);
  const slotNames = layout.slots.map((slot) => slot.name);
  const binaries = binaryFiles(places.files, slotNames, job.spool);
  const portable = isPortable(collection) ? portableJson(layout, styles) : null;
  const redacted = new Set<string>();
  const files: DataFile[] = [];
  let ordinal = 0;

  function tell(row: ExtractRow): ExtractRecord {
    ordinal += 1;
    const place = ordinal;
    const record: ExtractRecord = read(row, (bytes) => {
      const slot = slotHolding(layout, row, bytes);
      return binaries.put(bytes, () => recordFileName(row, record.name === null, place), slot);
    });
    for (const name of record.redacted) redacted.add(name);
    return record;
  }

  async function pass(kind: 'records' | 'mentions', expected: number): Promise<void> {
    if (expected === 0) return;
    const { json: jsonPath, csv: csvPath } =
      kind === 'records' ? places : { json: places.mentionsJson, csv: places.mentionsCsv };
    const csv = input.formats.includes('csv') ? await csvWriter(layout, styles, marker) : null;
    const csvAside = csv === null ? null : await job.spool();
    const portableAside = portable === null || kind === 'mentions' ? null : await job.spool();
    let portableCount = 0;
    let count = 0;

    const through = async (json: Sink | null): Promise<void> => {
      await csvAside?.write(csv?.head ?? '');
      await portableAside?.write('[');
      await json?.write('[');
      for await (const batch of guarded(zip, kind === 'records' ? contents.rows() : contents.mentions())) {
        for (let at = 0; at < batch.length; at += SLICE) {
          const records = batch.slice(at, at + SLICE).map(tell);
          if (json !== null) {
            await json.write(`${count > 0 ? ',' : ''}\n${records.map(toJson).join(',\n')}`);
          }
          if (csv !== null) await csvAside?.write(csv.rows(records));
          if (portableAside !== null && portable !== null) {
            const provided = records.flatMap((record) => portable(record) ?? []);
            if (provided.length > 0) {
              await portableAside.write(`${portableCount > 0 ? ',' : ''}\n${provided.join(',\n')}`);
            }
            portableCount += provided.length;
          }
          await look(records, kind);
          await binaries.settle();
          count += records.length;
        }
      }
      await json?.write('\n]\n');
      await portableAside?.write('\n]\n');
      checkCount(collection.id, expected, count);
    };

    if (input.formats.includes('json')) {
      files.push({ ...(await zip.add(jsonPath, through)), content: kind, records: count });
    } else await through(null);
    if (csvAside !== null) {
      files.push({ ...(await addSpool(zip, csvPath, csvAside)), content: kind, records: count });
    }
    if (portableAside !== null && portableCount > 0) {
      const facts = await addSpool(zip, places.portability, portableAside);
      files.push({ ...facts, content: 'portability', records: portableCount });
    } else await portableAside?.close();
  }

  await pass('records', contents.counts.own + contents.counts.shared);
  await pass('mentions', contents.counts.mention);
  for (const facts of await binaries.addTo(zip)) files.push({ ...facts, content: 'binary', records: null });
  return { files, redacted: [...redacted] };
}

/** An own record that the person gave, as JSON; null: nothing of it was given by them. */
function portableJson(layout: Layout, styles: readonly Style[]): (record: ExtractRecord) => string | null {
  const provided = layout.slots.flatMap((slot, index) => (isProvided(slot) ? [index] : []));
  return (record) => {
    if (record.role !== 'own' || record.registered !== null) return null;
    const filled = provided.filter((index) => record.cells[index] != null);
    if (filled.length === 0) return null;
    const members = filled.map((index) => {
      const value = record.cells[index] ?? null;
      const name = JSON.stringify(layout.slots[index]?.name ?? '');
      return `${name}:${jsonOf(value, styles[index] as Style, record.fileOf)}`;
    });
    return `{${members.join(',')}}`;
  };
}

function slotHolding(layout: Layout, row: ExtractRow, bytes: Uint8Array): string {
  const holds = layout.slots.find((slot) => {
    const value = row.values[slot.column];
    return value === bytes || (Array.isArray(value) && value.includes(bytes));
  });
  return holds?.name ?? 'file';
}

/** A source that hangs must not hang the export once it has failed or was cancelled. */
async function* guarded<T>(zip: Zip, batches: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = batches[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      const next = await zip.guard(iterator.next());
      if (next.done === true) {
        ended = true;
        return;
      }
      yield next.value;
    }
  } finally {
    // Not awaited: a source that hangs would not answer this either.
    if (!ended) iterator.return?.().catch(() => undefined);
  }
}

export async function addSpool(zip: Zip, path: string, spool: Spool): Promise<FileFacts> {
  const facts = await zip.add(path, async (sink) => {
    for await (const block of spool.read()) await sink.write(block);
  });
  await spool.close();
  return facts;
}

function checkCount(collection: string, expected: number, count: number): void {
  if (count === expected) return;
  throw new DsrError('data', `${collection}: ${expected} records were found but ${count} could be read`, {
    hint: 'the source changed meanwhile; run the export again',
    place: collection,
  });
}
