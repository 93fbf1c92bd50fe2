import { bound, raw, type Sql, sql } from '../sql/fragment.js';

/** What is told of. */
export interface Scope {
  /** null: every schema that may be used. */
  readonly schemas: readonly string[] | null;
  /** Tables elsewhere, by oid. */
  readonly outside: readonly string[];
}

/**
 * `rel`: tables and views in scope · `family`: each of those that has no parent in scope, with all
 * that descends from it, itself too. Partitions and inheriting tables stand under their root; a table
 * outside never takes one of those in scope under it.
 */
function family({ schemas, outside }: Scope): Sql {
  const scope =
    schemas === null
      ? raw(
          `n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and has_schema_privilege(n.oid, 'usage')`,
        )
      : sql`n.nspname = any(${bound(schemas)}::text[])`;
  return sql`
  with recursive rel as (
    select c.oid, not (${scope}) as outside
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and (${scope} or c.oid = any(${bound(outside)}::oid[]))
  ), family (root, oid) as (
    select r.oid, r.oid from rel r
    where not exists (select from pg_catalog.pg_inherits i join rel p on p.oid = i.inhparent
                      where i.inhrelid = r.oid and p.outside = r.outside)
    union
    select f.root, i.inhrelid from family f join pg_catalog.pg_inherits i on i.inhparent = f.oid
  )`;
}

export const tablesQuery = (scope: Scope): Sql => sql`${family(scope)}
  select c.oid, n.nspname, c.relname, c.relkind, pg_table_is_visible(c.oid), obj_description(c.oid, 'pg_class'),
    (select case when bool_or(k.reltuples >= 0) then sum(greatest(k.reltuples, 0))::int8 end
     from family f join pg_catalog.pg_class k on k.oid = f.oid where f.root = c.oid and k.relkind <> 'p'),
    (select count(*) > 1 from family f where f.root = c.oid),
    has_schema_privilege(n.oid, 'usage'),
    -- not for a schema that may not be used: the question itself would be refused
    has_table_privilege(c.oid, 'select'),
    row_security_active(c.oid),
    (select json_agg(distinct k.relname || '.' || a.attname)
     from family f join pg_catalog.pg_class k on k.oid = f.oid
       join pg_catalog.pg_attribute a on a.attrelid = k.oid and a.attnum > 0 and not a.attisdropped
     where f.root = c.oid and f.oid <> c.oid
       and not exists (select from pg_catalog.pg_attribute o where o.attrelid = c.oid and o.attname = a.attname)),
    (select r.outside from rel r where r.oid = c.oid)
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid in (select root from family)
  order by n.nspname collate "C", c.relname collate "C"`;

/**
 * Tables outside the scope with a foreign key that leads into it, straight or by way of each other: what
 * happens in scope may reach their rows.
 */
export const outsideQuery = (
  schemas: readonly string[] | null,
): Sql => sql`${family({ schemas, outside: [] })}
  , reach (oid) as (
    select oid from family
    union
    select x.oid from reach l, lateral (
      select con.conrelid from pg_catalog.pg_constraint con where con.confrelid = l.oid and con.contype = 'f'
      union all
      select i.inhrelid from pg_catalog.pg_inherits i where i.inhparent = l.oid
    ) x (oid)
  )
  select distinct con.conrelid from pg_catalog.pg_constraint con join reach l on l.oid = con.confrelid
  where con.contype = 'f' and con.conrelid not in (select oid from family)`;

export const columnsQuery = (scope: Scope): Sql => sql`${family(scope)}
  select a.attrelid, a.attname, a.atttypid, a.atttypmod, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    a.attgenerated <> '', a.atthasdef or a.attidentity <> '', col_description(a.attrelid, a.attnum),
    has_column_privilege(a.attrelid, a.attnum, 'select'), coalesce(co.collisdeterministic, true),
    a.attidentity = 'a'
  from pg_catalog.pg_attribute a left join pg_catalog.pg_collation co on co.oid = a.attcollation
  where a.attrelid in (select root from family) and a.attnum > 0 and not a.attisdropped
  order by a.attrelid, a.attnum`;

/** Of the whole family: a foreign key declared on one partition counts for all. */
export const referencesQuery = (scope: Scope): Sql => {
  const names = (relation: string, key: string) =>
    raw(`(select json_agg(a.attname order by x.n) from unnest(con.${key}) with ordinality x(num, n)
      join pg_catalog.pg_attribute a on a.attrelid = con.${relation} and a.attnum = x.num)`);
  return sql`${family(scope)}
  select f.root, con.conname, ${names('conrelid', 'conkey')}, tn.nspname, tc.relname,
    ${names('confrelid', 'confkey')}, con.confdeltype, con.condeferrable
  from pg_catalog.pg_constraint con join family f on f.oid = con.conrelid
    left join family tf on tf.oid = con.confrelid
    join pg_catalog.pg_class tc on tc.oid = coalesce(tf.root, con.confrelid)
    join pg_catalog.pg_namespace tn on tn.oid = tc.relnamespace
  where con.contype = 'f'
  order by f.root, f.root <> con.conrelid, con.conname collate "C", con.oid`;
};

/** Of the whole family too: what one partition refuses cannot be written through the root. */
export const checksQuery = (scope: Scope): Sql => sql`${family(scope)}
  select f.root, con.conname, pg_get_expr(con.conbin, con.conrelid),
    (select json_agg(a.attname order by a.attnum) from pg_catalog.pg_attribute a
     where a.attrelid = con.conrelid and a.attnum = any(con.conkey))
  from pg_catalog.pg_constraint con join family f on f.oid = con.conrelid
  where con.contype = 'c'
  order by f.root, f.root <> con.conrelid, con.conname collate "C", con.oid`;

/** Of domains; `VALUE` stands for the column's. */
export const DOMAIN_CHECKS: Sql = raw(`
  select con.contypid, con.conname, pg_get_expr(con.conbin, 0)
  from pg_catalog.pg_constraint con where con.contype = 'c' and con.contypid <> 0
  order by con.contypid, con.conname collate "C"`);

export const indexesQuery = (scope: Scope): Sql => sql`${family(scope)}
  select ix.indrelid, ic.relname, ix.indisprimary, ix.indisunique, ix.indpred is null and ix.indisvalid,
    (select json_agg(json_build_array(a.attname, pg_get_indexdef(ix.indexrelid, x.n::int, true)) order by x.n)
     from unnest(ix.indkey) with ordinality x(num, n)
       left join pg_catalog.pg_attribute a on a.attrelid = ix.indrelid and a.attnum = x.num and x.num <> 0
     where x.n <= ix.indnkeyatts)
  from pg_catalog.pg_index ix join pg_catalog.pg_class ic on ic.oid = ix.indexrelid
  where ix.indrelid in (select root from family) and ix.indislive
  order by ix.indrelid, ix.indisprimary desc, ix.indnkeyatts, ic.relname collate "C"`;
