/**
 * The tasks, as one shell script inside the server's container: `sh lanes.sh <hook> <virtual host> <user>`.
 * The password of the lane's user is in `LANE_PASSWORD`.
 *
 * The running server evaluates `laneExpression`: in milliseconds by `erl_call`, a part of Erlang, else in about a
 * second by `rabbitmqctl`. Each call has its own name, because the server refuses two of one name at the same time.
 */
export const laneScript = `#!/bin/sh
set -eu
# As an Erlang expression, whatever characters it has.
binary() { echo "base64:decode(<<\\"$(printf %s "$1" | base64 | tr -d '\\n')\\">>)"; }
code="What = $1, VHost = $(binary "$2"), User = $(binary "$3"), Password = $(binary "\${LANE_PASSWORD:-}"),
$(cat /mesocosm/lane.erl)"

erlang=$(dirname "$(readlink -f "$(command -v erl)")")
call=
for one in "$(command -v erl_call || true)" "$erlang"/../lib/erl_interface-*/bin/erl_call; do
  [ ! -x "$one" ] || { call=$one; break; }
done
if [ -n "$call" ]; then
  cookie=$(cat /var/lib/rabbitmq/.erlang.cookie)
  said=$(printf '%s\\n' "$code" | "$call" -h "lane$$" -sname "$RABBITMQ_NODENAME" -c "$cookie" -e 2>&1) || true
else
  said=$(rabbitmqctl eval "$code" 2>&1) || true
fi
case "$said" in
  *lane_done*) echo "$said" ;;
  *) echo "$said" >&2; exit 1 ;;
esac
`
