import type { HoldRelease, HoldView } from '../../case/hold/hold.js';
import type { Output } from '../output.js';
import { printable } from '../printable.js';
import { type Column, table } from './table.js';
import { count, list } from './words.js';

export async function printHold(output: Output, hold: HoldView): Promise<void> {
  if (output.json) return output.document(hold);
  const { style } = output;
  await output.print([
    `${style.bold(hold.hold)}  holds ${whomWords(hold)}: ${hold.ground}.`,
    hold.collection === null
      ? 'Nobody erases this person until it is released.'
      : 'Its records are kept in every erasure until it is released.',
    `To release it: ${style.cyan(`dsr hold release ${hold.hold}`)}`,
  ]);
}

const columns: readonly Column[] = [
  { title: 'Hold' },
  { title: 'on' },
  { title: 'ground' },
  { title: 'since' },
  { title: 'by' },
  { title: 'released' },
  { title: 'requests' },
];

export async function printHolds(output: Output, holds: readonly HoldView[]): Promise<void> {
  if (output.json) return output.ndjson(holds);
  const { style } = output;
  const rows = holds.map((hold) => [
    hold.hold,
    whomWords(hold),
    hold.ground,
    hold.since.slice(0, 10),
    printable(hold.operator),
    hold.released === null
      ? style.dim('-')
      : `${hold.released.slice(0, 10)} ${printable(hold.releasedBy ?? '')}`.trim(),
    hold.requests.join(' ') || style.dim('-'),
  ]);
  await output.print(
    rows.length === 0 ? ['Nothing is held.'] : table(columns, rows, { indent: '', title: style.bold }),
  );
}

export async function printRelease(output: Output, hold: HoldRelease): Promise<void> {
  if (output.json) return output.document(hold);
  const { style } = output;
  const { requests, records } = hold.back;
  const back = [
    ...(requests.length === 0 ? [] : [`the erasure of ${list(requests)}`]),
    ...(records === 0
      ? []
      : [`${count(records, 'record')} that it kept, or that were masked for their sake`]),
  ];
  const waiting = hold.requests.filter((request) => !requests.includes(request));
  await output.print([
    `${style.green(`${hold.hold} is released`)}: ${whomWords(hold)}.`,
    ...(back.length === 0
      ? ['Nothing had waited for it.']
      : [`Comes back: ${list(back)}.`, `To carry it out: ${style.cyan('dsr sweep')}`]),
    ...(waiting.length === 0 ? [] : [`Still held by another: ${waiting.join(', ')}. See: dsr hold list`]),
  ]);
}

function whomWords({ collection, identifiers }: HoldView): string {
  return collection ?? `a person (${count(identifiers, 'identifier')})`;
}
