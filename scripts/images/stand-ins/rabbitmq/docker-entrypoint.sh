#!/bin/bash
# The server and its tools run as user rabbitmq, whose folders they own.
set -euo pipefail
if [[ "$1" == rabbitmq* ]] && [ "$(id -u)" = 0 ]; then
  if [ "$1" = rabbitmq-server ]; then
    find /var/lib/rabbitmq ! -user rabbitmq -exec chown rabbitmq {} +
  fi
  exec setpriv --reuid=rabbitmq --regid=rabbitmq --clear-groups "$0" "$@"
fi
exec "$@"
