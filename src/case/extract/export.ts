import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { subMonths } from 'date-fns/subMonths';
import type { CollectionContents, ExtractFormat, ExtractInput, Withheld } from '../../extract/input.js';
import { checkOutput } from '../../extract/part-file.js';
import type { Language } from '../../model/map.js';
import type { RequestId, SubjectTag } from '../../model/request.js';
import type { Identifier } from '../../model/subject.js';
import { toolName } from '../../model/tool.js';
import { keyText } from '../../model/value.js';
import { around } from '../boundary.js';
import type { Context } from '../context.js';
import { type Books, withBooks } from '../ledger-work.js';
import { loadTypes, type MapAndTypes } from '../map-and-types.js';
import { checkIdentified, openRequestOf, startRequest } from '../request/begin.js';
import { tagsToAsk } from '../request/subject.js';
import { answerOf, type FindInput, type FindResult, whoIsAsked } from '../search/find.js';
import { type Search, search } from '../search/search.js';
import { failureOf, intentEntry, searchedEntry, unsearchedEntry } from '../search/search-entry.js';
import { workspaceAt } from '../workspace.js';
import { contentsOf } from './contents.js';
import { type Named, parseWithheld, withheldRecords } from './withhold.js';

export interface ExportInput extends Omit<FindInput, 'records'> {
  /** null: `.dsr/extracts/<request>.zip`. */
  readonly output: string | null;
  /** null: the controller's. */
  readonly language: Language | null;
  readonly formats: readonly ExtractFormat[];
  /** `crm.notes:4` (parts of a composite key joined by commas, `\,` for a comma). */
  readonly withhold: readonly string[];
  readonly ground: string | null;
}

export interface ExportResult extends Omit<FindResult, 'records' | 'close'> {
  readonly request: string;
  /** null: open decisions stood against it, nothing was written. */
  readonly extract: { readonly file: string; readonly bytes: number; readonly sha256: string } | null;
  readonly records: Readonly<Record<string, number>>;
}

/** What an export carries from one step to the next. */
interface Exporting {
  readonly context: Context;
  readonly books: Books;
  readonly mapAndTypes: MapAndTypes;
  readonly input: ExportInput;
  /** null: one is opened once nothing of the call can be wrong any more. */
  readonly given: RequestId | null;
  readonly withhold: readonly Named[];
  readonly identifiers: readonly Identifier[];
  readonly subject: readonly SubjectTag[];
  /** The entry that announced it. */
  readonly intent: number;
}

/**
 * `dsr export`: finds the person and writes the extract, all or nothing. The ledger holds the intent
 * before a source is touched, and how it ended. A request is opened only after the search, when the
 * call has proved right: until then the ledger's entries name none.
 *
 * @throws DsrError as find, and: usage: the output cannot be made, a ground or a record to withhold is
 *   wrong · decision: the person is not identified · transient: no space · data: the source changed
 *   meanwhile.
 */
export function exportExtract(context: Context, input: ExportInput): Promise<ExportResult> {
  return withBooks(context, (books) => exportIn(context, books, input));
}

/** The same for whoever has the books open already. */
export async function exportIn(context: Context, books: Books, input: ExportInput): Promise<ExportResult> {
  const mapAndTypes = loadTypes(context);
  const withhold = parseWithheld(collectionIds(mapAndTypes), input);
  const given = input.request === null ? null : books.work.request(input.request).request;
  if (given !== null) await books.locks.hold(given);
  const asked = whoIsAsked(context, books, mapAndTypes, input, given);
  checkIdentified(context, books, mapAndTypes.loaded, given);
  const output = input.output ?? (given === null ? null : defaultOutput(context, given));
  // Nobody else works on the request: what stands there was left by a crash.
  if (given !== null && input.output === null) rmSync(`${output}.part`, { force: true });
  if (output !== null) await checkOutput(output);
  const intent = books.ledger.append(intentEntry(context, mapAndTypes, 'export', given, asked.subject));
  const exporting: Exporting = { context, books, mapAndTypes, input, given, withhold, ...asked, intent };
  const found = await search(context, books, mapAndTypes, {
    ...asked,
    answers: { accept: input.accept, reject: input.reject, request: given },
  }).catch((error: unknown) => {
    books.ledger.append({
      ...unsearchedEntry(mapAndTypes, asked.subject),
      ...failedEntry(exporting, given, [], error),
    });
    throw error;
  });
  try {
    return await handOut(exporting, found);
  } finally {
    await found.close();
  }
}

async function handOut(exporting: Exporting, found: Search): Promise<ExportResult> {
  const { context, books, input, given, intent, subject } = exporting;
  const { loaded } = exporting.mapAndTypes;
  const { ledger, work } = books;
  const answer = answerOf(found, given);
  const isOpen = answer.decisions.length > 0;
  const searched = searchedEntry(found, subject, answer);
  let request = given;
  let withheld: readonly Withheld[] = [];
  let file: string | null = null;
  try {
    if (!isOpen) withheld = withheldRecords(found, exporting.withhold, input.ground);
    request ??= openRequestOf('export', context, books, loaded, exporting.identifiers, intent);
    startRequest(context, books, loaded, request);
    found.settle(request);
    const done = { kind: 'export', operator: context.operator, request, intent, failure: null } as const;
    if (isOpen) {
      ledger.append({ ...searched, ...done, outcome: 'undecided', extract: null, withheld: [] });
      return { ...answer, request, extract: null, records: {} };
    }
    const { extract, contents } = await write(exporting, request, found, withheld);
    file = extract.file;
    const hash = `sha256:${extract.sha256}` as const;
    const complete = answer.complete && extract.complete;
    work.recordExtract({ request, file, sha256: hash, bytes: extract.bytes }, strongOnly(exporting), () => {
      const told = { extract: { hash, bytes: extract.bytes }, withheld: tally(withheld) };
      ledger.append({ ...searched, ...done, ...told, complete, outcome: 'written' });
    });
    return {
      ...answer,
      request,
      complete,
      incomplete: [...answer.incomplete, ...extract.missing.map((fact) => `the map does not say: ${fact}`)],
      extract: { file, bytes: extract.bytes, sha256: extract.sha256 },
      records: recordsOf(found, contents),
    };
  } catch (error) {
    try {
      // Nothing is handed out that is not written down.
      if (file !== null) await rm(file, { force: true });
    } finally {
      ledger.append({ ...searched, ...failedEntry(exporting, request, withheld, error) });
    }
    throw error;
  }
}

async function write(exporting: Exporting, request: RequestId, found: Search, withheld: readonly Withheld[]) {
  const { context, input, identifiers, books } = exporting;
  const { types, map, person } = found;
  const withheldKeys = new Map<string, Set<string>>();
  for (const { collection, key } of withheld) {
    withheldKeys.set(collection, (withheldKeys.get(collection) ?? new Set()).add(keyText(key)));
  }
  // An empty key asks whether anything at all is withheld there.
  const contents: readonly CollectionContents[] = contentsOf(found, (collection, key) => {
    const keys = withheldKeys.get(collection);
    return keys !== undefined && (key === '' || keys.has(key));
  });
  const now = context.clock.now();
  const since = subMonths(now, map.policy.freeExtract.perMonths);
  const strong = identifiers.filter(({ type }) => types.get(type).strength === 'strong');
  const extractInput: ExtractInput = {
    request,
    created: now.toISOString(),
    language: input.language ?? map.controller.language,
    formats: input.formats,
    tool: toolName,
    map,
    identifiers: person.identifiers,
    sources: found.sources,
    contents,
    hidden: found.gaps.flatMap(({ kind, source, collection, names }) => {
      if (kind !== 'hidden') return [];
      if (collection !== null) return [{ collection, reason: names.join('; ') }];
      return names.map((name) => ({
        collection: `${source}: ${name}`,
        reason: 'no right to use the schema',
      }));
    }),
    withheld,
    earlierExtracts: books.work
      .extracts(tagsToAsk(books.ledger, types, strong), since)
      .map((extract) => extract.at),
    isTheirs: (type, stored, encoding) =>
      person.identifiers.some(
        (known) =>
          (known.type === type || types.alsoKnownAs(known).some((alias) => alias.type === type)) &&
          types.judge({ type, match: null, encoding }, known.value, stored) === 'same',
      ),
  };
  context.report({ kind: 'step', message: 'writing the extract' });
  const file = input.output ?? defaultOutput(context, request);
  const { writeExtract } = await import('../../extract/extract.js');
  const extract = await around(context.boundary, 'extract.write', () =>
    writeExtract(extractInput, file, context.signal),
  );
  return { extract, contents };
}

/** Where an extract goes that nobody named a file for. */
export function defaultOutput({ workspace }: Context, request: RequestId): string {
  return join(workspaceAt(workspace).extracts, `${request}.zip`);
}

function collectionIds({ loaded }: MapAndTypes): readonly string[] {
  return Object.entries(loaded.written.sources).flatMap(([source, { collections }]) =>
    Object.keys(collections ?? {}).map((name) => `${source}.${name}`),
  );
}

function strongOnly({ mapAndTypes: { types }, subject }: Exporting): readonly SubjectTag[] {
  return subject.filter(({ type }) => types.get(type).strength === 'strong');
}

/** Of a source that was not searched there is nothing to say, not even 0. */
function recordsOf(
  { map, sources }: Search,
  contents: readonly CollectionContents[],
): Readonly<Record<string, number>> {
  const searched = new Set(sources.flatMap(({ source, status }) => (status === 'searched' ? [source] : [])));
  const ids = new Set(map.collections.flatMap(({ id, source }) => (searched.has(source) ? [id] : [])));
  return Object.fromEntries(
    contents
      .filter(({ collection }) => ids.has(collection))
      .map(({ collection, counts }) => [collection, counts.own + counts.shared + counts.mention]),
  );
}

function tally(withheld: readonly Withheld[]) {
  const places = [...new Set(withheld.map(({ collection, ground }) => `${collection} ${ground}`))];
  return places.map((place) => {
    const [collection = '', ground = ''] = place.split(' ');
    const records = withheld.filter(
      (each) => each.collection === collection && each.ground === ground,
    ).length;
    return { collection, ground, records };
  });
}

function failedEntry(
  { context, intent }: Exporting,
  request: RequestId | null,
  withheld: readonly Withheld[],
  error: unknown,
) {
  return {
    kind: 'export',
    operator: context.operator,
    request,
    intent,
    complete: false,
    outcome: 'failed',
    extract: null,
    withheld: tally(withheld),
    failure: failureOf(error, context),
  } as const;
}
