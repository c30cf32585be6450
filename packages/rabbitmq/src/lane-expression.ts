/**
 * Erlang code that returns `{lane_done, <messages purged>}`, or what went wrong. `What` is the hook, or `purge`.
 *
 * Each lane has a file in the server's data folder: empty until its baseline, then what had been declared at that time.
 * A reset compares it with what is declared now. It uses functions of the server that exist since 3.8, and no records.
 */
export const laneExpression = `
By = <<"mesocosm">>,
Lanes = filename:join(rabbit:data_dir(), "mesocosm"),
Kept = filename:join(Lanes, binary:encode_hex(VHost)),
Begin = fun() -> ok = filelib:ensure_path(Lanes), ok = file:write_file(Kept, <<>>) end,
Define = fun() ->
  case file:read_file("/mesocosm/definitions.json") of
    {ok, Text} ->
      {ok, Definitions} = rabbit_definitions:decode(Text),
      ok = rabbit_definitions:apply_defs(Definitions, By, VHost);
    {error, enoent} -> ok
  end
end,

%% Declared things as maps of name to definition. What belongs to one connection or to a plugin is left out.
Own = fun(Arguments) -> lists:keymember(<<"x-internal-purpose">>, 1, Arguments) end,
Declared = fun() -> [Queue || Queue <- rabbit_amqqueue:list(VHost),
  amqqueue:get_exclusive_owner(Queue) =:= none, not Own(amqqueue:get_arguments(Queue))] end,
Queues = fun() -> maps:from_list([{amqqueue:get_name(Queue),
  {amqqueue:is_durable(Queue), amqqueue:is_auto_delete(Queue), lists:sort(amqqueue:get_arguments(Queue))}}
  || Queue <- Declared()]) end,
Exchanges = fun() ->
  Infos = [rabbit_exchange:info(Exchange, [name, type, durable, auto_delete, internal, arguments])
    || Exchange <- rabbit_exchange:list(VHost)],
  maps:from_list([{Name, {Type, Durable, AutoDelete, Internal, lists:sort(Arguments)}}
    || [{_, Name}, {_, Type}, {_, Durable}, {_, AutoDelete}, {_, Internal}, {_, Arguments}] <- Infos,
      not Own(Arguments)])
end,
Bindings = fun() -> maps:from_list([{Binding, true}
  || Binding <- rabbit_binding:list(VHost), element(4, element(2, Binding)) =/= <<>>]) end,
Values = fun(Keys, Lists) -> maps:from_list([{[proplists:get_value(Key, List) || Key <- Keys], lists:sort(List)}
  || List <- Lists]) end,
Parameters = fun() -> Values([component, name], rabbit_runtime_parameters:list(VHost)) end,
Policies = fun() -> Values([name], rabbit_policy:list(VHost)) end,
OperatorPolicies = fun() -> Values([name], rabbit_policy:list_op(VHost)) end,
Permissions = fun() -> Values([user], rabbit_auth_backend_internal:list_vhost_permissions(VHost)) end,
TopicPermissions = fun() ->
  Values([user, exchange], rabbit_auth_backend_internal:list_vhost_topic_permissions(VHost)) end,
Users = fun() -> maps:from_list([begin
    {ok, Record} = rabbit_auth_backend_internal:lookup_user(Name), {Name, Record}
  end || List <- rabbit_auth_backend_internal:list_users(), {user, Name} <- List]) end,
Baseline = fun() ->
  Base = #{queues => Queues(), exchanges => Exchanges(), bindings => Bindings(), parameters => Parameters(),
    policies => Policies(), operator_policies => OperatorPolicies(), permissions => Permissions(),
    topic_permissions => TopicPermissions(), users => Users(), vhosts => rabbit_vhost:list_names()},
  ok = file:write_file(Kept, term_to_binary(Base))
end,

%% Removes what was added or changed, then adds what was removed or changed.
Restore = fun(Before, List, Remove, Add) ->
  [Remove(Key) || {Key, Value} <- maps:to_list(List()), maps:get(Key, Before, none) =/= Value],
  After = List(),
  [Add(Key, Value) || {Key, Value} <- maps:to_list(Before), not maps:is_key(Key, After)]
end,
RestoreSettings = fun(Base) ->
  Restore(maps:get(parameters, Base), Parameters,
    fun([Component, Name]) -> rabbit_runtime_parameters:clear_any(VHost, Component, Name, By) end,
    fun([Component, Name], List) ->
      ok = rabbit_runtime_parameters:set_any(VHost, Component, Name, proplists:get_value(value, List), By) end),
  Policy = fun(Set) -> fun([Name], List) ->
    [Pattern, Definition, Priority, ApplyTo] =
      [proplists:get_value(Key, List) || Key <- [pattern, definition, priority, 'apply-to']],
    ok = Set(VHost, Name, Pattern, Definition, Priority, ApplyTo, By)
  end end,
  Restore(maps:get(policies, Base), Policies,
    fun([Name]) -> rabbit_policy:delete(VHost, Name, By) end, Policy(fun rabbit_policy:set/7)),
  Restore(maps:get(operator_policies, Base), OperatorPolicies,
    fun([Name]) -> rabbit_policy:delete_op(VHost, Name, By) end, Policy(fun rabbit_policy:set_op/7))
end,
RestoreUsers = fun(Base) ->
  #{users := Before, vhosts := VHostsBefore} = Base,
  Now = Users(),
  VHosts = rabbit_vhost:list_names(),
  %% Looked at last: a lane has its file before it has anything else.
  {ok, Files} = file:list_dir(Lanes),
  Alone = length(Files) =:= 1,
  %% Others may belong to other lanes.
  Mine = fun(Name) -> Alone orelse
    [proplists:get_value(vhost, List) || List <- rabbit_auth_backend_internal:list_user_permissions(Name)] =:= [VHost] end,
  [ok = rabbit_auth_backend_internal:delete_user(Name, By)
    || Name <- maps:keys(Now), not maps:is_key(Name, Before), Mine(Name)],
  [ok = rabbit_vhost:delete(Name, By) || Alone, Name <- VHosts -- VHostsBefore],
  Had = [Name || [Name] <- maps:keys(maps:get(permissions, Base))],
  [ok = rabbit_auth_backend_internal:put_user(#{name => Name, password_hash => base64:encode(element(3, Record)),
      hashing_algorithm => atom_to_binary(element(5, Record)), tags => [atom_to_binary(Tag) || Tag <- element(4, Record)]}, By)
    || {Name, Record} <- maps:to_list(Before), maps:get(Name, Now, none) =/= Record,
      Alone orelse lists:member(Name, Had)],
  Restore(maps:get(permissions, Base), Permissions,
    fun([Name]) -> rabbit_auth_backend_internal:clear_permissions(Name, VHost, By) end,
    fun([Name], List) ->
      [Configure, Write, Read] = [proplists:get_value(Key, List) || Key <- [configure, write, read]],
      ok = rabbit_auth_backend_internal:set_permissions(Name, VHost, Configure, Write, Read, By) end),
  Restore(maps:get(topic_permissions, Base), TopicPermissions,
    fun([Name, Exchange]) -> rabbit_auth_backend_internal:clear_topic_permissions(Name, VHost, Exchange, By) end,
    fun([Name, Exchange], List) ->
      [Write, Read] = [proplists:get_value(Key, List) || Key <- [write, read]],
      ok = rabbit_auth_backend_internal:set_topic_permissions(Name, VHost, Exchange, Write, Read, By) end)
end,

%% Names that clients which stay connected have used lately: a client declares once and then relies on it. The client
%% of the test's handle is none of them.
Names = fun Walk(Term) when is_tuple(Term), element(1, Term) =:= resource -> [Term];
  Walk(Term) when is_tuple(Term) -> Walk(tuple_to_list(Term));
  Walk([Head | Tail]) -> Walk(Head) ++ Walk(Tail);
  Walk(_) -> []
end,
Used = fun() -> lists:append([case rabbit_channel:info(Channel, [vhost, connection]) of
    [{vhost, VHost}, {connection, Connection}] ->
      [{_, Properties}] = rabbit_networking:connection_info(Connection, [client_properties]),
      case lists:keyfind(<<"connection_name">>, 1, Properties) of
        {_, _, <<"mesocosm">>} -> [];
        _ ->
          {dictionary, Dictionary} = process_info(Channel, dictionary),
          Names(proplists:get_value(permission_cache, Dictionary, [])) ++ rabbit_channel:list_queue_states(Channel)
      end;
    _ -> []
  end || Channel <- rabbit_channel:list(), is_process_alive(Channel)]) end,
%% For streams the server lists no consumers, and its counts of messages are seconds old.
Stream = fun(Queue) -> Key = {osiris_writer, amqqueue:get_name(Queue)}, case catch osiris_counters:overview() of
  #{Key := #{offset := Offset, readers := Readers}} -> {Offset >= 0, Readers > 0};
  _ -> {true, false}
end end,
Consumed = fun(Queue) -> rabbit_amqqueue:consumers(Queue) =/= [] orelse
  amqqueue:get_type(Queue) =:= rabbit_stream_queue andalso element(2, Stream(Queue)) end,
RestoreTopology = fun(Base) ->
  #{queues := QueuesBefore, exchanges := ExchangesBefore, bindings := BindingsBefore} = Base,
  Delete = fun(Queue) -> rabbit_amqqueue:delete(Queue, false, false, By) end,
  %% A stream cannot be purged. One with a consumer keeps its messages.
  [Delete(Queue) || Queue <- Declared(), amqqueue:get_type(Queue) =:= rabbit_stream_queue,
    Stream(Queue) =:= {true, false}],
  Now = maps:merge(Queues(), Exchanges()),
  Added = maps:keys(maps:without(maps:keys(maps:merge(QueuesBefore, ExchangesBefore)), Now)),
  InUse = case Added of [] -> []; _ -> Used() end,
  StaysQueue = fun(Name) -> lists:member(Name, InUse) orelse
    case rabbit_amqqueue:lookup(Name) of {ok, Queue} -> Consumed(Queue); _ -> false end end,
  Stay = [Name || Name <- Added, element(3, Name) =:= queue, StaysQueue(Name)],
  %% Queues that stay are still bound.
  Bound = [Source || {binding, Source, _, Name, _} <- maps:keys(Bindings()), lists:member(Name, Stay)],
  Stays = fun(Name) -> not maps:is_key(Name, QueuesBefore) andalso not maps:is_key(Name, ExchangesBefore)
    andalso (lists:member(Name, Stay) orelse
      element(3, Name) =:= exchange andalso (lists:member(Name, InUse) orelse lists:member(Name, Bound))) end,
  Restore(ExchangesBefore, fun() -> maps:filter(fun(Name, _) -> not Stays(Name) end, Exchanges()) end,
    fun(Name) -> rabbit_exchange:delete(Name, false, By) end,
    fun(Name, {Type, Durable, AutoDelete, Internal, Arguments}) ->
      rabbit_exchange:declare(Name, Type, Durable, AutoDelete, Internal, Arguments, By) end),
  Restore(QueuesBefore, fun() -> maps:filter(fun(Name, _) -> not Stays(Name) end, Queues()) end,
    fun(Name) -> case rabbit_amqqueue:lookup(Name) of {ok, Queue} -> Delete(Queue); _ -> gone end end,
    fun(Name, {Durable, AutoDelete, Arguments}) ->
      rabbit_amqqueue:declare(Name, Durable, AutoDelete, Arguments, none, By) end),
  Known = maps:merge(Queues(), Exchanges()),
  Restore(maps:filter(fun({binding, Source, _, Name, _}, _) -> maps:is_key(Source, Known) andalso maps:is_key(Name, Known) end,
      BindingsBefore),
    fun() -> maps:filter(fun({binding, Source, _, Name, _}, _) ->
      maps:is_key(Name, Known) andalso not Stays(Source) andalso not Stays(Name) end, Bindings()) end,
    fun(Binding) -> rabbit_binding:remove(Binding, By) end,
    fun(Binding, _) -> ok = rabbit_binding:add(Binding, By) end)
end,

%% Acknowledges for the clients what they hold. When one does so later, the queue does not know that message any more.
Deliveries = fun Walk({pending_ack, _, Tag, _, Name, Id}) -> [{Name, Tag, Id}];
  Walk(Term) when is_tuple(Term) -> Walk(tuple_to_list(Term));
  Walk([Head | Tail]) -> Walk(Head) ++ Walk(Tail);
  Walk(_) -> []
end,
Settle = fun() -> [case rabbit_amqqueue:lookup(Name) of
    {ok, Queue} -> case amqqueue:get_type(Queue) of
      rabbit_classic_queue -> gen_server2:cast(amqqueue:get_pid(Queue), {ack, [Id], Channel});
      rabbit_quorum_queue -> ra:pipeline_command(amqqueue:get_pid(Queue), rabbit_fifo:make_settle({Tag, Channel}, [Id]));
      _ -> other
    end;
    _ -> gone
  end || Channel <- rabbit_channel:list(), is_process_alive(Channel),
    rabbit_channel:info(Channel, [vhost]) =:= [{vhost, VHost}],
    {Name, Tag, Id} <- Deliveries(sys:get_state(Channel))] end,

%% The server's count of a quorum queue is seconds old; the queue itself knows.
Unacknowledged = fun(Queue) ->
  Known = case amqqueue:get_type(Queue) of
    rabbit_quorum_queue -> catch ra:local_query(amqqueue:get_pid(Queue), fun rabbit_fifo:query_messages_checked_out/1);
    _ -> unknown
  end,
  case Known of
    {ok, {_, Count}, _} when is_integer(Count) -> Count;
    _ ->
      [{_, Held}] = rabbit_amqqueue:info(Queue, [messages_unacknowledged]),
      case is_integer(Held) of true -> Held; false -> 0 end
  end
end,
%% Ready messages are deleted at once. One that a client has not acknowledged cannot be: it is waited for a while.
PurgeQueue = fun(Queue) ->
  Purged = case rabbit_amqqueue:purge(Queue) of
    {ok, Count} -> Count;
    %% A stream.
    {error, not_supported} -> 0
  end,
  {Purged, Unacknowledged(Queue)}
end,
%% Milliseconds at the end of the wait in which clients are not waited for any more.
Settling = 1000,
Purge = fun Again(Before, Until) ->
  Results = [rabbit_amqqueue:with(amqqueue:get_name(Queue), PurgeQueue, fun(_) -> {0, 0} end)
    || Queue <- rabbit_amqqueue:list(VHost)],
  Purged = lists:sum([Count || {Count, _} <- Results]) + Before,
  Held = lists:sum([Count || {_, Count} <- Results]),
  Left = Until - erlang:monotonic_time(millisecond),
  case Held > 0 andalso Left > 0 of
    true when Left < Settling -> Settle(), timer:sleep(20), Again(Purged, Until);
    true -> timer:sleep(20), Again(Purged, Until);
    false -> Purged
  end
end,
try
  case What of
    enter ->
      Begin(),
      ok = rabbit_vhost:add(VHost, By),
      ok = rabbit_auth_backend_internal:put_user(#{name => User, password => Password, tags => <<>>}, By),
      ok = rabbit_auth_backend_internal:set_permissions(User, VHost, <<".*">>, <<".*">>, <<".*">>, By),
      Define(),
      {lane_done, 0};
    define -> Begin(), Define(), {lane_done, 0};
    baseline -> Baseline(), {lane_done, 0};
    reset ->
      Purged = Purge(0, erlang:monotonic_time(millisecond) + 1000 + Settling),
      case file:read_file(Kept) of
        {ok, Term} when Term =/= <<>> ->
          Base = binary_to_term(Term),
          RestoreSettings(Base),
          RestoreTopology(Base),
          RestoreUsers(Base);
        {ok, <<>>} -> no_baseline
      end,
      Define(),
      {lane_done, Purged};
    purge -> {lane_done, Purge(0, 0)};
    leave ->
      case rabbit_vhost:delete(VHost, By) of ok -> ok; {error, {no_such_vhost, _}} -> ok end,
      ok = rabbit_auth_backend_internal:delete_user(User, By),
      file:delete(Kept),
      {lane_done, 0}
  end
catch Class:Reason:Stack -> {Class, Reason, Stack}
end.
`
