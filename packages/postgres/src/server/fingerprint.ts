/**
 * Columns that change without DDL: statistics, files after `truncate` or `vacuum full`, defaults of added columns that a
 * rewrite writes into the rows, and hints that `vacuum` clears.
 *
 * @see PostgreSQL manual, «System Catalogs»
 */
const volatile = [
  'relfilenode',
  'relpages',
  'reltuples',
  'relallvisible',
  'relallfrozen',
  'relfrozenxid',
  'relminmxid',
  'relhasindex',
  'relhasrules',
  'relhastriggers',
  'relhassubclass',
  'reltoastrelid',
  'atthasmissing',
  'attmissingval',
  'indcheckxmin',
  'setdatabase',
]

/** Catalogs with data instead of definitions, or whose rows follow from others. */
const ignored = [
  'pg_depend',
  'pg_statistic',
  'pg_statistic_ext_data',
  'pg_largeobject',
  'pg_largeobject_metadata',
  'pg_subscription_rel',
]

const literals = (names: readonly string[]) => names.map((name) => `'${name}'`).join(', ')

/**
 * psql script that prints a fingerprint of the current database's definitions: per catalog the sum of the hashes of its
 * rows. It is equal for a clone, which has the same oids. Temporary tables are left out, and TOAST tables, which follow
 * from others.
 *
 * The first column of every catalog is the oid of the row, or of its owner. Those below 16384 belong to the server
 * itself, but schemas and extensions among them can be granted and dropped.
 */
export const fingerprintSql = `
with columns as (
  select c.oid, c.relname, a.attnum, a.attname, case
    when a.attname ~ 'namespace$' then format(' and t.%I not in (select oid from hidden)', a.attname)
    when a.attname ~ 'relid$|^ev_class$' and a.attname <> 'reltoastrelid'
      then format(' and t.%I not in (select oid from hidden_class)', a.attname)
    end as shown
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
  where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind = 'r' and not c.relisshared
    and c.relname not in (${literals(ignored)})
), catalogs as (
  select relname, max(attname) filter (where attnum = 1) as first, coalesce(string_agg(shown, ''), '') as shown
  from columns group by relname
)
select string_agg(format(
    'select %L as catalog, sum(hashtextextended((to_jsonb(t) - %L::text[])::text, 0)::numeric) as hash from %I t where %s%s',
    relname, array[${literals(volatile)}], relname, case relname
      when 'pg_namespace' then 't.oid not in (select oid from hidden)'
      when 'pg_extension' then 'true'
      else format('t.%I::oid >= 16384', first) end,
    shown), ' union all ') as parts
from catalogs \\gset
with hidden as (select oid from pg_namespace where nspname ~ '^pg_(toast|temp_|toast_temp_)'),
hidden_class as (select oid from pg_class where relnamespace in (select oid from hidden)),
own as (select oid, datdba, datacl, datconnlimit from pg_database where datname = current_database())
select * from (:parts
  union all select 'pg_db_role_setting',
    sum(hashtextextended((to_jsonb(t) - 'setdatabase')::text, 0)::numeric) from pg_db_role_setting t
    where t.setdatabase = (select oid from own)
  union all select 'pg_database', hashtextextended((to_jsonb(own) - 'oid')::text, 0) from own
) parts order by catalog;
`
