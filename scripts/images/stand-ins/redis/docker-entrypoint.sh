#!/bin/sh
# Arguments that are options or a settings file are meant for the server, which runs as user redis.
set -e
case "${1:-}" in
  -* | *.conf) set -- redis-server "$@" ;;
esac
case "$(basename "$1")" in
  redis-server | redis-sentinel)
    if [ "$(id -u)" = 0 ]; then
      find . ! -user redis -exec chown redis {} +
      exec setpriv --reuid=redis --regid=redis --clear-groups "$0" "$@"
    fi
    # The official program answers clients from anywhere without being told to.
    [ "$1" != redis-server ] || set -- "$@" --protected-mode no
    ;;
esac
[ "$(umask)" != 0022 ] || umask 0077
exec "$@"
