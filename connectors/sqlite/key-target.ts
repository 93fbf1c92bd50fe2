import type { Call, Match } from '../../src/connector/contract.js';
import type { FieldPath } from '../../src/model/catalog.js';
import { raw, sql } from '../sql/fragment.js';
import { isNumeric } from './declared-type.js';
import { quoted } from './index-expression.js';
import type { KeyTarget } from './key-rows.js';
import type { Session } from './session.js';
import { columnIn, inTable, type Table } from './table.js';

/** What the parts of a match's keys for one field are compared with. */
export async function targetOf(
  session: Session,
  call: Call,
  table: Table,
  { column, path }: FieldPath,
  mode: Match['mode'],
): Promise<KeyTarget> {
  const { affinity, kind } = columnIn(table, column, session.place.source);
  const inside = path.length > 0;
  const plain = inside || mode !== 'exact' || isNumeric(affinity);
  const collation = plain ? null : await collationOf(session, call, table, column);
  return { mode, affinity, kind, inside, collation };
}

/** What no pragma tells: the comparison's opcode names the collation. */
async function collationOf(
  session: Session,
  call: Call,
  table: Table,
  column: string,
): Promise<KeyTarget['collation']> {
  const name = raw(inTable(column));
  const from = raw(quoted(table.name));
  const code = await session.all(call, sql`explain select ${name} = ${name} from ${from} t`, table.name);
  const compared = code.find(([, opcode]) => opcode === 'Eq' || opcode === 'Ne');
  const collation = /^[A-Za-z]+/.exec(String(compared?.[5] ?? ''))?.[0];
  return collation === 'NOCASE' || collation === 'RTRIM' ? collation : null;
}
