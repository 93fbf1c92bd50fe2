import { csvOf, type Style } from './json-value.js';
import type { Layout } from './layout.js';
import type { ExtractRecord } from './record.js';

export type CsvWriter = (records: readonly ExtractRecord[]) => string;

export interface Csv {
  /** BOM and header. */
  readonly head: string;
  readonly rows: CsvWriter;
}

/**
 * RFC 4180 with CRLF and a BOM (without it Excel reads UTF-8 as something else). NULL is an empty
 * cell, an empty text a quoted one. A cell that a spreadsheet would run as a formula gets a `'`
 * before it (OWASP, CSV injection); the JSON holds the value as it is.
 */
export async function csvWriter(layout: Layout, styles: readonly Style[], marker: string): Promise<Csv> {
  const { stringify } = await import('csv-stringify/sync');
  const options = { record_delimiter: '\r\n', escape_formulas: true, quoted_match: [/^$/] };
  const shown = layout.slots.flatMap((slot, index) => (slot.export === 'show' ? [index] : []));
  const names = shown.map((index) => layout.slots[index]?.name ?? '');
  return {
    head: `\ufeff${stringify([[...names, marker]], options)}`,
    rows: (records) =>
      stringify(
        records.map((record) => [
          ...shown.map((index) => csvOf(record.cells[index] ?? null, styles[index] as Style, record.fileOf)),
          saysOf(record),
        ]),
        options,
      ),
  };
}

/** `shared; stored, not shown: password; another person's: agent_name` */
function saysOf(record: ExtractRecord): string | null {
  const says = [
    ...(record.role === 'own' ? [] : [record.role]),
    ...(record.stated.length === 0 ? [] : [`stated: ${record.stated.join(', ')}`]),
    ...(record.redacted.length === 0 ? [] : [`redacted: ${record.redacted.join(', ')}`]),
  ];
  return says.length === 0 ? null : says.join('; ');
}
