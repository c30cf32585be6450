import { lastOidSql } from './drop-added.ts'
import { shellQuote } from './shell-quote.ts'

/** Where the scripts are in the server's container. */
export const paths = {
  lanes: '/mesocosm/lanes.sh',
  runInit: '/mesocosm/run-init.sh',
  fingerprint: '/mesocosm/fingerprint.sql',
  dropAdded: '/mesocosm/drop-added.sql',
  database: '/mesocosm/database.sql',
  init: '/mesocosm/init',
} as const

/** A step of {@link laneScript}: a hook, or one of the two steps of `setup`, between which a migrator runs. */
export type Hook = 'init' | 'seal' | 'enter' | 'enter-alone' | 'baseline' | 'reset' | 'leave'

/**
 * Returns the tasks as one shell script inside the server's container: `sh lanes.sh <hook> [database]`.
 *
 * A template database has the schema, and each lane a clone of it. `baseline` dumps the rows once the services of the
 * lane are ready, and takes a fingerprint of the schema. That of a clone which nothing has changed is the same for all
 * lanes: `enter-alone` takes it once, and copies it from then on. `reset` deletes all rows and restores the dump in one
 * transaction, with clients still connected and with triggers and foreign keys disabled meanwhile. If the fingerprint has
 * changed, it first drops what was added; if that does not restore the schema, it creates the database again.
 */
export const laneScript = (options: {
  readonly user: string
  readonly template: string
}): string => `#!/bin/sh
set -eu
hook="$1"
template=${shellQuote(options.template)}
database="\${2:-}"
# What is kept of each lane: its baseline.
lanes=/tmp/mesocosm-lanes
case "$database" in
  # Other processes are worth their time only for unusual names.
  *[!A-Za-z0-9_.-]*) kept="$lanes/$(printf %s "$database" | tr -c 'A-Za-z0-9_.-' _)" ;;
  *) kept="$lanes/$database" ;;
esac
# The baseline of a new clone of the template.
clone=/tmp/mesocosm-clone
export PGUSER=${shellQuote(options.user)} PGDATABASE=postgres PGOPTIONS='-c client_min_messages=warning'
for bin in /usr/lib/postgresql/*/bin; do :; done
[ ! -d "$bin" ] || PATH="$bin:$PATH"
sql() { psql -X -q -v ON_ERROR_STOP=1 -v template="$template" -v database="$database" "$@"; }

# The server may listen before it answers.
answering() {
  tries=0
  until pg_isready -q -h 127.0.0.1; do
    tries=$((tries + 1)); [ $tries -lt 1500 ] || { echo 'the server does not answer' >&2; exit 1; }
    sleep 0.02
  done
}

init() {
  # Already set up: the server was restarted.
  ! sealed || return 0
  shell=$(command -v bash || command -v sh)
  POSTGRES_USER="$PGUSER" POSTGRES_DB="$template" "$shell" ${paths.runInit}
}

sealed() {
  [ -n "$(echo "select 1 from pg_database where datname = :'template' and datistemplate" | sql -At)" ]
}

seal() {
  ! sealed || return 0
  # A database with clients cannot be cloned. A server that starts from a copy of these files needs no recovery.
  sql << 'SQL' > /dev/null
alter database :"template" is_template true allow_connections false;
select pg_terminate_backend(pid) from pg_stat_activity where datname = :'template';
checkpoint;
SQL
}

exists() { [ -n "$(echo "select 1 from pg_database where datname = :'database'" | sql -At)" ]; }

fingerprint() { sql -d "$database" -At -f ${paths.fingerprint}; }

# A change of the schema since the baseline.
unchanged() { fingerprint | cmp -s - "$kept/schema"; }

# Makes the current schema the one that resets restore. More arguments are for the same session.
keep_schema() {
  sql -d "$database" -At -c "\\o '$kept/schema.new'" -f ${paths.fingerprint} -c "\\o '$kept/last-oid'" \
    -c '${lastOidSql}' "$@"
  mv "$kept/schema.new" "$kept/schema"
}

# Databases and roles belong to the server. With several lanes it is unknown which of them made one.
alone() { [ "$(ls "$lanes" | wc -l)" -eq 1 ]; }

# Prints the fingerprint, and a line more if there are databases or roles that a test has made.
look() {
  ! alone || known=$(cat "$kept/globals")
  {
    cat ${paths.fingerprint}
    echo "select 'globals' where :'known' <> '' and exists (
      select from (select oid from pg_database union all select oid from pg_authid) made
      where oid::text <> all (string_to_array(:'known', ',')));"
  } | sql -d "$database" -At -v known="\${known:-}"
}

drop_databases() {
  sql -v known="$(cat "$kept/globals")" << 'SQL'
select format('alter database %I is_template false', datname) from pg_database
where datistemplate and oid::text <> all (string_to_array(:'known', ',')) and datname <> :'database' \\gexec
select format('drop database %I with (force)', datname) from pg_database
where oid::text <> all (string_to_array(:'known', ',')) and datname <> :'database' \\gexec
SQL
}

drop_roles() {
  for place in "$database" postgres; do
    sql -d "$place" -v known="$(cat "$kept/globals")" << 'SQL'
select format('drop owned by %I cascade', rolname) from pg_authid
where oid::text <> all (string_to_array(:'known', ',')) \\gexec
SQL
  done
  sql -v known="$(cat "$kept/globals")" << 'SQL'
select format('drop role %I', rolname) from pg_authid
where oid::text <> all (string_to_array(:'known', ',')) \\gexec
SQL
}

restore_rows() {
  {
    echo "set local session_replication_role = replica; set local lock_timeout = '5s';"
    cat << 'SQL'
do $$ declare t record; begin
  for t in select c.oid::regclass as name from pg_class c
    where c.relkind = 'r' and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
      and c.relpersistence <> 't'
  loop execute 'delete from ' || t.name; end loop;
  perform lo_unlink(oid) from pg_largeobject_metadata;
end $$;
SQL
    cat "$kept/rows.sql"
  } | sql -d "$database" -1 > /dev/null
}

# Creates the database as it was at the baseline. Its clients are disconnected.
recreate() {
  echo 'drop database if exists :"database" with (force)' | sql
  if [ -f "$kept/before-rows.sql" ]; then
    sql -f "$kept/before-rows.sql" > /dev/null
    restore_rows
    sql -d "$database" -f "$kept/after-rows.sql" > /dev/null
  else
    sql -f ${paths.database}
    [ ! -f "$kept/rows.sql" ] || restore_rows
  fi
  keep_schema
}

globals="select string_agg(oid::text, ',') from (select oid from pg_database union all select oid from pg_authid) made"

enter() {
  mkdir -p "$kept"
  sql -At -f ${paths.database} -c '\\connect :"database"' -c "\\o '$kept/entered'" -f ${paths.fingerprint}
}

# Makes the clone, and copies the baseline of an earlier one. What clones a database has started to answer.
enter_again() {
  # Every writer of rows makes another file, so all lanes have the same one.
  mkdir -p "$kept" &&
    sql -At -f ${paths.database} -c "\\o '$kept/globals'" -c "$globals" &&
    cp "$clone/schema" "$clone/last-oid" "$clone/entered" "$kept" &&
    ln -f "$clone/rows.sql" "$kept/rows.sql"
}

enter_alone() {
  [ ! -d "$clone" ] || ! enter_again 2> /dev/null || return 0
  answering
  enter
  baseline
  [ ! -d "$clone" ] || return 0
  # Two lanes that are the first ones make the same baseline.
  cp -r "$kept" "$clone.$$"
  mv -T "$clone.$$" "$clone" 2> /dev/null || rm -rf "$clone.$$"
}

baseline() {
  mkdir -p "$kept"
  keep_schema -c "\\o '$kept/globals'" -c "$globals"
  rm -f "$kept/before-rows.sql"
  # Services have changed the schema, so a clone of the template does not have it.
  if ! cmp -s "$kept/entered" "$kept/schema"; then
    pg_dump -d "$database" --section=post-data > "$kept/after-rows.sql"
    pg_dump -d "$database" --section=pre-data --create > "$kept/before-rows.sql.new"
    mv "$kept/before-rows.sql.new" "$kept/before-rows.sql"
  fi
  pg_dump -d "$database" --data-only > "$kept/rows.sql.new"
  mv "$kept/rows.sql.new" "$kept/rows.sql"
}

reset() {
  # A deep reset was ended between leave and enter.
  [ -f "$kept/rows.sql" ] || { mkdir -p "$kept"; recreate; cp "$kept/schema" "$kept/entered"; baseline; return; }
  # Most tests change nothing but rows. The look fails if the database is missing.
  seen=$(look 2> /dev/null) || seen=''
  [ "$seen" != "$(cat "$kept/schema")" ] || { restore_rows; return; }
  ! alone || drop_databases
  if exists; then
    unchanged || {
      sql -d "$database" -v after="$(cat "$kept/last-oid")" -f ${paths.dropAdded}
      unchanged
    } || { recreate; rows=restored; }
  else
    recreate
    rows=restored
  fi
  [ "\${rows:-}" ] || restore_rows
  ! alone || drop_roles
}

case "$hook" in
  init) answering; init ;;
  seal) seal ;;
  enter) answering; enter ;;
  enter-alone) enter_alone ;;
  baseline) baseline ;;
  reset) reset ;;
  leave)
    echo 'drop database if exists :"database" with (force)' | sql
    rm -rf "$kept"
    ;;
esac
`
