import type { RequestDetails, RequestView } from '../../case/request/view.js';
import { asyncBatches, type Output } from '../output.js';
import { printable } from '../printable.js';
import { type Column, table } from './table.js';
import { count } from './words.js';

export async function printRequest(output: Output, request: RequestView): Promise<void> {
  if (output.json) await output.document(request);
  else await output.print(factLines(output, request));
}

export async function printRequestDetails(output: Output, request: RequestDetails): Promise<void> {
  if (output.json) return output.document(request);
  const { style } = output;
  const columns = [{ title: '' }, { title: '' }, { title: '' }];
  const who = request.identifiers.map(({ type, value }) => [type, printable(value)]);
  const events = request.events.map(({ event, at, operator }) => [
    style.dim(minute(at)),
    event,
    style.dim(printable(operator)),
  ]);
  await output.print([
    ...factLines(output, request),
    ...(who.length === 0 ? [] : ['', style.bold('Who'), ...table(columns, who)]),
    '',
    style.bold('What happened'),
    ...table(columns, events),
  ]);
}

const columns: readonly Column[] = [
  { title: 'Request' },
  { title: 'type' },
  { title: 'status' },
  { title: 'received' },
  { title: 'promised' },
  { title: 'due by law' },
  { title: 'left', align: 'right' },
];

/** A list, told as it is read. `about` somebody: none is an answer about them. */
export async function printRequests(
  output: Output,
  requests: AsyncIterable<RequestView>,
  about: boolean,
): Promise<void> {
  if (output.json) return output.ndjson(requests);
  const { style } = output;
  let any = false;
  for await (const batch of asyncBatches(requests, 200)) {
    const rows = batch.map((request) => [
      request.request,
      request.type,
      request.status,
      request.received,
      request.promiseDue,
      request.legalDue,
      leftWords(output, request),
    ]);
    const lines = table(columns, rows, { indent: '', title: style.bold });
    // widths are a batch's own; the titles stand once
    if (!(await output.print(any ? lines.slice(1) : lines))) return;
    any = true;
  }
  if (!any) await output.print([about ? 'This person has not asked before.' : 'No requests yet.']);
}

function factLines(output: Output, request: RequestView): readonly string[] {
  const { style } = output;
  const facts = [
    ['Received', request.received],
    ['Promised', request.promiseDue],
    ['Due by law', `${request.legalDue}${request.extended ? ', extended' : ''}`],
    ['Left', leftWords(output, request)],
  ];
  return [
    `${style.bold(request.request)}  ${request.type}, ${request.status}${request.paused ? ', paused' : ''}`,
    ...table([{ title: '' }, { title: '' }], facts),
  ];
}

const ended: readonly RequestView['status'][] = ['answered', 'closed', 'refused', 'withdrawn', 'expired'];

function leftWords({ style }: Output, { daysLeft, status }: RequestView): string {
  if (ended.includes(status)) return style.dim('-');
  if (daysLeft < 0) return style.red(`${count(-daysLeft, 'day')} overdue`);
  if (daysLeft === 0) return style.red('today');
  const words = count(daysLeft, 'day');
  return daysLeft <= 7 ? style.yellow(words) : words;
}

/** `2026-11-22 19:46Z` of an RFC 3339 time in UTC. */
export function minute(at: string): string {
  return `${at.slice(0, 16).replace('T', ' ')}Z`;
}
