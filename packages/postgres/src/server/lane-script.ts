/**
 * Returns the tasks as one shell script inside the server's container: `sh lanes.sh <hook> [database]`.
 *
 * A template database has the schema, and each lane a clone of it. `baseline` dumps the rows once the services of the
 * lane are ready; `reset` deletes all rows and restores the dump in one transaction, with clients still connected and
 * with triggers and foreign keys disabled meanwhile.
 */
export const laneScript = (options: {
  readonly user: string
  readonly template: string
}): string => `#!/bin/sh
set -eu
template='${options.template}'
database="\${2:-}"
base="/tmp/mesocosm-base-$database.sql"
export PGUSER='${options.user}' PGDATABASE=postgres PGOPTIONS='-c client_min_messages=warning'
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1 || true)
[ -z "$bin" ] || PATH="$bin:$PATH"
sql() { psql -X -q -v ON_ERROR_STOP=1 "$@"; }

# The server may listen before it answers.
answering() {
  tries=0
  until pg_isready -q -h 127.0.0.1; do
    tries=$((tries + 1)); [ $tries -lt 1500 ] || { echo 'the server does not answer' >&2; exit 1; }
    sleep 0.02
  done
}

case "$1" in
  setup)
    answering
    # Already set up: the server was restarted.
    [ -z "$(sql -At -c "select 1 from pg_database where datname = '$template' and datistemplate")" ] || exit 0
    for file in $(find /mesocosm/init -type f -name '*.sql' 2>/dev/null | sort); do
      sql -d "$template" -1 -f "$file" || { echo "in $file" >&2; exit 1; }
    done
    sql -c "alter database \\"$template\\" is_template true allow_connections false"
    # A server that starts from a copy of these files needs no recovery.
    sql -c checkpoint
    ;;
  enter)
    answering
    sql -c "create database \\"$database\\" template \\"$template\\" strategy file_copy" || {
      # Already entered, by a start that failed later.
      [ -n "$(sql -At -c "select 1 from pg_database where datname = '$database'")" ] || exit 1
    }
    ;;
  baseline)
    pg_dump -d "$database" --data-only > "$base.new"
    mv "$base.new" "$base"
    ;;
  reset)
    {
      echo "set local session_replication_role = replica; set local lock_timeout = '5s';"
      cat << 'SQL'
do $$ declare t record; begin
  for t in select c.oid::regclass as name from pg_class c
    where c.relkind = 'r' and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
      and c.relpersistence <> 't'
  loop execute 'delete from ' || t.name; end loop;
end $$;
SQL
      cat "$base"
    } | sql -d "$database" -1 > /dev/null
    ;;
  leave)
    sql -c "drop database if exists \\"$database\\" with (force)"
    rm -f "$base"
    ;;
esac
`
