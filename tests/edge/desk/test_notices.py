"""Templates, rules of contact, consents and messages at the desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.edge.desk.conftest import Staff, text_of

from linehouse.customer import service as customers
from linehouse.notify import service as notify
from linehouse.notify.values import Channel, MessageFilter

PLACE = "messages/templates/log-in/sms/en"


@pytest.fixture
def fenna(ada: Staff) -> str:
    """A customer; her number."""
    ada.register(phone="+31612345678")
    (row,) = customers.find_customers().rows
    return row.number


def test_a_template_from_draft_to_an_older_version(ada: Staff) -> None:
    assert "Part of the spending limit is used" in text_of(ada.get("messages/templates"))
    page = text_of(ada.get("messages/templates/log-in"))
    assert "{device} text Firefox on Linux" in page
    ada.post(PLACE, {"text": "One {device}"})
    assert "Draft" in text_of(ada.get(PLACE))
    ada.post(f"{PLACE}/publish")
    ada.post(PLACE, {"text": "Two {device}", "publish": "1"})
    ada.post(f"{PLACE}/restore", {"number": "1"})
    found = notify.wording_in_use("log-in", Channel.SMS, "en")
    assert found is not None
    assert (found.number, found.wording.text) == (3, "One {device}")
    assert "back to version 1" in text_of(ada.get(PLACE))
    ada.post(PLACE, {"text": "Three"})
    ada.post(f"{PLACE}/discard")
    assert notify.draft("log-in", Channel.SMS, "en") is None
    for strange in ("log-in/sms/xx", "log-in/fax/en", "nonsense/sms/en"):
        assert ada.get(f"messages/templates/{strange}").status_code in {400, 404}


def test_the_preview_says_what_is_wrong_and_runs_nothing(ada: Staff) -> None:
    mail = "messages/templates/log-in/email/en/preview"
    wrong = text_of(ada.post(mail, {"subject": "S", "text": "{nonsense}"}))
    assert "the notice declares no variable nonsense" in wrong
    page = ada.post(mail, {"subject": "S", "text": "<b>{name}</b>", "html": '<p style="color:red">Hi</p>'})
    body = page.content.decode()
    assert "&lt;b&gt;Jane" in body
    assert 'srcdoc="&lt;p&gt;Hi&lt;/p&gt;"' in body
    assert "No such customer" in text_of(ada.post(mail, {"subject": "S", "text": "x", "as_customer": "C-999999"}))


def test_a_notice_is_declared(ada: Staff) -> None:
    given = {"key": "spring", "title": "Spring", "message_class": "marketing", "channels": ["sms"]}
    wrong = text_of(ada.post("messages/templates/new", given | {"variables": "percent many 10"}))
    assert "Expected: a name, one of" in wrong or "expected: a name, one of" in wrong
    ada.post("messages/templates/new", given | {"variables": "percent number 10"})
    assert "Write it" in text_of(ada.get("messages/templates/spring"))


def test_rules_of_contact(ada: Staff) -> None:
    rules = {"for_channel": "sms", "quiet_from": "21:00", "quiet_until": "08:00", "zone_of": "brand", "cap": "1"}
    ada.post("messages/rules", rules | {"cap_days": "30", "hold_hours": "12", "receipt_hours": "24", "reason": "calm"})
    found = notify.rules_of(Channel.SMS)
    assert (str(found.quiet_from), found.cap, found.cap_days, found.zone_of) == ("21:00:00", 1, 30, "brand")
    half = rules | {"quiet_until": "", "cap_days": "30", "hold_hours": "12", "receipt_hours": "24", "reason": "x"}
    assert "Quiet hours need a begin and an end" in text_of(ada.post("messages/rules", half))


def test_a_consent_needs_evidence(ada: Staff, fenna: str) -> None:
    said = {"purpose": "marketing", "given": "yes", "source": "desk"}
    assert "A consent needs evidence" in text_of(ada.post(f"customers/{fenna}/consent", said))
    ada.post(f"customers/{fenna}/consent", said | {"evidence": "call 7"})
    assert "call 7" in text_of(ada.get(f"customers/{fenna}?tab=reach"))
    ada.post(f"customers/{fenna}/preference", {"channels": "sms,email"})
    assert notify.preference(customers.customer_by_number(fenna).id).channels == (Channel.SMS, Channel.EMAIL)


def test_a_message_by_hand_is_sent_once(ada: Staff, fenna: str, log_in: Callable[..., Staff]) -> None:
    page = f"customers/{fenna}/message"
    given = {"notice": "spending-limit", "v_percent": "80", "v_limit": "50.00 EUR", "channel": "", "once": "o-1"}
    assert "you have used 80 % of your limit of €50.00" in text_of(ada.post(page, given))
    assert notify.messages()[1] == 0
    wrong = text_of(ada.post(page, given | {"v_limit": "fifty", "send": "1"}))
    assert "an amount such as 27.95 EUR" in wrong
    for _ in range(2):
        ada.post(page, given | {"send": "1"})
    rows, total = notify.messages(MessageFilter(channel="sms"))
    assert total == 1
    shown = text_of(log_in("care", name="Kim").get(f"messages/{rows[0].id}"))
    assert "Legal" in shown
    assert "legal; sms in en (version 0), then email in en (version 0); by Ada Example" in shown
    ada.post(f"messages/{rows[0].id}/cancel")
    assert notify.message(rows[0].id).state == "cancelled"
