import { DsrError } from '../model/error.js';
import { type RequestId, requestId, type SubjectTag } from '../model/request.js';
import type { Identifier } from '../model/subject.js';
import type { Store } from '../store/database.js';
import { type RequestEvent, type RequestType, requestEvents } from './words.js';

export interface NewRequest {
  readonly type: RequestType;
  /** Civil date of receipt in the controller's time zone. */
  readonly received: string;
  /** The year that the request's number counts in. */
  readonly year: number;
  /** The highest number of that year taken elsewhere: the ledger outlives this file. Asked under the lock. */
  readonly above: () => number;
  readonly identifiers: readonly Identifier[];
  readonly subject: readonly SubjectTag[];
  /** RFC 3339. */
  readonly at: string;
  readonly operator: string;
  readonly rehearsed: boolean;
}

export interface StoredEvent {
  readonly event: RequestEvent;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly operator: string;
}

/** As it was opened, and all that happened since, oldest first; status and dates follow from these. */
export interface StoredRequest {
  readonly request: RequestId;
  readonly type: RequestType;
  readonly received: string;
  readonly operator: string;
  readonly rehearsed: boolean;
  readonly events: readonly StoredEvent[];
}

/**
 * Numbers the request and stores it. `record` runs before the commit: when the ledger cannot hold the
 * entry, there is no request either.
 */
export function openRequest(
  store: Store,
  input: NewRequest,
  record: (request: RequestId) => void,
): RequestId {
  return store.transaction(() => {
    const { year, type, received, operator, rehearsed, at } = input;
    const here = store.get<{ highest: number | null }>(
      'select max(number) as highest from requests where year = ?',
      year,
    );
    const number = Math.max(here?.highest ?? 0, input.above()) + 1;
    const id = requestId(year, number);
    store.run(
      'insert into requests (id, year, number, type, received, operator, rehearsed) values (?, ?, ?, ?, ?, ?, ?)',
      ...[id, year, number, type, received, operator, rehearsed ? 1 : 0],
    );
    insertEvent(store, id, { event: 'opened', at, operator });
    input.identifiers.forEach((identifier, position) => {
      const row = [id, position, identifier.type, identifier.value];
      store.run('insert into identifiers (request, position, type, value) values (?, ?, ?, ?)', ...row);
    });
    for (const { type, tag } of input.subject) {
      store.run('insert or ignore into subjects (tag, type, request) values (?, ?, ?)', tag, type, id);
    }
    record(id);
    return id;
  });
}

/** @throws DsrError usage: there is no such request. */
export function addEvent(store: Store, request: RequestId, event: StoredEvent, record: () => void): void {
  store.transaction(() => {
    requestOf(store, request);
    insertEvent(store, request, event);
    record();
  });
}

/** @throws DsrError usage: there is no such request. */
export function requestOf(store: Store, request: string): StoredRequest {
  const [found] = load(store, 'select * from requests where id = ?', request);
  if (found !== undefined) return found;
  throw new DsrError('usage', 'there is no request of that number in this workspace', {
    hint: '`dsr request list` shows them; a number is written R-2026-0001',
  });
}

/** Values as they were given, normalised; none once the request was closed and purged. */
export function identifiersOf(store: Store, request: string): readonly Identifier[] {
  requestOf(store, request);
  return store.all<Identifier>(
    'select type, value from identifiers where request = ? order by position',
    request,
  );
}

export function subjectOf(store: Store, request: string): readonly SubjectTag[] {
  return store.all<SubjectTag>(
    'select type, tag from subjects where request = ? order by type, tag',
    request,
  );
}

const WINDOW = 500;

/** In the order in which they were opened; with `tags`, those of anybody who bears one of them. */
export function* requests(store: Store, tags: readonly string[] | null): Generator<StoredRequest> {
  const whose =
    tags === null
      ? ''
      : 'and id in (select request from subjects where tag in (select value from json_each(?)))';
  const sql = `select * from requests where seq > ? ${whose} order by seq limit ${WINDOW}`;
  let after = 0;
  for (;;) {
    const window = loadRows(store, sql, after, ...(tags === null ? [] : [JSON.stringify(tags)]));
    yield* withEvents(store, window);
    const last = window.at(-1);
    if (last === undefined || window.length < WINDOW) return;
    after = last.seq;
  }
}

interface Row {
  readonly seq: number;
  readonly id: RequestId;
  readonly type: RequestType;
  readonly received: string;
  readonly operator: string;
  readonly rehearsed: number;
}

function loadRows(store: Store, sql: string, ...bound: readonly (string | number)[]): readonly Row[] {
  return store.all<Row>(sql, ...bound);
}

function load(store: Store, sql: string, ...bound: readonly string[]): readonly StoredRequest[] {
  return withEvents(store, loadRows(store, sql, ...bound));
}

function withEvents(store: Store, rows: readonly Row[]): readonly StoredRequest[] {
  const events = store.all<StoredEvent & { readonly request: string }>(
    `select request, event, at, operator from events
      where request in (select value from json_each(?)) order by seq`,
    JSON.stringify(rows.map((row) => row.id)),
  );
  const byRequest = new Map<string, StoredEvent[]>(rows.map((row) => [row.id, []]));
  for (const { request, event, at, operator } of events)
    byRequest.get(request)?.push({ event, at, operator });
  return rows.map(({ id, type, received, operator, rehearsed }) => ({
    request: id,
    type,
    received,
    operator,
    rehearsed: rehearsed === 1,
    events: byRequest.get(id) ?? [],
  }));
}

function insertEvent(store: Store, request: RequestId, { event, at, operator }: StoredEvent): void {
  if (!requestEvents.includes(event)) throw new DsrError('internal', 'an event of a request has no name');
  store.run(
    'insert into events (request, event, at, operator) values (?, ?, ?, ?)',
    request,
    event,
    at,
    operator,
  );
}
