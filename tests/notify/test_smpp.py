"""Our session with an SMS centre over SMPP 3.4, against the simulated centre, which has code of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linehouse.edge.partner.sms import session as sessions
from linehouse.edge.partner.sms.address import SmppAddress
from linehouse.edge.partner.sms.centre import SmppCentre
from linehouse.edge.partner.sms.receipts import is_receipt, read_receipt
from linehouse.edge.partner.sms.session import Session
from linehouse.kernel.error import Invalid
from linehouse.notify.mailer import Refusal, Unreachable
from linehouse.notify.sms import OutcomeUnknown, Receipt, ReceiptState, Segment
from linehouse.notify.sms_text import segmented
from linehouse.simulators.sms_centre.faults import Fault
from linehouse.simulators.sms_centre.server import SmsCentre

NUMBER = "+31612345678"


def until(true: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for something that another thread does."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


class Line:
    """A centre, our session with it, and the receipts that came."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.receipts: list[Receipt] = []
        self.known: Callable[[Receipt], bool] = lambda _: True
        self.smsc = SmsCentre(folder, 0, "robin", "secret")
        self.smsc.start()
        self.session = self.connect()
        self.centre = SmppCentre(self.session)

    def connect(self, options: str = "timeout=2") -> Session:
        url = f"smpp://robin:secret@127.0.0.1:{self.smsc.port}?{options}"
        return Session(SmppAddress.parse(url), self.take)

    def take(self, receipt: Receipt) -> bool:
        self.receipts.append(receipt)
        return self.known(receipt)

    def say(self, text: str, reference: int = 7) -> list[str]:
        cut = segmented(text)
        return [
            self.centre.submit(Segment("robin", NUMBER, octets, cut.is_gsm, number, cut.count, reference)).centre_id
            for number, octets in enumerate(cut.segments, 1)
        ]


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    made = Line(tmp_path)
    yield made
    made.session.stop()
    made.smsc.stop()


@pytest.mark.parametrize("text", ["Tot zo: 5 € @ [Robin] ~ Größe", "a" * 400, "Привет 🐦 " * 20, "€" * 200])
def test_a_text_arrives_as_it_was_written(line: Line, text: str) -> None:
    numbers = line.say(text)
    (arrived,) = line.smsc.handsets.texts()
    assert (arrived.text, arrived.recipient, arrived.sender) == (text, NUMBER, "robin")
    assert (arrived.parts, arrived.missing) == (len(numbers), 0)
    until(lambda: len(line.receipts) == len(numbers))
    assert {receipt.centre_id for receipt in line.receipts} == set(numbers)
    assert {receipt.state for receipt in line.receipts} == {ReceiptState.DELIVERED}


def test_transmitter_and_receiver_instead_of_a_transceiver(line: Line) -> None:
    line.session.stop()
    line.session = line.connect("bind=pair&timeout=2")
    line.centre = SmppCentre(line.session)
    (number,) = line.say("pair")
    until(lambda: line.receipts)
    assert line.receipts[0].centre_id == number


def test_a_slower_pace_is_kept_when_asked_for(line: Line) -> None:
    line.smsc.faults.order(Fault.THROTTLED, 2)
    began = time.monotonic()
    line.say("hello")
    assert time.monotonic() - began >= 0.7
    assert len(line.smsc.handsets.texts()) == 1
    line.smsc.faults.order(Fault.THROTTLED, 100)
    with pytest.raises(Unreachable, match="0x00000058 Throttling error"):
        line.say("hello")


def test_a_refusal_is_the_last_word(line: Line) -> None:
    line.smsc.faults.order(Fault.REJECTED, 1)
    with pytest.raises(Refusal, match="0x0000000b"):
        line.say("hello")
    assert line.say("hello")


def test_without_an_answer_nobody_knows_and_the_session_binds_again(line: Line) -> None:
    line.smsc.faults.order(Fault.NO_ANSWER, 1)
    with pytest.raises(OutcomeUnknown, match="broke before the answer"):
        line.say("first")
    line.smsc.faults.order(Fault.SLOW, 1)
    with pytest.raises(OutcomeUnknown, match="in time"):
        line.say("second")
    line.say("third")
    assert [one.text for one in line.smsc.handsets.texts()] == ["third", "second", "first"]
    until(lambda: len(line.receipts) == 3)


def test_undelivered_lost_and_repeated_receipts(line: Line) -> None:
    line.smsc.faults.order(Fault.UNDELIVERED, 1)
    line.say("not delivered")
    until(lambda: line.receipts)
    assert line.receipts.pop().words.startswith("stat:UNDELIV err:001 done:")
    line.smsc.faults.order(Fault.LOST_RECEIPT, 1)
    line.say("lost")
    line.smsc.faults.order(Fault.DUPLICATE_RECEIPT, 1)
    line.say("twice")
    until(lambda: len(line.receipts) == 2)
    time.sleep(0.5)
    assert len({receipt.centre_id for receipt in line.receipts}) == 1
    assert len(line.receipts) == 2


def test_a_receipt_that_is_faster_than_we_are_is_brought_again(line: Line) -> None:
    line.known = lambda _: len(line.receipts) > 2
    line.say("quick")
    until(lambda: len(line.receipts) == 3)
    until(lambda: [one.receipt for one in line.smsc.handsets.all()] == ["receipt taken"])


def test_a_strangers_receipt_is_given_up(line: Line) -> None:
    line.known = lambda _: False
    line.say("stranger")
    until(lambda: [one.receipt for one in line.smsc.handsets.all()] == ["receipt taken"])
    assert len(line.receipts) == sessions.STRANGERS_PATIENCE


def test_receipts_wait_for_us(line: Line) -> None:
    line.say("while we are away")
    line.session.stop()
    until(lambda: not line.smsc._sessions)
    taken = len(line.receipts)
    line.session = line.connect()
    line.session.start()
    until(lambda: line.receipts)
    assert taken + len(line.receipts) >= 1


def test_a_centre_that_is_away_or_refuses_us(line: Line, tmp_path: Path) -> None:
    wrong = Session(SmppAddress.parse(f"smpp://robin:wrong@127.0.0.1:{line.smsc.port}?timeout=1"), line.take)
    with pytest.raises(Unreachable, match="Invalid Password"):
        SmppCentre(wrong).submit(Segment("robin", NUMBER, b"x", is_gsm=True, number=1, total=1, reference=0))
    wrong.stop()
    line.session.stop()
    port = line.smsc.port
    line.smsc.stop()
    away = Session(SmppAddress.parse(f"smpp://robin:secret@127.0.0.1:{port}?timeout=1"), line.take)
    with pytest.raises(Unreachable, match=f"127.0.0.1:{port}"):
        SmppCentre(away).submit(Segment("robin", NUMBER, b"x", is_gsm=True, number=1, total=1, reference=0))
    again = SmsCentre(line.folder, port, "robin", "secret")
    again.start()
    until(lambda: away.is_bound)
    away.stop()
    again.stop()


def test_a_link_without_life_is_given_up(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "ENQUIRE_SECONDS", 0)
    line.session.start()
    until(lambda: line.session.is_bound)
    time.sleep(1.5)
    assert line.session.is_bound
    for one in list(line.smsc._sessions):
        monkeypatch.setattr(one, "_serve", lambda *_: True)
    until(lambda: not line.session.is_bound)
    monkeypatch.undo()
    until(lambda: line.session.is_bound)


def test_many_submit_at_a_time(line: Line) -> None:
    numbers: list[str] = []
    threads = [threading.Thread(target=lambda: numbers.extend(line.say("many"))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(numbers)) == 20
    until(lambda: len(line.receipts) == 20)


@pytest.mark.parametrize(
    ("text", "state", "words"),
    [
        (b"id:0A1B sub:001 dlvrd:001 submit date:2611010900 done date:2611010901 stat:DELIVRD err:000 text:Hi",
         ReceiptState.DELIVERED, "stat:DELIVRD done:2611010901"),
        (b"id:0A1B stat:REJECTD err:0a2", ReceiptState.FAILED, "stat:REJECTD err:0a2"),
        (b"ID:0A1B STAT:enroute", ReceiptState.UNDERWAY, "stat:ENROUTE"),
        (b"id:0A1B stat:EXPIRED", ReceiptState.FAILED, "stat:EXPIRED"),
    ],
)  # fmt: skip
def test_receipts_are_read(text: bytes, state: ReceiptState, words: str) -> None:
    assert read_receipt(text) == Receipt("0A1B", state, words)


def test_tlvs_count_more_than_the_text() -> None:
    found = read_receipt(b"id:1 stat:DELIVRD", "0A1B", 8)
    assert found == Receipt("0A1B", ReceiptState.FAILED, "stat:REJECTD")
    assert read_receipt(b"something else") is None
    assert read_receipt(b"id:1 stat:NONSENSE") is None
    assert (is_receipt(0x04), is_receipt(0x44), is_receipt(0x00), is_receipt(0x08)) == (True, True, False, False)


def test_the_address_of_a_centre() -> None:
    found = SmppAddress.parse("smpps://robin:s%3Acret@smsc.example:3550?system_type=VMA&bind=pair&sender=Robin")
    assert (found.host, found.port, found.system_id, found.password) == ("smsc.example", 3550, "robin", "s:cret")
    assert (found.tls, found.pair, found.system_type, found.sender) == (True, True, "VMA", "Robin")
    assert "cret" not in repr(found)
    for wrong in ("smsc.example", "http://x", "smpp://h:99999", "smpp://h?nonsense=1", "smpp://h?bind=both"):
        with pytest.raises(Invalid) as refused:
            SmppAddress.parse(wrong)
        assert "smpp://system_id" in refused.value.expected
