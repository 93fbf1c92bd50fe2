import type { Call, Finding, MatchedField } from '../../src/connector/contract.js';
import { keySetOf } from '../../src/connector/key-set.js';
import { DsrError } from '../../src/model/error.js';
import { sql } from '../sql/fragment.js';
import { type Ask, forget } from './asked-keys.js';
import { mayBeWritten } from './file.js';
import { prepareFind } from './find.js';
import { indexStatement } from './index-expression.js';
import type { Session } from './session.js';
import { columnIn, readTable, type Table } from './table.js';

/** Whether reading would make writers wait, and which matched fields no index serves. */
export async function check(
  session: Session,
  call: Call,
  matched: readonly MatchedField[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [...(await journal(session, call)), ...(await writing(session))];
  const tables = new Map<string, Table>();
  for (const one of matched) {
    try {
      const table = tables.get(one.collection) ?? (await readTable(session, call, one.collection));
      tables.set(one.collection, table);
      findings.push(...(await missingIndex(session, call, table, one)));
    } catch (error) {
      // A broken view or a field that is gone is a finding, not the end of the check.
      if (!(error instanceof DsrError) || (error.kind !== 'data' && error.kind !== 'config')) throw error;
      findings.push({
        severity: 'error',
        about: one.collection,
        message: error.message,
        hint: error.hint ?? null,
      });
    }
  }
  return findings;
}

async function journal(session: Session, call: Call): Promise<readonly Finding[]> {
  const mode = String((await session.all(call, sql`select * from pragma_journal_mode`))[0]?.[0]);
  if (mode === 'wal') return [];
  return [
    {
      severity: 'info',
      about: session.place.file,
      message: `while dsr reads, other programs wait with their writing (journal mode ${mode})`,
      hint: 'pragma journal_mode = wal; lets readers and a writer work at once, where all of them run on this machine',
    },
  ];
}

async function writing({ place: { file } }: Session): Promise<readonly Finding[]> {
  if (await mayBeWritten(file)) return [];
  return [
    {
      severity: 'info',
      about: file,
      message:
        'the file or its folder may not be written: enough to find and export, not to erase or rectify',
      hint: 'where something is to be erased: let the user that runs dsr write the file and its folder',
    },
  ];
}

async function missingIndex(
  session: Session,
  call: Call,
  table: Table,
  { fields, mode }: MatchedField,
): Promise<readonly Finding[]> {
  const { source } = session.place;
  const query = {
    collection: table.name,
    key: [],
    fields: [],
    matches: [{ fields, mode, keys: keySetOf([fields.map(() => '0')], fields.length), when: [] }],
  };
  const asks: Ask[] = [];
  const finding = await prepareFind(session, call, table, query, asks);
  await forget(session, asks);
  if (finding.byIndex) return [];
  const affinities = fields.map(({ column }) => columnIn(table, column, source).affinity);
  const statement = table.kind === 'table' ? indexStatement(table.name, fields, mode, affinities) : null;
  const names = fields.map(({ column }) => column).join(', ');
  return [
    {
      severity: statement === null ? 'info' : 'warning',
      about: `${table.name}.${names}`,
      message:
        statement === null
          ? `${source}.${table.name}.${names} is searched by reading all of ${table.name}: no index can help`
          : `${source}.${table.name}.${names} has no index for ${mode} comparison: each search reads all of ${table.name}`,
      hint: statement,
    },
  ];
}
