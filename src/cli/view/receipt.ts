import type { ChangeKind } from '../../case/receipt/changes.js';
import type { Kept } from '../../case/receipt/kept.js';
import type { Receipt } from '../../case/receipt/receipt.js';
import type { Output } from '../output.js';
import { printable } from '../printable.js';
import type { Style } from '../style.js';
import { groundWords } from './plan.js';
import { minute } from './request.js';
import { table } from './table.js';
import { list, paragraph } from './words.js';

/** `dsr request show R --receipt`: what is gone, what is not yet, and what stays. */
export async function printReceipt(output: Output, receipt: Receipt): Promise<void> {
  if (output.json) return output.document(receipt);
  const { style } = output;
  await output.print([
    `${style.bold(receipt.request)}  ${receipt.type}, ${receipt.status}; received ${receipt.received}`,
    ...goneLines(receipt, style),
    ...backupLines(receipt, style),
    ...recipientLines(receipt, style),
    ...keptLines(receipt, style),
    ...endedLines(receipt, style),
    ...leftoverLines(receipt, style),
    ...openLines(receipt, style),
    ...footLines(receipt, style),
  ]);
}

/** The law's own verbs: a masked record stands, and is never told as deleted. */
const words: Readonly<Record<ChangeKind, string>> = {
  delete: 'deleted',
  mask: 'masked',
  clear: 'cleared',
  update: 'changed',
  minimise: 'kept, in part cleared',
};

const cells = [{ title: '' }, { title: '' }, { title: '', align: 'right' }, { title: '' }] as const;

function goneLines({ gone, erased, changed }: Receipt, style: Style): readonly string[] {
  if (erased.length === 0 && changed.length === 0) return ['', 'Nothing had to be changed.'];
  if (gone.length === 0) return [];
  const title = changed.length > 0 ? 'Changed in live data: the old values are gone' : 'Gone from live data';
  const rows = gone.map(({ collection, action, records, verifiedAt }) => [
    printable(collection),
    words[action],
    records.toLocaleString('en'),
    style.dim(`verified ${minute(verifiedAt)}`),
  ]);
  return ['', style.bold(title), ...table(cells, rows)];
}

function backupLines({ backups }: Receipt, style: Style): readonly string[] {
  if (backups.length === 0) return [];
  const rows = backups.flatMap(({ source, state, until, why }) => {
    const what = {
      until: `until ${until}`,
      over: `no more, since ${until}`,
      none: 'none',
      unknown: 'not known',
    }[state];
    const [first = '', ...more] = paragraph(why.replace(/^not known: /, ''), 60);
    const paint = state === 'unknown' ? style.yellow : (text: string) => text;
    return [
      [printable(source), paint(what), style.dim(first)],
      ...more.map((line) => ['', '', style.dim(line)]),
    ];
  });
  return ['', style.bold('Still in backups'), ...table(cells.slice(0, 2).concat({ title: '' }), rows)];
}

function recipientLines({ recipients }: Receipt, style: Style): readonly string[] {
  if (recipients.length === 0) return [];
  const rows = recipients.flatMap(({ name, collections }) => {
    const who = name === null ? style.yellow('not known') : printable(name);
    return paragraph(list(collections), 66).map((line, at) => [at === 0 ? who : '', line]);
  });
  return [
    '',
    style.bold('At recipients, until they confirm'),
    ...table([{ title: '' }, { title: '' }], rows),
  ];
}

/** By ground, law, date and hold; then where, as `erase` tells it. */
function keptLines({ kept }: Receipt, style: Style): readonly string[] {
  if (kept.length === 0) return [];
  const byGround = new Map<string, Kept[]>();
  for (const row of kept) {
    const ground = headOf(row);
    byGround.set(ground, [...(byGround.get(ground) ?? []), row]);
  }
  return [
    '',
    style.bold('Kept'),
    ...[...byGround].flatMap(([ground, rows]) => [
      ...paragraph(ground, 92).map((line, at) => `  ${at === 0 ? '' : '  '}${line}`),
      ...placeLines(rows.filter(({ masked }) => !masked)),
      ...placeLines(
        rows.filter(({ masked }) => masked),
        'masked: ',
      ),
    ]),
  ];
}

function headOf({ ground, until, law, hold }: Kept): string {
  const words = [groundWords({ ground, until }), hold === null ? '' : `hold ${hold}`, law ?? ''];
  return words.filter((word) => word !== '').join(', ') || 'by the map';
}

function placeLines(rows: readonly Pick<Kept, 'collection' | 'records'>[], head = ''): readonly string[] {
  if (rows.length === 0) return [];
  const places = rows.map(({ collection, records }) => `${collection} ${records.toLocaleString('en')}`);
  return paragraph(`${head}${places.join(', ')}`, 86).map((line) => `      ${line}`);
}

function endedLines({ ended }: Receipt, style: Style): readonly string[] {
  if (ended.length === 0) return [];
  return [
    '',
    style.bold(
      'Kept then, and not owed under this request: owed to an earlier one, erased since, or judged anew',
    ),
    ...placeLines(ended),
  ];
}

function leftoverLines({ leftovers }: Receipt, style: Style): readonly string[] {
  if (leftovers.length === 0) return [];
  return [
    '',
    style.bold('Left inside the sources'),
    ...leftovers.flatMap(({ source, what, until, remedy }) => [
      ...hanging(`${source}: ${what}`, '-'),
      ...(until === null ? [] : paragraph(`until: ${until}`, 88).map((line) => `    ${style.dim(line)}`)),
      ...(remedy === null ? [] : paragraph(`remedy: ${remedy}`, 88).map((line) => `    ${style.dim(line)}`)),
    ]),
  ];
}

function openLines({ open }: Receipt, style: Style): readonly string[] {
  if (open.length === 0) return [];
  return [
    '',
    style.bold('Open'),
    ...open.flatMap(({ source, collection, records, why, next }) => {
      const number = records === null ? '' : `, ${records.toLocaleString('en')}`;
      const then = next === null ? '' : `; ${next}`;
      return hanging(`${collection ?? source ?? 'deep search'}${number}: ${why}${then}`, style.red('-'));
    }),
  ];
}

function footLines({ at, tool, operators, map, open, verified }: Receipt, style: Style): readonly string[] {
  const by = operators.length === 0 ? '' : `, carried out by ${list(operators.map(printable))}`;
  return [
    '',
    ...(open.length === 0 ? [`${style.green('Nothing is open.')}`] : []),
    ...(verified === null ? [] : [`Searched last ${minute(verified.at)}: ${depth(verified)}.`]),
    ...(map.applied === map.now
      ? []
      : paragraph(
          'The data map was changed since: recipients and backups are told by the one of today.',
          92,
        )),
    style.dim(`Drawn up ${minute(at)} by ${tool}${by}; map ${map.now.slice(0, 19)}`),
  ];
}

function depth({ deep, partial }: NonNullable<Receipt['verified']>): string {
  if (!deep) return 'where the map leads, not through every table';
  return partial
    ? 'where the map leads, and through the tables that could be seen'
    : 'where the map leads, and through every table';
}

function hanging(text: string, sign: string): readonly string[] {
  return paragraph(text, 90).map((line, at) => `  ${at === 0 ? sign : ' '} ${line}`);
}
