"""The base protocol over TCP and TLS: who is let in, what is refused, watchdogs, parting, connecting to others."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from linehouse.edge.network.diameter.answering import answer
from linehouse.edge.network.diameter.codec import PROXIABLE, REQUEST, Message
from linehouse.edge.network.diameter.listener import Places, client_tls, server_tls
from linehouse.edge.network.diameter.machine import State
from linehouse.edge.network.diameter.peers import Directory, Local, Peer
from linehouse.edge.network.diameter.results import Result
from linehouse.edge.network.diameter.server import Server
from tests.conftest import in_own_thread
from tests.edge.network.diameter.gateway import OURS, Gateway, close_all

T = TypeVar("T")
ALL = Directory.of([Peer("*.gw.example")])
LOCAL = Local(OURS, "linehouse.invalid", 7)


def serve(
    script: Callable[[Server, int], Awaitable[T]], directory: Directory = ALL, local: Local = LOCAL, **more: float
) -> T:
    async def run() -> T:
        async def handler(message: Message, peer: Peer, host: str) -> Message:
            await asyncio.sleep(0.05 if message.number("CC-Request-Number") == 99 else 0)
            return answer(message, local, Result.SUCCESS)

        server = Server(local, directory, {(4, 272): handler}, **more)  # type: ignore[arg-type]  # numbers by name
        port = await server.listen("127.0.0.1", 0)
        try:
            return await script(server, port)
        finally:
            await close_all()
            await server.drain(0.5)
            await asyncio.sleep(0.01)

    return in_own_thread(run)


def number(message: Message) -> int | None:
    return message.number("Result-Code")


def test_capabilities_watchdog_and_parting() -> None:
    async def script(server: Server, port: int) -> None:
        gateway = await Gateway.connect(port)
        told = await gateway.ask(257, gateway.cer(), application=0)
        assert (number(told), told.text("Origin-Host"), told.number("Origin-State-Id")) == (2001, OURS, 7)
        assert told.fields["Auth-Application-Id"] == [4]
        assert told.fields["Supported-Vendor-Id"] == [10415]
        watched = await gateway.ask(280, {}, application=0)
        assert (number(watched), watched.number("Origin-State-Id")) == (2001, 7)
        parted = await gateway.ask(282, {"Disconnect-Cause": [0]}, application=0)
        assert number(parted) == 2001
        await gateway.close()
        await asyncio.sleep(0.05)
        assert server.associations()["pgw1.gw.example"].state is State.CLOSED

    serve(script)


def test_who_is_not_known_is_denied_and_cut() -> None:
    async def script(server: Server, port: int) -> None:
        stranger = await Gateway.connect(port, "evil.elsewhere.example")
        told = await stranger.ask(257, stranger.cer(), application=0)
        assert (number(told), told.flags) == (3010, 0x20)
        assert await stranger.reader.read() == b""
        silent = await Gateway.connect(port)
        silent.send(silent.request(272, {}))
        assert await silent.reader.read() == b""

    serve(script)


@pytest.mark.parametrize(
    ("change", "command", "application", "result"),
    [
        ({}, 272, 4, 2001),
        ({}, 271, 4, 3001),
        ({}, 272, 16_777_238, 3007),
        ({"Destination-Realm": ["elsewhere.example"]}, 272, 4, 3003),
        ({"Destination-Host": ["other.linehouse.invalid"]}, 272, 4, 2001),
        ({"Destination-Host": ["other.elsewhere.example"]}, 272, 4, 3002),
        ({"Route-Record": [OURS]}, 272, 4, 3005),
        ({"CC-Request-Type": None}, 272, 4, 5005),
        ({"CC-Request-Number": [1, 2]}, 272, 4, 5009),
        ({"Service-Context-Id": None}, 272, 4, 5005),
    ],
)
def test_what_is_refused_says_why(
    change: dict[str, list[object] | None], command: int, application: int, result: int
) -> None:
    async def script(server: Server, port: int) -> Message:
        gateway = await Gateway.greet(port)
        fields: dict[str, list[object] | None] = {**gateway.credit(1, 0), **change}
        given = {name: value for name, value in fields.items() if value is not None}
        proxies: list[object] = [
            {"Proxy-Host": ["a.example"], "Proxy-State": [b"1"]},
            {"Proxy-Host": ["b.example"], "Proxy-State": [b"2"]},
        ]
        told = await gateway.ask(command, {**given, "Proxy-Info": proxies}, application=application)
        assert told.fields["Proxy-Info"] == proxies
        assert "Route-Record" not in told.fields
        return told

    told = serve(script)
    assert number(told) == result
    assert bool(told.flags & 0x20) is (3000 <= result < 4000)
    assert told.text("Session-Id") == "pgw1.gw.example;1;1"
    assert ("Failed-AVP" in told.fields) is (result in {5005, 5009})


def test_octets_that_are_no_message_end_the_connection() -> None:
    async def script(server: Server, port: int) -> None:
        gateway = await Gateway.greet(port)
        gateway.send_octets(b"GET / HTTP/1.1\r\n\r\n")
        assert await gateway.reader.read() == b""

    serve(script)


def test_a_message_in_pieces_and_two_in_one_piece() -> None:
    async def script(server: Server, port: int) -> None:
        from linehouse.edge.network.diameter.codec import encode

        gateway = await Gateway.greet(port)
        one, two = (encode(gateway.request(280, {}, application=0)) for _ in range(2))
        for octet in one[:30]:
            gateway.send_octets(bytes([octet]))
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        gateway.send_octets(one[30:] + two)
        assert [number(await gateway.read()) for _ in range(2)] == [2001, 2001]

    serve(script)


def test_too_many_at_once_are_told_to_go_elsewhere() -> None:
    async def script(server: Server, port: int) -> list[int | None]:
        gateway = await Gateway.greet(port)
        for _ in range(4):
            gateway.send(gateway.request(272, gateway.credit(1, 99)))
        return sorted([number(await gateway.read()) for _ in range(4)], key=str)

    assert serve(script, most=2) == [2001, 2001, 3004, 3004]


def test_a_node_that_stops_answers_what_is_under_way_and_parts() -> None:
    async def script(server: Server, port: int) -> None:
        gateway = await Gateway.greet(port)
        gateway.send(gateway.request(272, gateway.credit(1, 99)))
        await asyncio.sleep(0.01)
        stopping = asyncio.create_task(server.drain(1.0))
        first, second = await gateway.read(), await gateway.read()
        assert (first.command, number(first)) == (272, 2001)
        assert (second.command, second.is_request, second.number("Disconnect-Cause")) == (282, True, 0)
        gateway.send(Message(282, 0, 0, second.hop_by_hop, second.end_to_end, {"Result-Code": [2001]}))
        await stopping
        assert await gateway.reader.read() == b""

    serve(script)


def test_a_silent_peer_is_asked_whether_it_lives() -> None:
    async def script(server: Server, port: int) -> None:
        gateway = await Gateway.greet(port)
        asked = await gateway.read()
        assert (asked.command, asked.is_request, asked.number("Origin-State-Id")) == (280, True, 7)
        # It does not answer: suspected, then given up.
        assert await gateway.reader.read() == b""

    serve(script, tw=0.1)


def test_a_peer_that_began_anew_takes_over_from_its_dead_connection() -> None:
    async def script(server: Server, port: int) -> None:
        first = await Gateway.greet(port, state=1)
        second = await Gateway.connect(port)
        second.send(second.request(257, second.cer(1), application=0))
        assert await second.reader.read() == b""
        third = await Gateway.greet(port, state=2)
        assert await first.reader.read() == b""
        assert number(await third.ask(280, {}, application=0)) == 2001

    serve(script)


def test_a_peer_that_is_withdrawn_is_parted_from() -> None:
    async def script(server: Server, port: int) -> None:
        gateway = await Gateway.greet(port)
        server.follow(Directory())
        asked = await gateway.read()
        assert (asked.command, asked.number("Disconnect-Cause")) == (282, 2)

    serve(script)


def test_we_connect_to_a_peer_and_are_asked_by_it() -> None:
    """One node connects to the other; the requests go both ways."""

    async def script(server: Server, port: int) -> None:
        other = Local("dra.other.example", "other.example", 1)
        seen: list[Message] = []

        async def echo(message: Message, peer: Peer, host: str) -> Message:
            seen.append(message)
            return answer(message, other, Result.SUCCESS)

        them = Server(other, Directory.of([Peer(OURS)]), {(4, 272): echo})
        theirs = await them.listen("127.0.0.1", 0)
        server.follow(Directory.of([Peer("dra.other.example", connect=f"127.0.0.1:{theirs}")]))
        for _ in range(100):
            if server.association("dra.other.example") is not None:
                break
            await asyncio.sleep(0.05)
        request = Message(272, 4, REQUEST | PROXIABLE, fields=Gateway.credit(_gateway(), 1, 0))
        request.fields |= {
            "Origin-Host": [OURS],
            "Origin-Realm": ["linehouse.invalid"],
            "Destination-Realm": ["other.example"],
        }
        assert number(await server.ask("dra.other.example", request, 2.0)) == 2001
        assert [one.text("Origin-Host") for one in seen] == [OURS]
        await them.drain(0.5)

    serve(script, tc=0.1)


def _gateway() -> Gateway:
    return Gateway(asyncio.StreamReader(), None, "x.gw.example")  # type: ignore[arg-type]  # only its fields


def test_over_tls_a_peer_proves_by_its_certificate_who_it_is(certificates: Path) -> None:
    def places(name: str) -> Places:
        return Places(
            "127.0.0.1",
            0,
            OURS,
            certificate=str(certificates / f"{name}.pem"),
            key=str(certificates / f"{name}.key"),
            authorities=str(certificates / "ca.pem"),
        )

    async def script(server: Server, port: int) -> list[int | None]:
        server.require_certificate_names = True
        sealed = await server.listen("127.0.0.1", 0, server_tls(places("node")))
        found = []
        for name in ("gw", "other"):
            gateway = await Gateway.connect(sealed, tls=client_tls(places(name)))
            found.append(number(await gateway.ask(257, gateway.cer(), application=0)))
            if name == "gw":
                found.append(number(await gateway.ask(272, gateway.credit(1, 0))))
        nobody = ssl.create_default_context(cafile=str(certificates / "ca.pem"))
        with pytest.raises((ssl.SSLError, ConnectionError, asyncio.IncompleteReadError)):
            await Gateway.greet(sealed, tls=nobody)
        return found

    assert serve(script, Directory.of([Peer("*.gw.example", tls=True)])) == [2001, 2001, 3010]
