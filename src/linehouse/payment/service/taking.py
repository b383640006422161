"""Money that is taken elsewhere than at the bank: at a counter, or by a provider of card payments."""

from __future__ import annotations

from linehouse.customer import service as customers
from linehouse.kernel.outcome import InvalidFields, Problem
from linehouse.kernel.period import local_date
from linehouse.payment.models import Payment
from linehouse.payment.service.payments import Received, record
from linehouse.payment.service.reading import payment
from linehouse.payment.values import TAKEN_BY, PaymentView, TakePayment
from linehouse.platform.work import Actor, unit_of_work


def take_payment(taken: TakePayment, *, actor: Actor) -> PaymentView:
    """Record money that was taken for an account and set it against what is open, the named invoice first.

    It stands in the journal as `till/<method>` until the bank has it. ``external_id`` is the caller's key: the same
    one again is the same payment. Raises BillingAccountUnknown; InvalidFields for an amount that is not positive or of
    another currency, an unknown method, a payment by card without what authorised it.
    """
    with unit_of_work(actor, f"taken by {taken.method}") as work:
        ref = f"till/{taken.external_id}" if taken.external_id else ""
        if ref and (known := Payment.objects.filter(bank_ref=ref).first()):
            return payment(known.id)
        account = customers.billing_account(taken.billing_account_id)
        problems = []
        if taken.amount.micros <= 0:
            problems.append(
                Problem("payment.amount", "nothing was paid", "amount", str(taken.amount), "more than zero")
            )
        if taken.amount.currency != account.currency:
            problems.append(
                Problem(
                    "payment.currency",
                    "the account has another currency",
                    "amount",
                    taken.amount.currency,
                    account.currency,
                )
            )
        if taken.method not in TAKEN_BY:
            problems.append(
                Problem("payment.method", "money is not taken so", "method", taken.method[:40], ", ".join(TAKEN_BY))
            )
        elif TAKEN_BY[taken.method] and not taken.authorization:
            problems.append(
                Problem(
                    "payment.authorization", "say what authorised it", "authorization", expected="the provider's code"
                )
            )
        if account.state == "closed":
            problems.append(Problem("payment.account_closed", f"{account.number} is closed", "account", account.number))
        if problems:
            raise InvalidFields(tuple(problems))
        row = record(
            Received(
                account.id,
                taken.amount,
                taken.method,
                local_date(work.now, account.zone),
                f"till/{taken.method}",
                reference=taken.reference or taken.authorization,
                bank_ref=ref,
            ),
            taken.invoice_id,
        )
        return payment(row.id)
