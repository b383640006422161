"""Whoever may decide a proposal is asked by mail, once; its proposer is not."""

from __future__ import annotations

import pytest

from linehouse.kernel.money import Money
from linehouse.notify.service import messages
from linehouse.notify.service.approvers import ask_deciders, use_desk
from linehouse.party.laws import keys_have_owners
from linehouse.platform.access.models import User
from linehouse.platform.access.service import grant_role
from linehouse.platform.approval import service as approval
from linehouse.platform.approval.service import refuse
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor, unit_of_work


def somebody(brand: str, name: str, *roles: str) -> Actor:
    with realm_scope(CONTROL):
        user = User.objects.create_user(
            f"{name}@robin.example", "a-long-demo-password", name=name.title(), is_staff=True
        )
        for role in roles:
            grant_role(user.id, brand, role)
    return Actor("staff", str(user.id), user.name)


def propose(actor: Actor) -> str:
    with unit_of_work(actor, "test"):
        return approval.propose(
            "payment.refund",
            subject="C-000012",
            changes=(),
            reason="asked for",
            effect=Money.of("30.00", "EUR"),
            payload={},
            actor=actor,
        ).number


@pytest.mark.usefixtures("catalogue")
def test_deciders_are_asked_once_and_the_proposer_is_not(brand: str) -> None:
    use_desk("http://localhost:8080")
    fay = somebody(brand, "fay", "finance")
    somebody(brand, "ann", "admin")
    somebody(brand, "cor", "care")
    number = propose(fay)
    with unit_of_work(fay, "test"):
        assert ask_deciders(number) == 1
        assert ask_deciders(number) == 0
    (mail,) = messages()[0]
    assert (mail.template, mail.recipient_name, mail.channel) == ("approval", "Ann", "email")
    assert f"http://localhost:8080/b/{brand}/approvals/{number}" in mail.text
    assert "Fay stelt voor" in mail.text


@pytest.mark.usefixtures("catalogue")
def test_what_is_decided_is_asked_of_nobody(brand: str) -> None:
    fay, ann = somebody(brand, "fay", "finance"), somebody(brand, "ann", "admin")
    number = propose(fay)
    refuse(number, actor=ann, note="no")
    with unit_of_work(ann, "test"):
        assert ask_deciders(number) == 0


@pytest.mark.usefixtures("catalogue")
def test_who_is_written_to_without_being_a_customer_has_a_key_that_the_laws_know(brand: str) -> None:
    fay = somebody(brand, "fay", "finance")
    somebody(brand, "ann", "admin")
    number = propose(fay)
    with unit_of_work(fay, "test"):
        ask_deciders(number)
    verdict = keys_have_owners()
    assert (verdict.examined, verdict.findings) == (1, ())
    with brand_cursor() as cursor:
        cursor.execute("UPDATE notify_message SET owner_id = gen_random_uuid()")
    assert len(keys_have_owners().findings) == 1
