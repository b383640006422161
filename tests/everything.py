"""Something of everything that the desk can show: objects of each kind, for tests that walk all screens."""

from __future__ import annotations

from datetime import timedelta

from linehouse.balance import service as balance
from linehouse.balance.money_rules import Method
from linehouse.balance.service import AdjustRequest, TopUpRequest, TransferRequest
from linehouse.billing.service import CreditRequest, give_credit
from linehouse.care.service import record_interaction
from linehouse.care.values import NewAttachment, NewFollowUp, RecordInteraction
from linehouse.catalog import service as catalog
from linehouse.charging import service as charging
from linehouse.customer.service import find_billing_accounts, find_customers
from linehouse.edge.tmf.models import HubDelivery, HubSubscription
from linehouse.insight import service as insight
from linehouse.inventory import service as inventory
from linehouse.inventory.values import MemberKind
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.kernel.period import local_date
from linehouse.party import subject_requests
from linehouse.party.values import RequestKind
from linehouse.payment.service import request_refund
from linehouse.payment.values import RefundRequest
from linehouse.platform.characteristics.service import declare
from linehouse.platform.characteristics.values import Declaration
from linehouse.platform.clock.service import business_now
from linehouse.platform.imports import service as imports
from linehouse.platform.runner import drain
from linehouse.platform.work import SYSTEM, Actor, unit_of_work
from linehouse.platform.worktop.filters import save_filter
from linehouse.platform.worktop.undo import offer_undo
from linehouse.resource import service as resources
from linehouse.resource.vouchers import NewBatch, VoucherKind
from tests.balance.money_house import prepaid_line
from tests.online import charge_online

DECK = b"Destination;Prefix;Rate;Increments;Effective date\nGermany;49;0,01;1/1;2027-01-01\n"


def something_of_everything(actor: Actor) -> None:
    """For a brand with customers and bills: contacts, requests, credits, refunds, groups, listeners, own fields."""
    talk(actor)
    ask_about_data(actor)
    give_back(actor)
    move_money(actor)
    arrange(actor)
    listen(actor)
    imports.receive("numbers", "numbers.csv", b"msisdn\n+31610299999\n", actor=actor)
    catalog.open_draft("Dearer calls", actor=actor)
    catalog.receive_deck("acme", "acme.csv", DECK, actor=actor)
    try_a_plan(actor)
    rate_again(actor)
    charge_online()
    inventory.open_group("acme-fleet", "Fleet of ACME", word="fleet", actor=actor, reason="contract 7")
    customer = find_customers().rows[0]
    inventory.join_group("acme-fleet", MemberKind.CUSTOMER, customer.id, actor=actor, reason="contract 7")
    for entity in ("order", "product", "sim"):
        declare(Declaration(entity=entity, key="remark", label={"": "Remark"}), actor=actor)


def try_a_plan(actor: Actor) -> None:
    """The published plans, tried on the days that have passed."""
    zone = catalog.published().brand.zone
    today = local_date(business_now(), zone)
    wanted = insight.WhatIfRequest(
        name="As it is",
        start=today - timedelta(days=60),
        until=today,
        files=catalog.exported_files(),
        origin="version 1",
    )
    insight.finish_what_if(insight.start_what_if(wanted, actor=actor), actor=actor)


def rate_again(actor: Actor) -> None:
    """The difference that rating the past days again would make."""
    today = local_date(business_now(), catalog.published().brand.zone)
    wanted = charging.RerateRequest(start=today - timedelta(days=60), until=today, reason="To be sure", order="event")
    charging.finish_rerate(charging.plan_rerate(wanted, actor=actor))


def listen(actor: Actor) -> None:
    """A listener with a notification that it did not take."""
    with unit_of_work(actor, "test") as work:
        row = HubSubscription.objects.create(
            api="party",
            client_id=new_id(),
            client_name="CRM",
            scopes=[],
            callback="https://crm.example/hook",
            base_url="http://robin.localhost",
            since_position=0,
            created_at=work.now,
            changed_at=work.now,
        )
        HubDelivery.objects.create(
            id=new_id(),
            subscription=row,
            event_type="IndividualCreateEvent",
            resource="individual",
            resource_id="1",
            body="{}",
            made_at=work.now,
        )


def ask_about_data(actor: Actor) -> None:
    """Somebody wants to see what is known of them."""
    party_id = find_customers().rows[0].party_id
    subject_requests.receive(party_id, RequestKind.ACCESS, channel="letter", actor=actor)


def arrange(actor: Actor) -> None:
    """A saved filter, and an act that can be undone."""
    save_filter("orders", "Held", "state=held", shared=True, actor=actor)
    offer_undo("number.aside", "a number", {"number": "31610200199"}, actor=actor)


def give_back(actor: Actor) -> None:
    """A credit that the house gave, and a refund that somebody else must approve."""
    account = next(row.id for row in find_billing_accounts().rows)
    gross = Money.of("12.10", "EUR")
    wish = CreditRequest(account_id=account, gross=gross, reason_code="goodwill", note="sorry")
    give_credit(wish, actor=SYSTEM)
    drain()
    back = RefundRequest(
        billing_account_id=account, amount=gross, iban="NL91ABNA0417164300", holder="F. de Vries", reason="asked for"
    )
    request_refund(back, actor=actor)


def move_money(actor: Actor) -> None:
    """Money that was put on a line, sent, corrected; and a batch of vouchers that was exported."""
    lines = [prepaid_line(actor, name).number for name in ("Noor", "Daan")]
    drain()
    for place, line in enumerate(lines):
        put = TopUpRequest(line=line, amount=Money.of("30", "EUR"), method=Method.AGENT, once=f"everything/{place}")
        balance.top_up(put, actor=actor)
    balance.transfer(
        TransferRequest(giver=lines[0], receiver=lines[1], amount=Money.of("5", "EUR"), once="everything"), actor=actor
    )
    wish = AdjustRequest(
        bucket_ref=f"{lines[0]}/main", amount=1_000_000, reason_code="goodwill", note="sorry", once="everything"
    )
    balance.adjust(wish, actor=SYSTEM)
    batch = resources.create_batch(
        NewBatch(
            name="Kiosk",
            kind=VoucherKind.PHYSICAL,
            face=Money.of("10", "EUR"),
            count=3,
            expires_at=business_now() + timedelta(days=365),
        ),
        actor=actor,
    )
    drain()
    resources.export_pins(batch.number, resources.Recipient(passphrase="a passphrase of some length"), actor=actor)
    resources.activate_vouchers(batch.number, actor=actor)


def talk(actor: Actor) -> None:
    """A contact with a file and a follow-up."""
    letter = NewAttachment(name="letter.txt", media_type="text/plain", content=b"Please call me.")
    customer = find_customers(limit=1).rows[0].id
    contact = RecordInteraction(
        channel="letter", direction="inbound", topic="bill", state="open", customer_id=customer, attachments=(letter,)
    )
    promised = NewFollowUp(customer_id=customer, text="Call back", due_at=business_now() + timedelta(days=2))
    record_interaction(contact, actor=actor, follow_up=promised)
