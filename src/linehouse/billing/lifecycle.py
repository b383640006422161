"""How a bill run and a customer's bill move. docs/rules/invoice.md explains the arrows."""

from __future__ import annotations

from linehouse.kernel.lifecycle import Lifecycle

RUN = Lifecycle(
    "billing.run",
    states=("draft", "calculating", "calculated", "approved", "posting", "posted", "cancelled"),
    initial="draft",
    transitions=(
        ("draft", "calculating"),
        ("calculating", "calculated"),
        ("calculated", "calculating"),  # parked accounts are tried again
        ("calculated", "approved"),
        ("approved", "posting"),
        ("posting", "posted"),
        ("draft", "cancelled"),
        ("calculating", "cancelled"),
        ("calculated", "cancelled"),
    ),
)
"""A bill run: calculated for review, approved by a person, posted; until it is approved it can be cancelled."""

TASK = Lifecycle(
    "billing.run_account",
    states=("waiting", "billed", "zero", "parked", "excluded"),
    initial=("waiting", "excluded"),
    transitions=(
        ("waiting", "billed"),
        ("waiting", "zero"),
        ("waiting", "parked"),
        ("billed", "parked"),  # its bill could not be posted
        ("parked", "billed"),  # and could, later
        ("parked", "waiting"),
        ("parked", "excluded"),
    ),
)
"""One account in a run: billed, nothing due, failed with a reason, or left out on purpose."""

BILL = Lifecycle(
    "billing.customer_bill",
    states=("new", "onHold", "validated", "sent", "partiallyPaid", "settled"),
    initial="new",
    transitions=(
        ("new", "onHold"),
        ("onHold", "new"),
        ("new", "validated"),
        ("validated", "sent"),
        ("validated", "partiallyPaid"),
        ("validated", "settled"),
        ("sent", "partiallyPaid"),
        ("sent", "settled"),
        ("partiallyPaid", "settled"),
        ("settled", "partiallyPaid"),  # part of the payment was taken back
        ("settled", "sent"),  # the whole payment was taken back
        ("partiallyPaid", "sent"),
    ),
)
"""A bill in the words of TMF678: ``new`` is a draft without a number, ``validated`` is posted, then sent and paid."""

ISSUED = ("validated", "sent", "partiallyPaid", "settled")
"""The states of a bill that has a number."""

RUN_WAITS = "billing.run"
PARKED = "billing.parked_account"
HELD = "billing.held_invoice"
"""The kinds of tasks that runs to approve and post, parked accounts and held invoices are for people."""

CREDIT = Lifecycle(
    "billing.credit",
    states=("given", "reversed"),
    initial="given",
    transitions=(("given", "reversed"),),
)
"""A manual credit: given by a credit note, and taken back by an invoice of the same amount."""
