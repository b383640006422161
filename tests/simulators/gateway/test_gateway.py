"""Simulated subscribers: what their network elements ask for, and that every session is ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from linehouse.edge.network.diameter.codec import decode
from linehouse.simulators.gateway.diameter import Answer, DiameterDoor, avp
from linehouse.simulators.gateway.doors import Service, Step, Told, Unanswered, Use, _amount, charging_id
from linehouse.simulators.gateway.people import Person
from linehouse.simulators.gateway.target import Folder, Line, Tally, Target
from tests.conftest import in_own_thread

LINE = Line("31612345678", "204040000000001")


class Door:
    """A door that remembers, and grants so often."""

    def __init__(self, name: str = "diameter", grants: int = 100) -> None:
        self.name = name
        self.grants = grants
        self.asked: list[tuple[str, Step, int]] = []

    async def ask(self, use: Use, step: Step, used: int, wanted: int) -> Told:
        self.asked.append((use.name, step, used))
        if step is Step.FINISH:
            return Told(0, last=True)
        self.grants -= 1
        return Told(wanted) if self.grants >= 0 else Told(0, refusal="4012")

    async def close(self) -> None:
        return


def play(door: Door, sessions: int = 20) -> Tally:
    tally = Tally()

    async def all_of_them() -> None:
        person = Person(LINE, [door], "2026", tally, pace=0)
        for _ in range(sessions):
            await person.once()

    in_own_thread(all_of_them)
    return tally


def test_every_session_that_begins_is_ended() -> None:
    door = Door()
    tally = play(door)
    steps = [step for _, step, _ in door.asked]
    assert steps.count(Step.START) == steps.count(Step.FINISH) == 20
    assert len({name for name, _, _ in door.asked}) == 20
    assert steps.count(Step.UPDATE) > 10
    assert tally == Tally(asked={"diameter": len(steps)})
    # What is reported with the last request of a session is never more than what was granted.
    assert max(used for _, _, used in door.asked) <= 20 * 10**6


def test_who_is_refused_uses_nothing() -> None:
    door = Door(grants=0)
    tally = play(door, 3)
    assert [(step, used) for _, step, used in door.asked] == [(Step.START, 0), (Step.FINISH, 0)] * 3
    assert tally.refused == 3


def test_a_session_whose_update_has_no_answer_is_ended_all_the_same() -> None:
    class Broken(Door):
        async def ask(self, use: Use, step: Step, used: int, wanted: int) -> Told:
            told = await super().ask(use, step, used, wanted)
            if step is Step.UPDATE:
                raise Unanswered("nobody there")
            return told

    door = Broken()
    with pytest.raises(Unanswered):
        play(door)
    assert door.asked[-1][1:] == (Step.FINISH, 0)


def test_amounts_of_the_json_door_are_understood() -> None:
    assert [_amount(text) for text in ("30 s", "1 min 20 s", "2.5 MB", "17 B", "1 sms", "")] == [
        30,
        80,
        2_500_000,
        17,
        1,
        0,
    ]


def test_charging_ids_are_numbers_of_32_bits_of_their_own() -> None:
    made = [charging_id() for _ in range(50)]
    assert len(set(made)) == 50
    assert all(0 < one < 2**32 for one in made)


def test_our_own_codec_reads_what_the_gateway_sends() -> None:
    sent: list[bytes] = []

    class Recorded(DiameterDoor):
        async def _request(self, command: int, application: int, flags: int, body: bytes) -> bytes:
            head = bytes([1]) + (20 + len(body)).to_bytes(3) + bytes([flags]) + command.to_bytes(3)
            sent.append(head + application.to_bytes(4) + bytes(8) + body)
            return avp(268, 2001) + avp(456, avp(268, 2001) + avp(431, avp(421, 5_000)) + avp(430, avp(449, 0)))

    door = Recorded(0, "pgw.live.example", "live.example")
    use = Use(LINE, Service.DATA, "5678-7")
    told = in_own_thread(lambda: door.ask(use, Step.START, 0, 20_000))
    assert (told, use.requests) == (Told(5_000, last=True), 1)
    last = Use(LINE, Service.VOICE, "5678-8", "+12125550123", requests=2)
    in_own_thread(lambda: door.ask(last, Step.FINISH, 61, 0))
    data, voice = map(decode, sent)
    assert (data.fault, voice.fault) == (None, None)
    assert data.fields["Session-Id"] == ["pgw.live.example;5678-7"]
    assert data.fields["Multiple-Services-Credit-Control"] == [
        {"Rating-Group": [10], "Requested-Service-Unit": [{"CC-Total-Octets": [20_000]}]}
    ]
    assert (voice.number("CC-Request-Type"), voice.number("CC-Request-Number")) == (3, 2)
    [information] = voice.fields["Service-Information"]
    assert information == {"IMS-Information": [{"Role-Of-Node": [0], "Called-Party-Address": ["tel:+12125550123"]}]}


def test_a_refusal_of_a_rating_group_is_heard() -> None:
    answer = Answer(avp(268, 2001) + avp(456, avp(268, 4012)))
    assert (answer.result, answer.service_result, answer.granted) == (2001, 4012, 0)


def test_the_files_say_whom_to_charge_and_nobody_else_reads_them(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert (folder.wanted, folder.target(), folder.tally()) == (False, None, Tally())
    folder.want(on=True)
    target = Target(brand="live", token="t", realm="live.example", peer="pgw.live.example", lines=[LINE])
    folder.aim(target)
    folder.count(Tally(asked={"json": 3}))
    again = Folder(tmp_path)
    assert (again.wanted, again.target(), again.tally().asked) == (True, target, {"json": 3})
    assert (tmp_path / "simulators" / "gateway" / "target.json").stat().st_mode & 0o077 == 0
    again.want(on=False)
    again.forget()
    assert (folder.wanted, folder.target()) == (False, None)
