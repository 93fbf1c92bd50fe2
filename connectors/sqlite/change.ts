import type { Applied, Call, Deletion, Update } from '../../src/connector/contract.js';
import { DsrError } from '../../src/model/error.js';
import type { Key } from '../../src/model/value.js';
import { joined, raw, type Sql, sql } from '../sql/fragment.js';
import { bindable } from './asked-keys.js';
import { alive } from './candidates.js';
import { encoded } from './encode.js';
import { KEYS_AT_ONCE } from './find-in-parts.js';
import { quoted } from './index-expression.js';
import { countPicked, countThere, drop, isPicked, numberOf, type Picked, pick } from './picked.js';
import { keyTable, type RawRow, VALUES } from './protocol.js';
import type { Session } from './session.js';
import { type Column, columnIn, inTable, type Table } from './table.js';
import { unchangeableOf } from './unchangeable.js';

/** So many records one statement changes: what it may have to undo stands in memory until it ends. */
const AT_ONCE = 500;

/** Deletes by key. Records that a trigger keeps are not counted, those that a cascade took first are. */
export async function deletion(
  session: Session,
  call: Call,
  table: Table,
  { key, keys }: Deletion,
): Promise<Applied> {
  refuseUnchangeable(session, table, key);
  let records = 0;
  for (const many of keys.chunks(KEYS_AT_ONCE)) {
    const picked = await pickAll(session, call, table, key, many);
    const found = await countPicked(session, call, picked);
    for (const one of picked) {
      await session.run(
        call,
        sql`delete from ${raw(quoted(table.name))} as t where ${isPicked(one)} and ${alive(table)}`,
        table.name,
      );
    }
    records += found - (await countThere(session, call, picked));
    await drop(session, call, picked);
  }
  return { records };
}

/** Sets each record's own values. Counts what was written, also where it was the same before. */
export async function update(
  session: Session,
  call: Call,
  table: Table,
  { key, fields, rows }: Update,
): Promise<Applied> {
  const place = `${session.place.source}.${table.name}`;
  refuseUnchangeable(session, table, key);
  const columns = fields.map((name) => writable(session, table, name));
  let records = 0;
  for (const some of rows.chunks(AT_ONCE)) {
    const keys = some.map((row) => row.key);
    const picked = await pick(session, call, table, key, keys);
    const values = some.flatMap(({ values: own }, position) =>
      columns.map(
        (column, field): RawRow => [picked.ask, position, field, encoded(column, own[field] ?? null, place)],
      ),
    );
    await session.load(
      call,
      raw(`insert into ${VALUES} values (?, ?, ?, ?)`),
      values.map(bindable),
      table.name,
    );
    if (columns.length > 0) {
      await session.run(call, updateOf(picked, columns), table.name);
      records += await numberOf(session, call, sql`select changes()`);
    } else records += await countThere(session, call, [picked]);
    await session.run(call, raw(`delete from ${VALUES} where ask = ${picked.ask}`));
    await drop(session, call, [picked]);
  }
  return { records };
}

/** The records of these keys, looked up before any is changed: their number, and where they stand. */
export async function pickAll(
  session: Session,
  call: Call,
  table: Table,
  key: readonly string[],
  keys: readonly Key[],
): Promise<readonly Picked[]> {
  const picked: Picked[] = [];
  for (let start = 0; start < keys.length; start += AT_ONCE) {
    picked.push(await pick(session, call, table, key, keys.slice(start, start + AT_ONCE)));
  }
  return picked;
}

/** OR ABORT: a column that says ON CONFLICT REPLACE would delete somebody else's record. */
function updateOf({ ask, table }: Picked, columns: readonly Column[]): Sql {
  const picked = `${keyTable(table.address.length)} k`;
  const mine = table.address.map((name, at) => `k.p${at} = ${inTable(name)}`).join(' and ');
  const position = `(select k.position from ${picked} where k.ask = ${ask} and ${mine})`;
  const sets = columns.map((column, field) => {
    const value = `(select v.value from ${VALUES} v where v.ask = ${ask} and v.position = ${position} and v.field = ${field})`;
    return raw(`${quoted(column.name)} = ${kept(column, value)}`);
  });
  const name = raw(quoted(table.name));
  return sql`update or abort ${name} as t set ${joined(sets, ', ')} where ${isPicked({ ask, table })} and ${alive(table)}`;
}

/**
 * What was read and is written back stays as it was stored, where reading makes one of two: 5.0 and 5
 * without an affinity, the space or the T of a timestamp. Else a timestamp is written as the one before.
 */
function kept(column: Column, value: string): string {
  const old = `+${inTable(column.name)} collate binary`;
  if (column.kind !== 'timestamp' && column.kind !== 'instant') {
    return `(select case when ${old} is n.value then ${inTable(column.name)} else n.value end from (select ${value} as value) n)`;
  }
  const spaced = `case when n.value glob '????-??-??T??:??*' then substr(n.value, 1, 10) || ' ' || substr(n.value, 12) else n.value end`;
  return `(select case when substr(${inTable(column.name)}, 11, 1) = 'T' then n.value else ${spaced} end from (select ${value} as value) n)`;
}

/** @throws DsrError config where records of this table are not changed by such a key. */
export function refuseUnchangeable({ place }: Session, table: Table, key: readonly string[]): void {
  const what = `${place.source}.${table.name}`;
  const unchangeable = unchangeableOf(table);
  if (unchangeable !== null) {
    throw new DsrError('config', `${what} cannot be changed: ${unchangeable.why}`, {
      hint: unchangeable.hint,
    });
  }
  for (const name of key) columnIn(table, name, place.source);
  if (key.length === 0 || key.some((name) => !table.columns.has(name))) {
    throw new DsrError('config', `the records of ${what} have no key that lasts`, {
      hint: 'name the fields that tell them apart as the key of the collection in dsr.yaml',
    });
  }
}

function writable({ place }: Session, table: Table, name: string): Column {
  const column = table.columns.get(name) ?? columnIn(table, name, place.source);
  if (!column.generated) return column;
  throw new DsrError('data', `${place.source}.${table.name}.${name} is generated: it is not written`, {
    hint: 'change the column that it is made from',
  });
}
