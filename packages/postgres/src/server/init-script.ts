import { paths } from './lane-script.ts'

/**
 * The script that runs the init files, as the official image runs those of `/docker-entrypoint-initdb.d`: in the
 * order of their names; `.sql`, also compressed, by psql, which stops at the first error; `.sh` executed if it is
 * executable, else sourced. Each statement commits on its own, so `create database` and `create index concurrently` work.
 *
 * @see docker-library/postgres, `docker-entrypoint.sh`, `docker_process_init_files`
 */
export const initScript = `set -e
# Without it a failed gunzip would be an empty file. A shell that lacks it checks the programs beforehand.
(set -o pipefail) 2>/dev/null && set -o pipefail
export POSTGRES_USER POSTGRES_DB PGDATABASE="$POSTGRES_DB"

# Scripts that are sourced can call it, as in the official image.
docker_process_sql() {
  psql -X -q -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --no-password --dbname "$POSTGRES_DB" "$@"
}

unpacked() {
  command -v "$1" > /dev/null || { echo "the image has no $1" >&2; return 1; }
  "$@" | docker_process_sql
}

run() {
  case "$1" in
    *.sh) if [ -x "$1" ]; then "$1"; else . "$1"; fi ;;
    *.sql) docker_process_sql -f "$1" ;;
    *.sql.gz) unpacked gunzip -c "$1" ;;
    *.sql.xz) unpacked xzcat "$1" ;;
    *.sql.zst) unpacked zstd -dc "$1" ;;
    # In a folder there may be a README.
    ${paths.init}/*/*) echo "ignored $1" ;;
    *) echo 'neither .sql, .sql.gz, .sql.xz, .sql.zst nor .sh' >&2; return 1 ;;
  esac
}

[ -d ${paths.init} ] || exit 0
current=''
trap '[ $? -eq 0 ] || [ -z "$current" ] || echo "in \${current#${paths.init}/}" >&2' EXIT
# On a descriptor of its own, because scripts may read stdin.
while IFS= read -r current <&3; do run "$current" < /dev/null; done 3<< FILES
$(find -L ${paths.init} ! -type d | sort)
FILES
current=''
`
