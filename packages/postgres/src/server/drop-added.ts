/** Catalogs of objects that can be dropped by their type and name, dependents last. */
const catalogs = [
  'pg_namespace',
  'pg_extension',
  'pg_event_trigger',
  'pg_publication',
  'pg_class',
  'pg_proc',
  'pg_type',
  'pg_trigger',
  'pg_policy',
  'pg_rewrite',
]

/** Query for the oid of the newest object: what is added later has a greater one. */
export const lastOidSql = `select max(oid) from (${catalogs.map((name) => `select oid from ${name}`).join(' union all ')}) objects`

/**
 * psql script that drops what was added to the current database after the object with the oid `:after`, with clients
 * still connected: oids are assigned in ascending order. It is a try: what cannot be dropped like this stays, and is seen
 * in the fingerprint afterwards.
 */
export const dropAddedSql = `
select set_config('mesocosm.after', :'after', false) \\g /dev/null
do $$ declare added record; begin
  set local lock_timeout = '5s';
  for added in
    ${catalogs
      .map(
        (catalog, index) =>
          `select ${index} as place, '${catalog}'::regclass as class, oid from ${catalog}`,
      )
      .join(' union all\n    ')}
    order by place, oid desc
  loop
    continue when added.oid <= current_setting('mesocosm.after')::oid
      -- Part of another object, such as the index of a key or the type of a row.
      or exists (select 1 from pg_depend d where d.classid = added.class and d.objid = added.oid
        and d.refobjid <> d.objid and (d.deptype in ('i', 'e', 'P')
          or d.deptype = 'a' and added.class in ('pg_proc'::regclass, 'pg_type'::regclass)));
    begin
      execute (select format('drop %s if exists %s cascade', type, identity)
        from pg_identify_object(added.class, added.oid, 0) where identity is not null);
    exception when others then null;
    end;
  end loop;
end $$;
`
