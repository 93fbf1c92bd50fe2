import type { Finding, MatchedField } from '../../src/connector/contract.js';
import { keySetOf } from '../../src/connector/key-set.js';
import { fieldPathText } from '../../src/model/catalog.js';
import { asking, branch } from './branch.js';
import type { SqlDialect } from './dialect.js';
import type { Row, Session } from './session.js';
import { type Column, ROW_DIGEST, type Table } from './table.js';

/** Fewer rows than this are read as fast as an index. */
const FEW_ROWS = 1_000;

/**
 * For each field that will be matched, whether the source would use an index, by its own word: the
 * statement that a search sends is explained, not guessed at from the list of indexes.
 */
export async function indexFindings<C extends Column>(
  dialect: SqlDialect<C>,
  session: Session,
  tables: readonly Table<C>[],
  matched: readonly MatchedField[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const byId = new Map(tables.map((table) => [table.info.id, table]));
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const one of matched) {
    const table = byId.get(one.collection);
    const fields = one.fields.map(fieldPathText).join(', ');
    const about = `${one.collection}.${fields}`;
    if (table === undefined || one.fields.some(({ column }) => !table.columns.has(column))) {
      findings.push({
        severity: 'error',
        about,
        message: 'the source has no such field',
        hint: 'dsr map check',
      });
      continue;
    }
    if (seen.has(`${about} ${one.mode}`) || table.info.kind === 'view' || table.info.hidden !== null)
      continue;
    seen.add(`${about} ${one.mode}`);
    if (one.fields.some(({ column }) => column === ROW_DIGEST)) continue;
    if (await indexed(dialect, session, table, one, signal)) continue;
    const few = table.info.rows !== null && table.info.rows < FEW_ROWS;
    const rows = table.info.rows === null ? 'all' : `about ${table.info.rows}`;
    findings.push({
      severity: few ? 'info' : 'warning',
      about,
      message: `no index serves a search by ${fields} (${one.mode}): each reads ${rows} rows`,
      hint: dialect.indexHint(table, one.fields, one.mode),
    });
  }
  return findings;
}

async function indexed<C extends Column>(
  dialect: SqlDialect<C>,
  session: Session,
  table: Table<C>,
  { fields, mode }: MatchedField,
  signal: AbortSignal,
): Promise<boolean> {
  const match = { fields, mode, keys: keySetOf([], fields.length), when: [] };
  const statement = branch(dialect, asking(dialect, table, match, 0), { rows: [], asked: [] }, []);
  let plan: readonly Row[] = [];
  for (const step of dialect.explain(statement)) plan = await session.rows(step, signal);
  return dialect.usesIndex(plan);
}
