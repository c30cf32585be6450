#!/usr/bin/env bash
# Makes a database on first start from POSTGRES_* and /docker-entrypoint-initdb.d, then runs the server.
set -Eeuo pipefail
shopt -s nullglob

main() {
  case "${1:-}" in -*) set -- postgres "$@" ;; esac
  [ "${1:-}" = postgres ] || exec "$@"
  case " $* " in *' --help '* | *' -? '* | *' --version '* | *' -V '* | *' -C '*) exec "$@" ;; esac

  if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA" /var/run/postgresql
    chmod 0700 "$PGDATA"
    find "$PGDATA" /var/run/postgresql ! -user postgres -exec chown postgres {} +
    exec env HOME=/var/lib/postgresql setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
  fi

  if [ -s "$PGDATA/PG_VERSION" ]; then
    printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
  else
    create "$@"
  fi
  exec "$@"
}

# Sets variable $1 from the file named in $1_FILE, else to $2, unless it has a value.
setting() {
  local name=$1 file="${1}_FILE"
  if [ -n "${!name:-}" ] && [ -n "${!file:-}" ]; then
    printf 'error: both %s and %s are set (but are exclusive)\n' "$name" "$file" >&2
    exit 1
  fi
  if [ -n "${!file:-}" ]; then
    export "$name=$(<"${!file}")"
  else
    export "$name=${!name:-${2:-}}"
  fi
  unset "$file"
}

create() {
  setting POSTGRES_PASSWORD
  setting POSTGRES_USER postgres
  setting POSTGRES_DB "$POSTGRES_USER"
  setting POSTGRES_INITDB_ARGS
  : "${POSTGRES_HOST_AUTH_METHOD:=}"
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
    printf '%s\n' 'Error: Database is uninitialized and superuser password is not specified.' \
      '       Set POSTGRES_PASSWORD to a non-empty value, or POSTGRES_HOST_AUTH_METHOD=trust.' >&2
    exit 1
  fi

  mkdir -p "$PGDATA"
  local -a args=(--username="$POSTGRES_USER")
  [ -z "${POSTGRES_INITDB_WALDIR:-}" ] || args+=(--waldir="$POSTGRES_INITDB_WALDIR")
  # Quotes inside the variable group words, as in a shell; the password shows in no process list.
  eval "initdb \"\${args[@]}\" $POSTGRES_INITDB_ARGS" \
    '--pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD")'

  local method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption "${@:2}")}
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"

  # Reachable by socket only, so that nobody outside takes this server for the real one.
  export PGPASSWORD=${PGPASSWORD:-$POSTGRES_PASSWORD}
  NOTIFY_SOCKET='' pg_ctl -w start -o "$(printf '%q ' "${@:2}" -c listen_addresses='' -p "${PGPORT:-5432}")"
  if [ "$POSTGRES_DB" != postgres ]; then
    POSTGRES_DB='' sql --dbname postgres --set db="$POSTGRES_DB" <<< 'CREATE DATABASE :"db";'
  fi
  local file
  for file in /docker-entrypoint-initdb.d/*; do initialise "$file"; done
  pg_ctl -m fast -w stop
  unset PGPASSWORD
  printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

sql() {
  PGHOST='' PGHOSTADDR='' psql -v ON_ERROR_STOP=1 --no-psqlrc --no-password \
    --username "$POSTGRES_USER" ${POSTGRES_DB:+--dbname "$POSTGRES_DB"} "$@"
}

initialise() {
  case "$1" in
    *.sh)
      printf '%s: running %s\n' "$0" "$1"
      # One that is not executable sees our functions and may set our variables.
      if [ -x "$1" ]; then "$1"; else . "$1"; fi
      ;;
    *.sql) printf '%s: running %s\n' "$0" "$1"; sql -f "$1" ;;
    *.sql.gz) printf '%s: running %s\n' "$0" "$1"; gunzip -c "$1" | sql ;;
    *.sql.xz) printf '%s: running %s\n' "$0" "$1"; xzcat "$1" | sql ;;
    *.sql.zst) printf '%s: running %s\n' "$0" "$1"; zstd -dc "$1" | sql ;;
    *) printf '%s: ignoring %s\n' "$0" "$1" ;;
  esac
  printf '\n'
}

main "$@"
