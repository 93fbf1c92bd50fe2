import { missingFacts } from '../map/missing-facts.js';
import type { Collection } from '../model/map.js';
import type { DataFile } from './collection-files.js';
import type { Completeness } from './completeness.js';
import type { CollectionContents, ExtractInput } from './input.js';
import { layoutOf } from './layout.js';
import { isDigitName, keyIsPersonal, markerOf } from './record.js';
import type { FileFacts } from './zip.js';

export const MANIFEST_SCHEMA = 'dsr-extract/1';

/** `manifest.json`: everything in the zip, and all that is not in it and why. */
export function manifestOf(
  input: ExtractInput,
  gaps: Completeness,
  files: ReadonlyMap<string, readonly DataFile[]>,
  page: FileFacts,
): unknown {
  const { map } = input;
  const { name, contact, authority, timezone } = map.controller;
  return {
    schema: MANIFEST_SCHEMA,
    request: input.request,
    created: input.created,
    language: input.language,
    tool: input.tool,
    map: map.hash,
    controller: { name, contact, authority, timezone },
    complete: gaps.complete,
    subject: { identifiers: input.identifiers.map(({ type, value, from }) => ({ type, value, from })) },
    sources: map.sources.map((source) => ({
      source: source.name,
      label: source.label,
      status: input.sources.find((status) => status.source === source.name)?.status ?? 'skipped',
      records: input.contents
        .filter(({ collection }) => collectionOf(input, collection)?.source === source.name)
        .reduce((sum, { counts }) => sum + counts.own + counts.shared + counts.mention, 0),
      timezone: source.timezone,
      unmappedTables: source.unmappedTables,
    })),
    collections: map.collections.map((collection) => {
      const contents = input.contents.find((entry) => entry.collection === collection.id);
      return collectionFacts(input, collection, contents, files.get(collection.id) ?? []);
    }),
    hidden: gaps.hidden,
    earlierExtracts: input.earlierExtracts,
    page,
    conventions: CONVENTIONS,
  };
}

function collectionOf(input: ExtractInput, id: string): Collection | undefined {
  return input.map.collections.find((collection) => collection.id === id);
}

function collectionFacts(
  input: ExtractInput,
  collection: Collection,
  contents: CollectionContents | undefined,
  files: readonly DataFile[],
) {
  const columns = contents?.columns ?? [...collection.key, ...collection.fields.map(({ at }) => at.column)];
  const layout = layoutOf(input.map, collection, columns, contents?.types);
  const withheld = input.withheld.filter((record) => record.collection === collection.id);
  const personalKey = keyIsPersonal(layout);
  return {
    collection: collection.id,
    label: collection.label,
    records: {
      own: contents?.counts.own ?? 0,
      shared: contents?.counts.shared ?? 0,
      mentions: contents?.counts.mention ?? 0,
    },
    key: collection.key,
    marker: markerOf(layout),
    fields: layout.slots.map((slot) => ({
      name: slot.name,
      category: slot.field?.category ?? null,
      label: slot.field?.label ?? null,
      explain: slot.field?.explain ?? null,
      values: slot.field?.values ?? null,
      type: slot.type?.kind ?? null,
      ...(slot.type?.kind === 'timestamp' ? { storedWithoutZone: true } : {}),
      ...(isDigitName(slot) ? { asText: true } : {}),
      personal: slot.personal,
      export: slot.export,
      reason: slot.export === 'omit' ? (slot.field?.reason ?? null) : null,
    })),
    unmapped: collection.unmappedColumns,
    unsearchable: collection.unsearchable,
    information: collection.information,
    missing: missingFacts(collection),
    // A key that is itself personal says more than that a record was withheld.
    withheld: withheld.map(({ key, ground }) => ({ key: personalKey ? null : key.map(String), ground })),
    files: files.map(({ path, content, records, bytes, sha256 }) => ({
      path,
      content,
      records,
      bytes,
      sha256,
    })),
  };
}

/** How the files are written, for whoever reads them by program. */
const CONVENTIONS = {
  encoding: 'UTF-8; records in the order of their key',
  marker:
    'In each record, the member named by "marker" says what the record says of itself: role "shared" (also about somebody else) or "mention" (about somebody else, names this person; only what concerns this person is shown); "stated": fields that are stored and not shown; "redacted": fields left out, or inside a JSON value replaced by "[redacted]", because they concern somebody else. A record without it is this person\'s own and whole.',
  numbers:
    'Integers beyond 2^53, decimals, NaN and the infinities are strings. Personnummer, organisation and phone numbers are strings also where they are stored as integers.',
  times:
    'RFC 3339. A field with "storedWithoutZone" is stored without an offset; the one written is that of the time zone of its source.',
  json: 'JSON values stand in their own text; inside them, too, a number that a double cannot hold is a string.',
  bytes:
    '{"base64": …}, or {"file": …, "bytes": …, "sha256": …} for pictures, documents and what is larger than 64 KiB.',
  csv: "UTF-8 with BOM, RFC 4180. An empty cell is null, a quoted empty one an empty text. A cell that begins with = + - @, tab or carriage return has a ' put before it, so that no spreadsheet runs it as a formula; the JSON holds the value as it is.",
  portability:
    'Own records under consent or contract, only what the person provided (GDPR Art. 20); ids given by the controller and what others entered are not in it.',
} as const;
