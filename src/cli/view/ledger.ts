import type { LedgerLine } from '../../case/ledger/list.js';
import type { Counts } from '../../ledger/entry.js';
import { asyncBatches, type Output } from '../output.js';
import { printable } from '../printable.js';
import { type Column, table } from './table.js';
import { count, list } from './words.js';

const columns: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'When (UTC)' },
  { title: 'Who' },
  { title: 'Request' },
  { title: 'What' },
  { title: 'Whom' },
  { title: '' },
];

export async function printLedger(output: Output, entries: AsyncIterable<LedgerLine>): Promise<void> {
  if (output.json) return output.ndjson(entries);
  const { style } = output;
  let any = false;
  for await (const batch of asyncBatches(entries, 200)) {
    const rows = batch.map((entry) => [
      String(entry.seq),
      `${entry.at.slice(0, 19).replace('T', ' ')}${entry.rehearsed === true ? style.yellow(' rehearsed') : ''}`,
      'operator' in entry ? printable(entry.operator) : '',
      'request' in entry && entry.request !== null ? entry.request : '',
      printable(whatWords(entry)),
      style.dim(whomWords(entry)),
    ]);
    const lines = table(columns, rows, { indent: '', title: style.bold });
    // widths are a batch's own; the titles stand once
    if (!(await output.print(any ? lines.slice(1) : lines))) return;
    any = true;
  }
  if (!any) await output.print(['Nothing was done here yet: the ledger has no entry.']);
}

/** What an entry says, in a line. */
function whatWords(entry: LedgerLine): string {
  switch (entry.kind) {
    case 'ledger':
      return 'the ledger was begun';
    case 'find':
      if (entry.outcome === 'failed') return `look-up failed (${entry.failure ?? 'unknown'})`;
      return `looked up: ${foundWords(entry.collections)}${partly(entry)}`;
    case 'intent':
      return entry.action === 'find' ? 'about to look up' : `about to ${entry.action}`;
    case 'export':
      if (entry.outcome === 'written')
        return `extract written: ${foundWords(entry.collections)}${partly(entry)}`;
      return entry.outcome === 'undecided'
        ? `no extract: ${count(entry.open, 'decision')} open`
        : `no extract: failed (${entry.failure ?? 'unknown'})`;
    case 'plan':
      return `planned: ${count(entry.actions.length, 'action')}`;
    case 'hold':
      return `${entry.hold} ${entry.event}: ${entry.collection ?? 'a person'} (${entry.ground})`;
    case 'decision':
      return `${entry.decision} ${entry.answer}ed: ${entry.about} in ${entry.collection}`;
    case 'outcome':
      return `${entry.source}: ${entry.outcome}`;
    case 'verification':
      return `verified: ${count(entry.residual, 'record')} found again`;
    case 'state':
      return `request ${entry.event}: ${entry.type}, received ${entry.received}`;
  }
}

function foundWords(collections: Readonly<Record<string, Counts>>): string {
  const counts = Object.values(collections);
  const records = counts.reduce(
    (sum, { own, mentions, shared, candidates }) => sum + own + mentions + shared + candidates,
    0,
  );
  if (records === 0) return 'nothing found';
  return `${count(records, 'record')} in ${count(counts.length, 'collection')}`;
}

function partly({ complete, open }: { readonly complete: boolean; readonly open: number }): string {
  const parts = [
    ...(complete ? [] : ['incomplete']),
    ...(open === 0 ? [] : [`${count(open, 'decision')} open`]),
  ];
  return parts.length === 0 ? '' : `, ${list(parts)}`;
}

/** The first tag, shortened: enough to see that two entries are about the same person. */
function whomWords(entry: LedgerLine): string {
  if (!('subject' in entry)) return '';
  const [first, ...more] = entry.subject;
  if (first === undefined) return '';
  return `${first.type}:${first.tag.slice(0, 8)}${more.length === 0 ? '' : ` +${more.length}`}`;
}
