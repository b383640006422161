#!/usr/bin/env escript
%% A Diameter peer on Erlang's own stack: what it is told comes as Erlang terms on standard input, what happened goes
%% out as lines of JSON. As a client it sends credit-control requests and answers RAR and ASR; as a server it grants
%% whatever is asked until its money is gone.
%%
%% Arguments: the folder to compile in, the dictionary, the own host, the own realm, and client or server.
%% Terms in:
%%   {listen, Port}
%%   {connect, Name, Port}                        to 127.0.0.1; {"is": "up", "peer": its host} when it is there
%%   {ask, Tag, Message, Options}                 Message: a map of AVPs; Options below
%%   {load, Tag, Message, Options}                the same many times: how many and how soon
%%   {leave, Name}                                DPR, and the connection closes
%%   {money, Units}                               what the server still grants
%%   stop
%% Options of a request, a map: peer => host it goes to, repeated => true for the T flag, 'end' => End-to-End
%% Identifier, damage => missing | unknown | unknown_optional | length | value, avp => Name (missing: left out).
%% Of a load: count, at_once, lines and first: Subscription-Id is first + a random number below lines.

-mode(compile).
-include_lib("diameter/include/diameter.hrl").
-export([main/1, peer_up/3, peer_down/3, pick_peer/4, pick_peer/5, prepare_request/3, prepare_request/4,
         prepare_retransmit/3, prepare_retransmit/4, handle_answer/4, handle_answer/5, handle_error/4,
         handle_error/5, handle_request/3]).

main([Folder, Dictionary, Host, Realm, Role]) ->
    ok = file:set_cwd(Folder),
    %% The dictionary as it stands, and once more with all AVPs of a request optional: for requests that lack one.
    ok = dictionary(Dictionary, "ro", fun(Text) -> Text end),
    ok = dictionary(Dictionary, "loose", fun loosened/1),
    ok = diameter:start(),
    _ = ets:new(peer_state, [named_table, public]),
    ets:insert(peer_state, {money, 1 bsl 62}),
    Module = ?MODULE,
    Application = fun(Alias, Codec) ->
        {application, [{alias, Alias}, {dictionary, Codec}, {module, Module}, {answer_errors, callback},
                       {request_errors, answer_3xxx}]}
    end,
    ok = diameter:start_service(Role, [
        {'Origin-Host', Host}, {'Origin-Realm', Realm}, {'Host-IP-Address', [{127, 0, 0, 1}]},
        {'Vendor-Id', 64512}, {'Product-Name', "Erlang"}, {'Auth-Application-Id', [4]},
        {'Supported-Vendor-Id', [10415, 64512]}, {'Origin-State-Id', diameter:origin_state_id()},
        {decode_format, map}, {string_decode, false}, {restrict_connections, false},
        {traffic_counters, false}, Application(ro, ro)]),
    diameter:subscribe(Role),
    Main = self(),
    spawn_link(fun() -> told(Main) end),
    say(#{is => <<"ready">>}),
    served(Role, #{}).

dictionary(File, Name, Change) ->
    {ok, Text} = file:read_file(File),
    Made = Name ++ ".dia",
    ok = file:write_file(Made, Change(renamed(Text, Name))),
    ok = diameter_make:codec(Made, [{outdir, "."}]),
    {ok, Module, Code} = compile:file(Name ++ ".erl", [binary, return_errors]),
    {module, Module} = code:load_binary(Module, Name ++ ".beam", Code),
    ok.

renamed(Text, Name) ->
    Named = re:replace(Text, "@name\\s+ro", "@name " ++ Name),
    re:replace(Named, "@prefix\\s+ro", "@prefix " ++ Name, [{return, binary}]).

loosened(Text) ->
    [Before, After] = re:split(Text, "CCR ::= ", [{return, binary}, {parts, 2}]),
    [Request, Rest] = re:split(After, "CCA ::= ", [{return, binary}, {parts, 2}]),
    Loose = re:replace(Request, "\\{ ([A-Za-z-]+) \\}", "[ \\1 ]", [global, {return, binary}]),
    [Before, "CCR ::= ", Loose, "CCA ::= ", Rest].

told(Main) ->
    case io:read(standard_io, "") of
        {ok, Term} -> Main ! {told, Term}, told(Main);
        eof -> Main ! {told, stop};
        {error, Why} -> Main ! {told, {wrong, Why}}, told(Main)
    end.

served(Service, Names) ->
    receive
        {told, stop} ->
            diameter:stop_service(Service),
            say(#{is => <<"stopped">>}),
            halt(0);
        {told, {listen, Port}} ->
            {ok, _} = diameter:add_transport(Service, {listen, [
                {transport_module, diameter_tcp}, {transport_config, [{ip, {127, 0, 0, 1}}, {port, Port}, {reuseaddr, true}]}]}),
            say(#{is => <<"listening">>}),
            served(Service, Names);
        {told, {connect, Name, Port}} ->
            {ok, Ref} = diameter:add_transport(Service, {connect, [
                {transport_module, diameter_tcp}, {transport_config, [{raddr, {127, 0, 0, 1}}, {rport, Port}, {ip, {127, 0, 0, 1}}]},
                {connect_timer, 500}, {watchdog_timer, 6000}]}),
            served(Service, Names#{Name => Ref});
        {told, {leave, Name}} ->
            diameter:remove_transport(Service, maps:get(Name, Names)),
            served(Service, maps:remove(Name, Names));
        {told, {money, Units}} ->
            ets:insert(peer_state, {money, Units}),
            served(Service, Names);
        {told, {ask, Tag, Message, Options}} ->
            spawn(fun() -> say((asked(Service, Message, Options))#{tag => Tag}) end),
            served(Service, Names);
        {told, {load, Tag, Message, Options}} ->
            spawn(fun() -> say((loaded(Service, Message, Options))#{tag => Tag}) end),
            served(Service, Names);
        {told, Other} ->
            say(#{is => <<"not understood">>, why => iolist_to_binary(io_lib:format("~p", [Other]))}),
            served(Service, Names);
        {diameter_event, _, {up, _, {_, Caps}, _, _}} ->
            say(#{is => <<"up">>, peer => peer_of(Caps)}),
            served(Service, Names);
        {diameter_event, _, {down, _, {_, Caps}, _}} ->
            say(#{is => <<"down">>, peer => peer_of(Caps)}),
            served(Service, Names);
        {diameter_event, _, {closed, _, Why, _}} ->
            say(#{is => <<"closed">>, why => iolist_to_binary(io_lib:format("~P", [Why, 30]))}),
            served(Service, Names);
        _ ->
            served(Service, Names)
    end.

peer_of(#diameter_caps{origin_host = {_, Host}}) -> Host.

%% Requests.

asked(Service, Message, Options) ->
    Filter = case Options of
        #{peer := Peer} -> {host, Peer};
        _ -> none
    end,
    Begun = erlang:monotonic_time(microsecond),
    Got = diameter:call(Service, ro, ['CCR' | Message], [
        {extra, [Options]}, {filter, Filter}, {timeout, maps:get(timeout, Options, 8000)}]),
    Spent = erlang:monotonic_time(microsecond) - Begun,
    (case Got of
        {answer, Answer, Errors, Header} ->
            [Name | Avps] = Answer,
            #{is => <<"answer">>, command => Name, avps => Avps, errors => Errors, 'end' => Header#diameter_header.end_to_end_id,
              error_flag => Header#diameter_header.is_error};
        {error, Why} ->
            #{is => <<"failed">>, why => iolist_to_binary(io_lib:format("~P", [Why, 30]))}
    end)#{micros => Spent}.

loaded(Service, Message, Options) ->
    #{count := Count, at_once := AtOnce} = Options,
    Left = counters:new(1, []),
    Begun = erlang:monotonic_time(microsecond),
    Main = self(),
    [spawn_link(fun() -> Main ! {done, loading(Service, Message, Options, Left, Count, #{}, [])} end)
     || _ <- lists:seq(1, AtOnce)],
    All = [receive {done, Done} -> Done end || _ <- lists:seq(1, AtOnce)],
    Spent = erlang:monotonic_time(microsecond) - Begun,
    Times = lists:sort(lists:append([T || {_, T} <- All])),
    Codes = lists:foldl(fun({C, _}, Sum) -> maps:merge_with(fun(_, A, B) -> A + B end, C, Sum) end, #{}, All),
    At = fun(Share) -> lists:nth(max(1, round(length(Times) * Share)), Times) end,
    #{is => <<"loaded">>, codes => Codes, micros => Spent, p50 => At(0.5), p95 => At(0.95), p99 => At(0.99)}.

loading(Service, Message, Options, Left, Count, Codes, Times) ->
    counters:add(Left, 1, 1),
    case counters:get(Left, 1) of
        N when N > Count -> {Codes, Times};
        _ ->
            #{first := First, lines := Lines} = Options,
            Number = integer_to_binary(First + rand:uniform(Lines) - 1),
            Own = Message#{'Session-Id' => diameter:session_id("load"), 'Subscription-Id' =>
                [#{'Subscription-Id-Type' => 0, 'Subscription-Id-Data' => Number}]},
            #{micros := Spent} = Got = asked(Service, Own, Options),
            Code = case Got of
                #{avps := #{'Result-Code' := C}, errors := []} -> integer_to_binary(C);
                #{errors := [_ | _]} -> <<"undecodable">>;
                _ -> <<"none">>
            end,
            loading(Service, Message, Options, Left, Count, Codes#{Code => maps:get(Code, Codes, 0) + 1}, [Spent | Times])
    end.

%% What Erlang's application asks of us.

peer_up(_, _, _) -> ok.
peer_down(_, _, _) -> ok.

pick_peer(Candidates, Others, Service, State) -> pick_peer(Candidates, Others, Service, State, #{}).
pick_peer([Peer | _], _, _, _, _) -> {ok, Peer};
pick_peer([], _, _, _, _) -> false.

prepare_request(Packet, Service, Peer) -> prepare_request(Packet, Service, Peer, #{}).
prepare_request(#diameter_packet{msg = ['CCR' | Avps], header = Header} = Packet, _, {_, Caps}, Options) ->
    #diameter_caps{origin_host = {Host, _}, origin_realm = {Realm, TheirRealm}} = Caps,
    Common = #{'Origin-Host' => Host, 'Origin-Realm' => Realm, 'Destination-Realm' => TheirRealm,
               'Auth-Application-Id' => 4},
    Full = maps:merge(Common, Avps),
    Marked = Header#diameter_header{is_retransmitted = maps:get(repeated, Options, false)},
    Numbered = case Options of
        #{'end' := Number} -> Marked#diameter_header{end_to_end_id = Number};
        _ -> Marked
    end,
    {send, damaged(Packet#diameter_packet{msg = ['CCR' | Full], header = Numbered}, Options)}.

damaged(#diameter_packet{msg = [Name | Avps]} = Packet, #{damage := missing, avp := Left}) ->
    diameter_codec:encode(loose, Packet#diameter_packet{msg = [Name | maps:remove(Left, Avps)]});
damaged(Packet, #{damage := unknown}) -> with(Packet, #diameter_avp{code = 65501, vendor_id = 64512, is_mandatory = true, data = <<"what">>});
damaged(Packet, #{damage := unknown_optional}) -> with(Packet, #diameter_avp{code = 65501, vendor_id = 64512, data = <<"what">>});
%% CC-Request-Number once more, and it claims more octets than the message has.
damaged(Packet, #{damage := length}) -> with(Packet, <<415:32, 16#40, 4096:24, 0:32>>);
damaged(Packet, #{damage := short}) -> with(Packet, <<448:32, 16#40, 10:24, 0:16, 0:16>>);
damaged(#diameter_packet{msg = [Name | Avps]} = Packet, #{damage := value}) ->
    with(Packet#diameter_packet{msg = [Name | maps:remove('CC-Request-Type', Avps)]}, <<416:32, 16#40, 12:24, 77:32>>);
damaged(Packet, _) -> Packet.

with(Packet, #diameter_avp{data = Data} = Avp) ->
    Flags = case Avp#diameter_avp.is_mandatory of true -> 16#C0; _ -> 16#80 end,
    Padding = (4 - byte_size(Data) rem 4) rem 4,
    with(Packet, <<(Avp#diameter_avp.code):32, Flags, (12 + byte_size(Data)):24, (Avp#diameter_avp.vendor_id):32,
                   Data/binary, 0:Padding/unit:8>>);
with(Packet, More) ->
    #diameter_packet{bin = <<Version, Length:24, Rest/binary>>} = Encoded = diameter_codec:encode(loose, Packet),
    Encoded#diameter_packet{bin = <<Version, (Length + byte_size(More)):24, Rest/binary, More/binary>>}.

prepare_retransmit(Packet, Service, Peer) -> prepare_request(Packet, Service, Peer, #{}).
prepare_retransmit(Packet, Service, Peer, Options) -> prepare_request(Packet, Service, Peer, Options#{repeated => true}).

handle_answer(Packet, Request, Service, Peer) -> handle_answer(Packet, Request, Service, Peer, #{}).
handle_answer(#diameter_packet{msg = Message, errors = Errors, header = Header}, _, _, _, _) ->
    {answer, Message, [iolist_to_binary(io_lib:format("~P", [E, 30])) || E <- Errors], Header}.

handle_error(Why, Request, Service, Peer) -> handle_error(Why, Request, Service, Peer, #{}).
handle_error(Why, _, _, _, _) -> {error, Why}.

handle_request(#diameter_packet{msg = ['CCR' | Avps], errors = Errors}, _, {_, Caps}) ->
    say(#{is => <<"request">>, command => 'CCR', avps => Avps, errors => [iolist_to_binary(io_lib:format("~p", [E])) || E <- Errors]}),
    #diameter_caps{origin_host = {Host, _}, origin_realm = {Realm, _}} = Caps,
    Base = maps:merge(maps:with(['Session-Id', 'CC-Request-Type', 'CC-Request-Number'], Avps),
                      #{'Origin-Host' => Host, 'Origin-Realm' => Realm, 'Auth-Application-Id' => 4}),
    {Result, Services} = granted(maps:get('Multiple-Services-Credit-Control', Avps, []), Avps),
    %% Kamailio repeats Origin-Host and names its application in another place: told above, and answered all the same.
    {reply, #diameter_packet{errors = false, msg =
        ['CCA' | Base#{'Result-Code' => Result, 'Multiple-Services-Credit-Control' => Services}]}};
handle_request(#diameter_packet{msg = [Name | Avps], errors = Errors}, _, {_, Caps}) when Name == 'RAR'; Name == 'ASR' ->
    say(#{is => <<"request">>, command => Name, avps => Avps, errors => [iolist_to_binary(io_lib:format("~p", [E])) || E <- Errors]}),
    #diameter_caps{origin_host = {Host, _}, origin_realm = {Realm, _}} = Caps,
    Answer = case Name of 'RAR' -> 'RAA'; 'ASR' -> 'ASA' end,
    Code = case Name of 'RAR' -> 2002; 'ASR' -> 2001 end,
    {reply, [Answer | #{'Session-Id' => maps:get('Session-Id', Avps), 'Result-Code' => Code,
                        'Origin-Host' => Host, 'Origin-Realm' => Realm}]};
handle_request(_, _, _) -> {answer_message, 3001}.

granted(_, #{'CC-Request-Type' := 3}) -> {2001, []};
granted(Services, _) ->
    [{money, Money}] = ets:lookup(peer_state, money),
    {Left, Made} = lists:foldl(fun(Service, {Rest, Done}) ->
        {Unit, Size} = case maps:get('Requested-Service-Unit', Service, []) of
            [#{'CC-Time' := [Seconds]}] -> {'CC-Time', Seconds};
            [#{'CC-Total-Octets' := [Octets]}] -> {'CC-Total-Octets', Octets};
            _ -> {'CC-Time', 60}
        end,
        Got = min(Size, Rest),
        Same = maps:with(['Rating-Group', 'Service-Identifier'], Service),
        One = case Got of
            0 -> Same#{'Result-Code' => 4012};
            _ -> Same#{'Result-Code' => 2001, 'Granted-Service-Unit' => #{Unit => Got}, 'Validity-Time' => 30}
        end,
        {Rest - Got, [One | Done]}
    end, {Money, []}, Services),
    ets:insert(peer_state, {money, Left}),
    {case Left == Money andalso Services /= [] of true -> 4012; false -> 2001 end, lists:reverse(Made)}.

%% JSON.

say(Map) -> io:put_chars([json(Map), "\n"]).

json(Map) when is_map(Map) ->
    ["{", lists:join(",", [[json(key(Key)), ":", json(Value)] || {Key, Value} <- maps:to_list(Map)]), "}"];
json(true) -> "true";
json(false) -> "false";
json(undefined) -> "null";
json(Atom) when is_atom(Atom) -> json(atom_to_binary(Atom));
json(Number) when is_integer(Number) -> integer_to_binary(Number);
json(#diameter_avp{code = Code, vendor_id = Vendor, data = Data}) -> json(#{code => Code, vendor => Vendor, data => Data});
json({{Y, M, D}, {H, I, S}}) -> json(iolist_to_binary(io_lib:format("~4..0w-~2..0w-~2..0wT~2..0w:~2..0w:~2..0w", [Y, M, D, H, I, S])));
json(Tuple) when is_tuple(Tuple) -> json(tuple_to_list(Tuple));
json([]) -> "[]";
json(List) when is_list(List) -> ["[", lists:join(",", [json(One) || One <- List]), "]"];
json(Text) when is_binary(Text) ->
    case unicode:characters_to_list(Text) of
        Characters when is_list(Characters) -> ["\"", [escaped(C) || C <- Characters], "\""];
        _ -> ["\"0x", [io_lib:format("~2.16.0b", [B]) || <<B>> <= Text], "\""]
    end.

key(Key) when is_atom(Key) -> atom_to_binary(Key);
key(Key) -> Key.

escaped($") -> "\\\"";
escaped($\\) -> "\\\\";
escaped(C) when C < 32; C > 126 -> io_lib:format("\\u~4.16.0b", [C]);
escaped(C) -> C.
