import type { DueLine, RequestDue, RetentionDue, When } from '../../obligation/due.js';
import type { Output } from '../output.js';
import { printable } from '../printable.js';
import { type Column, table } from './table.js';
import { count } from './words.js';

const titles: Readonly<Record<When, string>> = {
  overdue: 'Overdue',
  today: 'Due today',
  held: 'Due, but held',
  upcoming: 'Coming up',
};

/** What is still to come is counted over every request. */
const ALL = 'all together';

const columns: readonly Column[] = [
  { title: 'Day' },
  { title: 'what' },
  { title: 'records', align: 'right' },
  { title: 'why' },
  { title: 'request' },
];

export async function printDue(output: Output, lines: readonly DueLine[], within: number): Promise<void> {
  if (output.json) return output.ndjson(lines);
  const { style } = output;
  if (lines.length === 0) {
    await output.print([`Nothing is due, today or within ${count(within, 'day')}.`]);
    return;
  }
  const blocks = (Object.keys(titles) as readonly When[]).flatMap((when) => {
    const rows = lines.filter((line) => line.when === when).map(rowOf);
    if (rows.length === 0) return [];
    const title = when === 'overdue' ? style.red(titles[when]) : style.bold(titles[when]);
    return [[title, ...table(columns, rows, { title: style.dim })]];
  });
  await output.print([
    ...blocks.flatMap((block, at) => (at === 0 ? block : ['', ...block])),
    ...nextLines(lines, output),
  ]);
}

function rowOf(line: DueLine): readonly string[] {
  switch (line.kind) {
    case 'retention':
      return retentionRow(line);
    case 'request':
      return requestRow(line);
    case 'released':
      return ['', 'an erasure whose hold was released', '', '', line.request];
  }
}

function retentionRow({
  until,
  collection,
  records,
  ground,
  law,
  request,
  hold,
}: RetentionDue): readonly string[] {
  const why = [ground, law, hold === null ? null : `held by ${hold}`].filter((each) => each !== null);
  return [until, collection, records.toLocaleString('en'), printable(why.join(', ')), request ?? ALL];
}

function requestRow({ legalDue, type, status, request }: RequestDue): readonly string[] {
  return [legalDue, `to be answered by law: ${type}`, '', status, request];
}

/** What the operator does about it. */
function nextLines(lines: readonly DueLine[], { style }: Output): readonly string[] {
  const sweepable = lines.some(
    ({ kind, when }) => kind !== 'request' && (when === 'overdue' || when === 'today'),
  );
  return sweepable ? ['', `To erase what is due: ${style.cyan('dsr sweep')}`] : [];
}
