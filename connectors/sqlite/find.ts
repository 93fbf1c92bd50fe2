import type { Call, Match, Query } from '../../src/connector/contract.js';
import { type Bound, bound, joined, raw, type Sql, sql } from '../sql/fragment.js';
import { type Ask, type Asked, loadKeys } from './asked-keys.js';
import { alive, candidatesFor } from './candidates.js';
import { AT, DIGITS, FOLD } from './functions.js';
import { literal, quoted } from './index-expression.js';
import { type KeyTarget, keyRows } from './key-rows.js';
import { targetOf } from './key-target.js';
import { keyTable } from './protocol.js';
import type { Session } from './session.js';
import { columnIn, inTable, type Table } from './table.js';

/** A statement that finds. The keys that it reads stand in temporary tables. */
export interface Finding {
  /** One row a record: its key, its fields, for each match a JSON array of key positions. null: nothing can match. */
  readonly statement: Sql | null;
  /** The matches, by their place in the query, in the order of the arrays. */
  readonly matches: readonly number[];
  /** Whether every match goes by an index; if not, the table is read once from end to end. */
  readonly byIndex: boolean;
}

/**
 * SQLite runs in this process: keys need no wire and no chunks, so all of a query's keys go into
 * temporary tables with an index, and one statement answers the whole query. Where indexes serve every
 * match, rows are looked up by key; else one pass over the table looks each row up among the keys.
 * Either way a row comes once, with all of its hits, and nothing is gathered in memory.
 *
 * @param asks gets what the keys are kept under, for `forget`.
 */
export async function prepareFind(
  session: Session,
  call: Call,
  table: Table,
  query: Query,
  asks: Ask[],
): Promise<Finding> {
  const { source } = session.place;
  for (const name of [...query.key, ...query.fields]) columnIn(table, name, source);
  const made: Prepared[] = [];
  for (const [place, match] of query.matches.entries()) {
    for (const { column } of match.fields) columnIn(table, column, source);
    const when = conditions(table, match, source);
    if (match.keys.size === 0) continue;
    const targets: KeyTarget[] = [];
    for (const field of match.fields) targets.push(await targetOf(session, call, table, field, match.mode));
    const ask = { number: session.number(), parts: match.fields.length };
    asks.push(ask);
    made.push(await prepareMatch(session, call, table, { match, place, targets, when, ask }));
  }
  const byIndex = table.address.length > 0 && made.every(({ candidates }) => candidates !== null);
  return {
    statement: made.length === 0 ? null : statementOf(table, query, made, byIndex),
    matches: made.map(({ place }) => place),
    byIndex,
  };
}

interface Prepared extends Asked {
  /** FROM and WHERE that bring the `k` rows which a row of `t` matches. */
  readonly hits: Sql;
  /** Selects of row addresses that an index serves; null: there is no index for it. */
  readonly candidates: readonly Sql[] | null;
}

async function prepareMatch(session: Session, call: Call, table: Table, asked: Asked): Promise<Prepared> {
  const everyForm = await loadKeys(session, call, asked);
  const candidates = everyForm ? await candidatesFor(session, call, table, asked) : null;
  return { ...asked, hits: hitsOf(asked), candidates };
}

function hitsOf({ match, targets, ask }: Asked): Sql {
  const elements: Sql[] = [];
  const equal = match.fields.map(({ column, path }, index) => {
    const key = raw(`k.p${index}`);
    if (path.length > 0) {
      const steps = raw(`${literal(JSON.stringify(path))}, ${literal(match.mode)}`);
      elements.push(sql`json_each(${raw(AT)}(${raw(inTable(column))}, ${steps})) ${raw(`e${index}`)}`);
      return sql`${key} = ${raw(`e${index}`)}.value`;
    }
    return sql`${key} = ${raw(precise(inTable(column), match.mode, targets[index]?.collation ?? null))}`;
  });
  const from = joined([...elements, raw(`${keyTable(ask.parts)} k`)], ' cross join ');
  return sql`from ${from} where k.ask = ${raw(String(ask.number))} and ${joined(equal, ' and ')}`;
}

/** The `+` takes the column's affinity and collation away: the keys are already as the column would make them. */
function precise(column: string, mode: Match['mode'], collation: KeyTarget['collation']): string {
  if (mode === 'folded') return `${FOLD}(${column})`;
  if (mode === 'digits') return `${DIGITS}(${column})`;
  if (collation === 'NOCASE') return `lower(+${column})`;
  return collation === 'RTRIM' ? `rtrim(+${column}, ' ')` : `+${column}`;
}

function conditions(table: Table, match: Match, source: string): Sql | null {
  const all = match.when.map(({ field, anyOf }) => {
    const { affinity, kind } = columnIn(table, field, source);
    const column = raw(inTable(field));
    const target: KeyTarget = { mode: 'exact', affinity, kind, inside: false, collation: null };
    const any = anyOf.flatMap((value) => {
      if (value === null) return [sql`${column} is null`];
      const forms = keyRows([target], [value], 0) ?? [];
      return forms.map(([form = null]) => sql`${column} = ${bound(form as Bound)}`);
    });
    return any.length === 0 ? raw('0') : sql`(${joined(any, ' or ')})`;
  });
  return all.length === 0 ? null : joined(all, ' and ');
}

function statementOf(table: Table, query: Query, made: readonly Prepared[], byIndex: boolean): Sql {
  const positions = made.map(({ hits, when }) => {
    const array = sql`(select json_group_array(distinct k.position) ${hits})`;
    return when === null ? array : sql`case when ${when} then ${array} else '[]' end`;
  });
  const matching = made.map(({ hits, when }) => {
    const exists = sql`exists (select 1 ${hits})`;
    return when === null ? exists : sql`(${when} and ${exists})`;
  });
  const columns = [...query.key, ...query.fields].map((name) => raw(inTable(name)));
  const select = sql`select ${joined([...columns, ...positions], ', ')} from ${raw(quoted(table.name))} t`;
  const any = made.length === 1 ? joined(matching, '') : sql`(${joined(matching, ' or ')})`;
  if (!byIndex) return sql`${select} where ${alive(table)} and ${any}`;
  const address = raw(
    table.address.length === 1
      ? inTable(table.address[0] ?? '')
      : `(${table.address.map(inTable).join(', ')})`,
  );
  // Wrapped: SQLite looks up pairs by index only where the list is no compound select itself.
  const rows = sql`select * from (${joined(
    made.flatMap(({ candidates }) => candidates ?? []),
    ' union ',
  )})`;
  return sql`${select} where ${address} in (${rows}) and ${alive(table)} and ${any}`;
}
