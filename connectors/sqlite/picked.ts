import type { Call } from '../../src/connector/contract.js';
import { DsrError } from '../../src/model/error.js';
import type { Key } from '../../src/model/value.js';
import { joined, raw, type Sql, sql } from '../sql/fragment.js';
import { bindable } from './asked-keys.js';
import { alive } from './candidates.js';
import { exactRows } from './exact-key.js';
import { quoted } from './index-expression.js';
import { keyTable, MOST_PARTS } from './protocol.js';
import type { Session } from './session.js';
import { columnIn, inTable, type Table } from './table.js';

/** Records picked by their keys: their addresses stand in a key table, under this number. */
export interface Picked {
  readonly ask: number;
  readonly table: Table;
}

/** Looks keys up, each record once, at the position of the last key that names it. */
export async function pick(
  session: Session,
  call: Call,
  table: Table,
  key: readonly string[],
  keys: readonly Key[],
): Promise<Picked> {
  const { source } = session.place;
  if (key.length > MOST_PARTS) {
    throw new DsrError('config', `a key of ${key.length} fields: sqlite takes at most ${MOST_PARTS}`);
  }
  const affinities = key.map((name) => columnIn(table, name, source).affinity);
  const [asked, ask] = [session.number(), session.number()];
  const marks = '?, '.repeat(key.length + 1);
  await session.load(
    call,
    raw(`insert or ignore into ${keyTable(key.length)} values (${marks}?)`),
    keys.flatMap((one, at) => exactRows(affinities, one, asked, at)).map(bindable),
    table.name,
  );
  const address = raw(table.address.map(inTable).join(', '));
  const into = raw(keyTable(table.address.length));
  const pickBy = (way: Sql) =>
    sql`insert into ${into} select ${raw(String(ask))}, ${address}, max(k.position) from ${way}
        where k.ask = ${raw(String(asked))} and ${alive(table)} group by ${address}`;
  const [one, other] = ways(table, key).map(pickBy);
  const plan = await session.all(call, sql`explain query plan ${one ?? raw('')}`, table.name);
  const byIndex = plan.some((row) => /^SEARCH t\b/.test(String(row[3])));
  await session.run(call, (byIndex ? one : other) ?? raw(''), table.name);
  await session.run(call, raw(`delete from ${keyTable(key.length)} where ask = ${asked}`));
  return { ask, table };
}

/** Each key looked up in the table, which needs an index; or each row among the keys. */
function ways(table: Table, key: readonly string[]): readonly Sql[] {
  const name = quoted(table.name);
  const keys = keyTable(key.length);
  // The first comparison is for the index, the second for what its collation equates.
  const byKey = key.map((column, at) => {
    const field = inTable(column);
    return raw(`${field} = k.p${at} and ${field} collate binary = k.p${at}`);
  });
  const byRow = key.map((column, at) => raw(`k.p${at} = +${inTable(column)}`));
  return [
    sql`${raw(keys)} k cross join ${raw(name)} t on ${joined(byKey, ' and ')}`,
    sql`${raw(name)} t cross join ${raw(keys)} k on ${joined(byRow, ' and ')}`,
  ];
}

/** `rowid in (…)`, to be said of `t`. */
export function isPicked({ ask, table }: Picked): Sql {
  const address = table.address.map(inTable).join(', ');
  const parts = table.address.map((_name, at) => `p${at}`).join(', ');
  const left = table.address.length === 1 ? address : `(${address})`;
  return raw(`${left} in (select ${parts} from ${keyTable(table.address.length)} where ask = ${ask})`);
}

/** How many different records were picked. */
export async function countPicked(session: Session, call: Call, all: readonly Picked[]): Promise<number> {
  const [first] = all;
  if (first === undefined) return 0;
  const parts = first.table.address.map((_name, at) => `p${at}`).join(', ');
  const asks = all.map(({ ask }) => ask).join(', ');
  const from = raw(keyTable(first.table.address.length));
  return numberOf(
    session,
    call,
    sql`select count(*) from (select distinct ${raw(parts)} from ${from} where ask in (${raw(asks)}))`,
  );
}

/** How many of them are there. */
export async function countThere(session: Session, call: Call, all: readonly Picked[]): Promise<number> {
  let there = 0;
  for (const one of all) {
    const from = raw(quoted(one.table.name));
    there += await numberOf(session, call, sql`select count(*) from ${from} t where ${isPicked(one)}`);
  }
  return there;
}

export async function numberOf(session: Session, call: Call, statement: Sql): Promise<number> {
  const [row] = await session.all(call, statement);
  return Number(row?.[0] ?? 0);
}

export async function drop(session: Session, call: Call, all: readonly Picked[]): Promise<void> {
  for (const { ask, table } of all) {
    await session.run(call, raw(`delete from ${keyTable(table.address.length)} where ask = ${ask}`));
  }
}
