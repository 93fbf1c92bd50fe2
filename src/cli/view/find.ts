import type { FindResult } from '../../case/search/find.js';
import type { LocatedRecord } from '../../model/subject.js';
import { batches, jsonText, type Output } from '../output.js';
import { printable } from '../printable.js';
import { type Answer, answerDocument, foundLines, openLines } from './answer.js';
import { deepDocument, deepLines } from './deep.js';
import { keyObject, keyWords } from './key.js';
import { table } from './table.js';

/** The answer of `dsr find`, streamed where it tells each record. `again`: the call, as it was typed. */
export async function printFind(output: Output, result: FindResult, again: readonly string[]): Promise<void> {
  if (output.json) {
    if (result.records === null) await output.document(documentOf(result));
    else await printJsonRecords(output, result, result.records);
    return;
  }
  for (const warning of result.warnings) output.warning(warning);
  await output.print(foundLines(result, output, result.records !== null));
  if (result.records !== null) await printRecords(output, result, result.records);
  await output.print(deepLines(result.deep, output.style));
  await output.print(openLines(result, output, again));
}

function documentOf(result: FindResult) {
  const { deep } = result;
  return { ...answerDocument(result), ...(deep === undefined ? {} : { deep: deepDocument(deep) }) };
}

/** One document whose last member streams, one record a line. */
async function printJsonRecords(
  output: Output,
  result: FindResult,
  records: Iterable<LocatedRecord>,
): Promise<void> {
  const head = jsonText(documentOf(result), 2).replace(/\n\}$/, ',');
  if (!(await output.print([head, '  "records": [']))) return;
  let separator = '    ';
  for (const batch of batches(records, 200)) {
    const lines = batch.map((record) => {
      const { collection, key, role, via } = record;
      const told = { collection, key: keyObject(result.keyFields[collection], key), role, via };
      const line = `${separator}${jsonText(told)}`;
      separator = '   ,';
      return line;
    });
    if (!(await output.print(lines))) return;
  }
  await output.print(['  ]', '}']);
}

async function printRecords(output: Output, answer: Answer, records: Iterable<LocatedRecord>): Promise<void> {
  const { style } = output;
  let collection: string | null = null;
  for (const batch of batches(records, 200)) {
    for (const group of runsOf(batch)) {
      const [first] = group;
      if (first === undefined) continue;
      const rows = group.map((record) => [
        keyWords(answer.keyFields[record.collection], record.key),
        record.role,
        style.dim(pathWords(record)),
      ]);
      const title = first.collection === collection ? [] : ['', style.bold(first.collection)];
      collection = first.collection;
      const columns = [{ title: '' }, { title: '' }, { title: '' }];
      if (!(await output.print([...title, ...table(columns, rows)]))) return;
    }
  }
}

/** `email → crm.invoices.customer_id`: the identifier, then the references followed. */
function pathWords({ via }: LocatedRecord): string {
  return printable(via.join(' → '));
}

/** The records of a batch, cut where the collection changes. */
function runsOf(batch: readonly LocatedRecord[]): readonly (readonly LocatedRecord[])[] {
  const runs: LocatedRecord[][] = [];
  for (const record of batch) {
    const run = runs.at(-1);
    if (run?.[0]?.collection === record.collection) run.push(record);
    else runs.push([record]);
  }
  return runs;
}
