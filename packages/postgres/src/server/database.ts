/** Settings whose value is a list of names, which must not be quoted as one. @see PostgreSQL, `variable_is_guc_list_quote` */
const lists = [
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
]

/**
 * psql script that creates the database `:database` as a clone of `:template`, unless it exists, and gives it what
 * `create database … template` leaves out: owner, connection limit, settings, and privileges on the database.
 */
export const databaseSql = `
select format('create database %I template %I strategy file_copy owner %I connection limit %s',
  :'database', :'template', pg_get_userbyid(datdba), datconnlimit)
from pg_database where datname = :'template'
  and not exists (select 1 from pg_database where datname = :'database') \\gexec
select format(case setrole when 0 then 'alter database %2$I set %3$I to ' else 'alter role %1$I in database %2$I set %3$I to ' end,
    pg_get_userbyid(setrole), :'database', name)
  || case when name in (${lists.map((name) => `'${name}'`).join(', ')})
    then replace(value, '""', $$''$$) else quote_literal(value) end
from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase and d.datname = :'template',
  unnest(setconfig) setting, split_part(setting, '=', 1) name, substr(setting, length(name) + 2) value \\gexec
select format('revoke all on database %I from public, %I', :'database', pg_get_userbyid(datdba))
from pg_database where datname = :'template' and datacl is not null \\gexec
select format('grant %s on database %I to %s', privilege_type, :'database',
    case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end)
  || case when is_grantable then ' with grant option' else '' end
from pg_database, aclexplode(datacl) where datname = :'template' \\gexec
`
