/**
 * The tasks, as one shell script inside the server's container: `sh lanes.sh <hook> <virtual host> <user>`.
 * The password of the lane's user is in `LANE_PASSWORD`.
 *
 * The running server evaluates {@link laneExpression}: in milliseconds by `erl_call`, a part of Erlang, else in about a
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

/** Erlang code that returns `{lane_done, <messages purged>}`, or what went wrong. */
export const laneExpression = `
By = <<"mesocosm">>,
Define = fun() ->
  case file:read_file("/mesocosm/definitions.json") of
    {ok, Text} ->
      {ok, Definitions} = rabbit_definitions:decode(Text),
      ok = rabbit_definitions:apply_defs(Definitions, By, VHost);
    {error, enoent} -> ok
  end
end,
%% Ready messages are deleted at once. One that a client has not acknowledged cannot be: it is waited for a while.
PurgeQueue = fun(Queue) ->
  Purged = case rabbit_amqqueue:purge(Queue) of
    {ok, Count} -> Count;
    %% A stream.
    {error, not_supported} -> 0
  end,
  [{_, Held}] = rabbit_amqqueue:info(Queue, [messages_unacknowledged]),
  {Purged, case is_integer(Held) of true -> Held; false -> 0 end}
end,
Purge = fun Again(Before, Until) ->
  Results = [rabbit_amqqueue:with(amqqueue:get_name(Queue), PurgeQueue, fun(_) -> {0, 0} end)
    || Queue <- rabbit_amqqueue:list(VHost)],
  Purged = lists:sum([Count || {Count, _} <- Results]) + Before,
  Held = lists:sum([Count || {_, Count} <- Results]),
  case Held > 0 andalso erlang:monotonic_time(millisecond) < Until of
    true -> timer:sleep(20), Again(Purged, Until);
    false -> Purged
  end
end,
try
  case What of
    enter ->
      ok = rabbit_vhost:add(VHost, By),
      ok = rabbit_auth_backend_internal:put_user(#{name => User, password => Password, tags => <<>>}, By),
      ok = rabbit_auth_backend_internal:set_permissions(User, VHost, <<".*">>, <<".*">>, <<".*">>, By),
      Define(),
      {lane_done, 0};
    define -> Define(), {lane_done, 0};
    reset -> Define(), {lane_done, Purge(0, erlang:monotonic_time(millisecond) + 1000)};
    purge -> {lane_done, Purge(0, 0)};
    leave ->
      case rabbit_vhost:delete(VHost, By) of ok -> ok; {error, {no_such_vhost, _}} -> ok end,
      ok = rabbit_auth_backend_internal:delete_user(User, By),
      {lane_done, 0}
  end
catch Class:Reason -> {Class, Reason}
end.
`
