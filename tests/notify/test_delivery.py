"""The way of a message: once, by the right channel, with evidence, whatever the other side does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from linehouse.customer import service as customers
from linehouse.customer.values import CustomerRegistered
from linehouse.kernel.money import Money
from linehouse.notify import service as notify
from linehouse.notify.errors import AlreadyOnItsWay, MissingVariable, UnknownTemplate
from linehouse.notify.mailer import Refusal, Unreachable
from linehouse.notify.models import Delivery, Message, SmsPart
from linehouse.notify.service.delivery import deliver
from linehouse.notify.service.writing import TRIES
from linehouse.notify.sms import OutcomeUnknown, Receipt, ReceiptState, Segment, Taken
from linehouse.notify.sms_text import decoded
from linehouse.notify.values import Channel, MessageFilter, Recipient
from linehouse.notify.wording import Value
from linehouse.platform.advance import Advanced
from linehouse.platform.clock.service import business_now
from linehouse.platform.jobs.registry import RetryLater
from linehouse.platform.runner import run_ready
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor, unit_of_work
from linehouse.platform.worklist.reading import task_of
from tests.notify.conftest import LIMIT, FakeCentre, FakeMail, Say, kinds, try_all_again

DRAIN = Callable[[], int]
PRICE: dict[str, Value] = {
    "plan": "Robin SIM Only 20",
    "old_price": Money.of("18", "EUR"),
    "new_price": Money.of("19.50", "EUR"),
    "from": date(2027, 2, 1),
}


def receipt(number: str, state: ReceiptState = ReceiptState.DELIVERED) -> bool:
    return notify.take_receipt(Receipt(number, state, f"stat:{state.value}"))


def test_a_notice_goes_once_in_the_customers_language(
    say: Say, mails: FakeMail, drain: DRAIN, jane: CustomerRegistered, actor: Actor
) -> None:
    made = say("price-change", variables=PRICE)
    with unit_of_work(actor, "again"):
        assert notify.send_notice("price-change", key="1", customer_id=jane.customer_id, variables=PRICE) is None
    drain()
    (mail,) = mails.sent
    assert mail.recipient == "jane@mail.example"
    assert mail.subject == "De prijs van Robin SIM Only 20 verandert op 1 feb 2027"
    assert "van €\xa018,00 naar €\xa019,50 per maand" in mail.text
    assert "#b3261e" in mail.html
    assert "Robin Mobile B.V., Vogelkade 12" in mail.html
    view = notify.message(made)
    assert (view.state, view.evidence, view.recipient_masked) == ("completed", "250 2.0.0 kept as 1", "j…@mail.example")
    assert view.message_class == "legal"
    assert kinds(made) == ["written", "accepted"]
    assert [one.state for one in notify.ways_of(made)] == ["accepted", "skipped"]


def test_words_and_addresses_are_encrypted(say: Say, mails: FakeMail, drain: DRAIN, actor: Actor) -> None:
    say("price-change", variables=PRICE)
    with unit_of_work(actor, "to somebody"):
        notify.send_notice(
            "approval",
            key="a",
            to=Recipient(name="Kim de Boer", email="kim@robin.example"),
            variables={"subject": "x", "proposer": "Ada", "link": "https://robin.example/"},
        )
    drain()
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT notify_message::text || coalesce(notify_delivery::text, '') FROM notify_message "
            "JOIN notify_delivery ON notify_delivery.message_id = notify_message.id"
        )
        stored = "".join(row[0] for row in cursor.fetchall())
    for word in ("Jane", "Lamborgizzia", "jane@", "kim@", "Kim de Boer", "verandert"):
        assert word not in stored
    assert [mail.recipient for mail in mails.sent] == ["jane@mail.example", "kim@robin.example"]


def test_what_is_missing_is_told_at_once(say: Say, jane: CustomerRegistered) -> None:
    with pytest.raises(MissingVariable, match="new_price"):
        say("price-change", variables={"plan": "x"})
    with pytest.raises(UnknownTemplate, match="no notice"):
        say("nonsense")
    with pytest.raises(UnknownTemplate, match="no words"):
        say("payment", variables={"amount": "1 EUR"}, channels=["sms"])


def test_a_long_sms_goes_in_parts_and_completes_with_its_last_receipt(
    say: Say, centre: FakeCentre, drain: DRAIN
) -> None:
    made = say("spending-limit", variables=LIMIT, channels=["sms"])
    drain()
    assert [(one.number, one.total, one.recipient, one.sender) for one in centre.sent] == [
        (1, 1, "+31612345678", "robin")
    ]
    text = "Robin Mobile: je hebt 80 % van je limiet van € 50,00 verbruikt. Bij 100 % stopt de dienst, tenzij je"
    assert decoded(centre.sent[0].octets, gsm=centre.sent[0].is_gsm).startswith(text)
    assert notify.message(made).state == "inProgress"
    assert receipt("c-1")
    assert notify.message(made).state == "completed"
    two = say("price-change", "2", variables=PRICE | {"plan": "Robin " * 15}, channels=["sms"])
    drain()
    assert [(one.number, one.total, one.is_gsm) for one in centre.sent[1:]] == [(1, 2, True), (2, 2, True)]
    assert centre.sent[1].reference == centre.sent[2].reference
    receipt("c-3")
    assert notify.message(two).state == "inProgress"
    receipt("c-2")
    assert notify.message(two).state == "completed"


def test_a_receipt_counts_once_and_a_strangers_not_at_all(say: Say, centre: FakeCentre, drain: DRAIN) -> None:
    made = say("spending-limit", variables=LIMIT, channels=["sms"])
    drain()
    assert not receipt("nobody")
    assert not receipt("")
    assert receipt("c-1", ReceiptState.UNDERWAY)
    assert notify.message(made).state == "inProgress"
    receipt("c-1")
    receipt("c-1")
    receipt("c-1", ReceiptState.FAILED)
    assert notify.message(made).state == "completed"
    assert kinds(made) == ["written", "submitted", "accepted", "receipt", "receipt", "repeated", "receipt"]


def test_a_failed_sms_falls_back_to_mail(
    say: Say, centre: FakeCentre, mails: FakeMail, drain: DRAIN, events: Callable[[], list[str]]
) -> None:
    made = say("spending-limit", variables=LIMIT)
    drain()
    assert mails.sent == []
    events()
    receipt("c-1", ReceiptState.FAILED)
    drain()
    assert [mail.subject for mail in mails.sent] == ["80 % van je limiet is verbruikt"]
    view = notify.message(made)
    assert (view.state, view.channel) == ("completed", "email")
    assert [one.state for one in notify.ways_of(made)] == ["failed", "accepted"]
    assert "fallback" in kinds(made)
    assert events() == ["notify.message.completed"]
    receipt("c-1")
    assert [one.state for one in notify.ways_of(made)] == ["delivered", "accepted"]


def test_a_refused_legal_notice_waits_for_a_person_until_it_is_through(
    say: Say, centre: FakeCentre, mails: FakeMail, drain: DRAIN, actor: Actor
) -> None:
    centre.raises = [Refusal("ESME_RINVDSTADR")]
    mails.raises = [Refusal("550 5.1.1 no such mailbox <jane@mail.example>")]
    made = say("spending-limit", variables=LIMIT, subject_ref="S-000001")
    drain()
    view = notify.message(made)
    assert (view.state, view.evidence) == ("failed", "550 5.1.1 no such mailbox <j…@mail.example>")
    task = task_of("notify.undelivered", str(made))
    assert task is not None
    assert (task.state, task.subject, task.reason) == ("open", "spending-limit S-000001", view.evidence)
    notify.send_again(made, actor=actor, reason="number corrected")
    drain()
    receipt("c-1")
    assert notify.message(made).state == "completed"
    settled = task_of("notify.undelivered", str(made))
    assert settled is not None
    assert settled.state == "done"


def test_a_busy_server_is_tried_again_and_then_the_next_channel(say: Say, mails: FakeMail, centre: FakeCentre) -> None:
    mails.raises = [Unreachable("451 try again later")] * TRIES
    made = say("price-change", variables=PRICE)
    run_ready()
    assert notify.message(made).state == "inProgress"
    for _ in range(TRIES):
        try_all_again()
    assert kinds(made) == ["written", *["put-off"] * (TRIES - 1), "failed", "fallback", "submitted", "accepted"]
    assert mails.sent == []
    assert len(centre.sent) == 1
    assert notify.ways_of(made)[0].reason == f"given up after {TRIES} attempts: 451 try again later"


def test_without_an_sms_centre_it_goes_by_mail(say: Say, mails: FakeMail, drain: DRAIN) -> None:
    made = say("spending-limit", variables=LIMIT)
    drain()
    assert next(one.reason for one in notify.ways_of(made)) == "notify.no_sms_centre"
    assert notify.message(made).state == "completed"


def test_without_a_number_it_goes_by_mail(
    say: Say, centre: FakeCentre, mails: FakeMail, drain: DRAIN, jane: CustomerRegistered, actor: Actor
) -> None:
    customers.update_customer(jane.customer_id, {"phone": ""}, actor=actor, reason="gone")
    made = say("spending-limit", variables=LIMIT)
    drain()
    assert notify.ways_of(made)[0].reason == "notify.no_address"
    assert len(mails.sent) == 1


def test_a_centre_without_numbers_gives_no_receipts(say: Say, centre: FakeCentre, drain: DRAIN) -> None:
    centre.numbered = False
    made = say("spending-limit", variables=LIMIT, channels=["sms"])
    drain()
    assert notify.message(made).state == "completed"


def test_silence_of_the_handset(
    say: Say, centre: FakeCentre, mails: FakeMail, drain: DRAIN, advance: Callable[..., Advanced]
) -> None:
    legal = say("spending-limit", variables=LIMIT)
    service = say("log-in", variables={"at": business_now(), "device": "x"}, channels=["sms", "email"])
    drain()
    advance(business_now() + timedelta(hours=47))
    assert {notify.message(legal).state, notify.message(service).state} == {"inProgress"}
    advance(business_now() + timedelta(hours=2))
    assert (notify.message(legal).state, notify.message(legal).channel) == ("completed", "email")
    assert (notify.message(service).state, notify.message(service).channel) == ("completed", "sms")
    assert len(mails.sent) == 1
    assert "no-receipt" in kinds(service)


def test_when_nobody_knows_whether_it_was_taken(say: Say, centre: FakeCentre, mails: FakeMail) -> None:
    """A legal notice is sent again; any other is not, and somebody may."""
    centre.raises = [OutcomeUnknown("no answer to submit_sm"), OutcomeUnknown("no answer to submit_sm")]
    legal = say("spending-limit", variables=LIMIT)
    service = say("log-in", variables={"at": business_now(), "device": "x"}, channels=["sms"])
    run_ready()
    assert notify.message(service).state == "failed"
    assert notify.message(legal).state == "inProgress"
    try_all_again()
    assert len(centre.sent) == 1
    assert [one.state for one in notify.ways_of(service)] == ["unknown"]
    assert "unknown" in kinds(legal)


@pytest.mark.parametrize(("name", "sent", "state"), [("spending-limit", 1, "inProgress"), ("log-in", 0, "failed")])
def test_a_process_that_was_killed_while_it_handed_an_sms_over(
    say: Say, centre: FakeCentre, actor: Actor, name: str, sent: int, state: str
) -> None:
    variables = LIMIT if name == "spending-limit" else {"at": business_now(), "device": "x"}
    made = say(name, variables=variables, channels=["sms"])
    with unit_of_work(actor, "as a process that was killed would leave it"):
        row = Message.objects.get(id=made)
        row.state = "inProgress"
        row.save()
        delivery = Delivery.objects.get(message=row)
        delivery.state = "submitting"
        delivery.save()
        now = business_now()
        part = SmsPart.objects.create(created_at=now, changed_at=now, delivery=delivery, number=1)
        part.state = "submitting"
        part.save()
    run_ready()
    assert (len(centre.sent), notify.message(made).state) == (sent, state)


def test_a_process_that_was_killed_while_it_handed_a_mail_over(say: Say, mails: FakeMail, actor: Actor) -> None:
    made = say("price-change", variables=PRICE)
    with unit_of_work(actor, "as a process that was killed would leave it"):
        row = Message.objects.get(id=made)
        row.state = "inProgress"
        row.save()
        delivery = Delivery.objects.get(message=row, position=0)
        delivery.state = "submitting"
        delivery.save()
    run_ready()
    assert [mail.message_id for mail in mails.sent] == [row.message_id]
    assert kinds(made) == ["written", "unknown", "accepted"]


def test_a_mail_that_comes_back_goes_by_sms(say: Say, mails: FakeMail, centre: FakeCentre, drain: DRAIN) -> None:
    made = say("price-change", variables=PRICE)
    drain()
    identity = mails.sent[0].message_id
    assert not notify.take_bounce("<nobody@example.org>", "5.1.1", for_good=True)
    assert notify.take_bounce(identity, "4.4.1 delayed", for_good=False)
    assert notify.message(made).state == "completed"
    assert notify.take_bounce(identity, "5.1.1 no such user", for_good=True)
    drain()
    assert notify.message(made).state == "inProgress"
    assert centre.sent
    for number in range(1, len(centre.sent) + 1):
        receipt(f"c-{number}")
    assert (notify.message(made).state, notify.message(made).channel) == ("completed", "sms")


def test_what_waits_can_be_changed_and_cancelled(
    say: Say, mails: FakeMail, drain: DRAIN, advance: Callable[..., Advanced], actor: Actor
) -> None:
    later = business_now() + timedelta(days=1)
    made = say("price-change", variables=PRICE, due=later)
    other = say("price-change", "2", variables=PRICE, due=later)
    drain()
    assert {notify.message(made).state, notify.message(other).state} == {"initial"}
    notify.change_message(made, text="Andere tekst", subject="Ander onderwerp", actor=actor)
    notify.cancel_message(other, actor=actor, reason="a mistake")
    advance(later)
    assert [(mail.subject, mail.text) for mail in mails.sent] == [("Ander onderwerp", "Andere tekst")]
    assert notify.message(other).state == "cancelled"
    with pytest.raises(AlreadyOnItsWay):
        notify.change_message(made, text="x", actor=actor)


def test_lists_are_narrowed(say: Say, mails: FakeMail, centre: FakeCentre, drain: DRAIN) -> None:
    say("price-change", variables=PRICE)
    say("spending-limit", variables=LIMIT, subject_ref="S-000001")
    drain()
    for wanted, count in (
        (MessageFilter(), 2),
        (MessageFilter(channel="sms"), 1),
        (MessageFilter(message_class="marketing"), 0),
        (MessageFilter(state="completed"), 1),
        (MessageFilter(search="S-0000"), 1),
        (MessageFilter(template="price-change"), 1),
    ):
        rows, total = notify.messages(wanted)
        assert (len(rows), total) == (count, count)


def test_a_retry_is_asked_of_the_runner(say: Say, mails: FakeMail) -> None:
    mails.raises = [Unreachable("451")]
    made = say("price-change", variables=PRICE)
    with pytest.raises(RetryLater):
        deliver(made)
    assert Channel(notify.message(made).channel) is Channel.EMAIL


LONG = {**PRICE, "plan": "Robin " * 15}


def test_only_what_did_not_arrive_is_sent_again(say: Say, centre: FakeCentre, drain: DRAIN, actor: Actor) -> None:
    made = say("price-change", variables=LONG, channels=["sms"])
    drain()
    receipt("c-2")
    receipt("c-1", ReceiptState.FAILED)
    assert notify.message(made).state == "failed"
    notify.send_again(made, actor=actor, reason="the handset is on again")
    drain()
    assert [one.number for one in centre.sent] == [1, 2, 1]
    assert [one.state for one in notify.ways_of(made)] == ["accepted"]
    receipt("c-3")
    assert notify.message(made).state == "completed"


@pytest.mark.parametrize(("state", "expected"), [("delivered", "completed"), ("failed", "failed")])
def test_a_receipt_that_comes_while_the_next_segment_is_handed_over(
    say: Say, centre: FakeCentre, drain: DRAIN, monkeypatch: pytest.MonkeyPatch, state: str, expected: str
) -> None:
    plain = FakeCentre.submit

    def submit(self: FakeCentre, segment: Segment) -> Taken:
        if segment.number == 2:
            receipt("c-1", ReceiptState(state))
        return plain(self, segment)

    monkeypatch.setattr(FakeCentre, "submit", submit)
    made = say("price-change", variables=LONG, channels=["sms"])
    drain()
    receipt("c-2")
    assert notify.message(made).state == expected


def test_a_mail_that_came_back_was_not_delivered(say: Say, mails: FakeMail, drain: DRAIN) -> None:
    made = say("privacy-answer", variables={"request": "DSR-1", "answer": "Attached."})
    drain()
    assert notify.message(made).sent_at is not None
    notify.take_bounce(mails.sent[0].message_id, "5.1.1", for_good=True)
    assert (notify.message(made).state, notify.message(made).sent_at) == ("failed", None)
