"""Every change of a business table is kept: who, when, from what to what, and why."""

from __future__ import annotations

from datetime import date

import pytest
from django.apps import apps
from django.db import DatabaseError

from linehouse.customer.lifecycle import CUSTOMER
from linehouse.customer.service import customer_view, register_customer, suspend_customer
from linehouse.customer.values import CustomerRegistered, RegisterCustomer
from linehouse.party.values import NewIndividual, PostalAddress
from linehouse.platform.audit.service import history
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor
from tests.architecture.test_imports import ROOMS

HOT = {"usage", "balance", "charging", "ledger"}
"""Rooms whose tables are append-only or have a movement table instead of a history."""


def register(given: str, family: str, actor: Actor) -> CustomerRegistered:
    person = NewIndividual(
        given_name=given,
        family_name=family,
        email=f"{given.lower()}@mail.example",
        address=PostalAddress(street1="Lindengracht 7", postcode="1015 KB", city="Amsterdam", country="NL"),
        birth_date=date(1991, 4, 12),
    )
    return register_customer(RegisterCustomer(party=person), actor=actor)


def test_a_change_is_kept_with_actor_and_reason(catalogue: str, actor: Actor) -> None:
    made = register("Fenna", "de Vries", actor)
    suspend_customer(made.customer_id, actor=actor, reason="asked for a pause")
    assert customer_view(made.customer_id).state == "suspended"
    last, first = history("customer.Customer", made.customer_id)
    assert (last.actor, last.reason, last.what) == (actor.name, "asked for a pause", "update")
    assert ("state", "active", "suspended") in last.fields
    assert first.what == "insert"


def test_no_history_row_lacks_its_context(catalogue: str, actor: Actor) -> None:
    register("Joris", "Bakker", actor)
    seen = 0
    for model in apps.get_models():
        if hasattr(model, "pgh_context"):
            seen += model._default_manager.count()
            assert not model._default_manager.filter(pgh_context=None).exists(), model.__name__
    assert seen > 3


def test_every_business_table_is_tracked() -> None:
    untracked = []
    for room in ROOMS:
        if room in HOT or not apps.is_installed(f"linehouse.{room}"):
            continue
        models = list(apps.get_app_config(room).get_models())
        names = {model.__name__ for model in models}
        untracked += [
            f"{room}.{model.__name__}"
            for model in models
            if not hasattr(model, "pgh_context") and f"{model.__name__}Event" not in names and model._meta.managed
        ]
    assert sorted(untracked) == sorted((*APPEND_ONLY, *TASKS))


APPEND_ONLY = (
    "activation.WireExchange",
    "billing.BilledEntry",
    "billing.BilledRecord",
    "billing.InvoiceLine",
    "billing.InvoiceTax",
    "billing.Recognition",
    "billing.Settlement",
    "care.Attachment",
    "care.InteractionItem",
    "catalog.CatalogElement",
    "catalog.CatalogFile",
    "insight.TimelineRow",
    "insight.WhatIfLine",
    "notify.Evidence",
    "notify.SmsPart",
    "party.Consent",
    "resource.Assignment",
)
"""Tables whose rows are facts or periods: they are history themselves; what was earned of a line is in the journal."""

TASKS = ("billing.RunAccount", "resource.VoucherPins")
"""Tables of work to be done, like jobs: what came of it stands in the run's events and in what it made. PINs that wait
for their export have no history, since nothing of them may stay."""


def test_the_database_refuses_a_move_that_no_lifecycle_declares(catalogue: str, actor: Actor) -> None:
    assert not CUSTOMER.permits("active", "sleeping")
    made = register("Ida", "Smit", actor)
    with brand_cursor() as cursor, pytest.raises(DatabaseError):
        cursor.execute("UPDATE customer_customer SET state = 'sleeping' WHERE id = %s", [made.customer_id])
