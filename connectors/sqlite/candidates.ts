import type { Call } from '../../src/connector/contract.js';
import { raw, type Sql, sql } from '../sql/fragment.js';
import type { Asked } from './asked-keys.js';
import { ALIVE } from './functions.js';
import { indexed, quoted } from './index-expression.js';
import { keyTable } from './protocol.js';
import type { Session } from './session.js';
import { inTable, type Table } from './table.js';

/**
 * Selects of the addresses of all rows that may match, each served by an index; null: there is none for
 * it. What they bring is compared again.
 */
export async function candidatesFor(
  session: Session,
  call: Call,
  table: Table,
  asked: Asked,
): Promise<readonly Sql[] | null> {
  const ways = waysOf(table, asked);
  if (ways === null || table.address.length === 0) return null;
  const chosen: Sql[] = [];
  for (const alternatives of ways) {
    let found: Sql | null = null;
    for (const one of alternatives) {
      if (found === null && (await usesIndex(session, call, table, one))) found = one;
    }
    if (found === null) return null;
    chosen.push(found);
  }
  return chosen;
}

/** All of these together bring every row that may match; each in ways of which one will do. */
function waysOf(table: Table, { match, targets, ask }: Asked): readonly (readonly Sql[])[] | null {
  if (targets.some(({ inside }) => inside)) return null;
  const parts = match.fields.map(({ column }, index) =>
    indexed(inTable(column), match.mode, targets[index]?.affinity ?? 'none', `k.p${index}`),
  );
  const address = raw(table.address.map(inTable).join(', '));
  const from = raw(`${keyTable(ask.parts)} k cross join ${quoted(table.name)} t`);
  const select = (condition: string) =>
    sql`select ${address} from ${from} where k.ask = ${raw(String(ask.number))} and ${raw(condition)} and ${alive(table)}`;
  const only = parts[0];
  if (parts.length === 1 && only !== undefined) return only.map((ways) => ways.map(select));
  // Several columns: only where each of them is compared in one plain way.
  const firsts = parts.map((groups) => (groups.length === 1 ? groups[0]?.[0] : undefined));
  if (match.mode === 'digits' || firsts.includes(undefined)) return null;
  return [[select(firsts.join(' and '))]];
}

async function usesIndex(session: Session, call: Call, table: Table, select: Sql): Promise<boolean> {
  const plan = await session.all(call, sql`explain query plan ${select}`, table.name);
  return plan.map((row) => String(row[3])).some((detail) => /^SEARCH t\b/.test(detail));
}

/** Now and then asks whether to go on; costs a random number a row. */
export function alive(table: Table): Sql {
  const [first] = table.columns.keys();
  const any = first === undefined ? '' : inTable(first);
  return raw(`((random() & 1023) <> 0 or ${ALIVE}(${any}))`);
}
