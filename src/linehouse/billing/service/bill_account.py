"""One account's bill: what is owed less what was billed, with its usage, written as a draft or only looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from linehouse.billing import store
from linehouse.billing.charges import difference, due
from linehouse.billing.cycles import add_months
from linehouse.billing.invoice import Draft, DraftLine, draft, require_adds_up
from linehouse.billing.models import (
    BilledEntry,
    BilledRecord,
    BillRun,
    Charge,
    Invoice,
    InvoiceLine,
    InvoiceTax,
)
from linehouse.billing.ports import usage
from linehouse.billing.service.facts import facts_of
from linehouse.billing.values import AccountFacts, Cut, CutKind, SubscriptionCharge, UsageItem
from linehouse.catalog.values import FirstBill, PriceKind
from linehouse.customer import service as customers
from linehouse.customer.values import BillingAccountView
from linehouse.kernel.ids import new_id
from linehouse.kernel.period import DatePeriod, day_start
from linehouse.platform.work import current_work
from linehouse.rating.values.period_charges import Reading


@dataclass(frozen=True, slots=True)
class Computed:
    """A draft with the rows it came from. ``draft`` is None when nothing is due."""

    account: BillingAccountView
    cut: Cut
    draft: Draft | None
    charges: tuple[Charge, ...]


def compute(
    account: BillingAccountView, cut: Cut, *, only_first_bills: bool = False, with_usage: bool = True
) -> Computed:
    """What a bill with this cut would hold now; nothing is written.

    ``only_first_bills`` takes charges that ask for a bill as soon as they begin and have none yet, and nothing else.
    """
    facts = facts_of(account)
    charges = store.charges_of_account(account.id, cut.until)
    if only_first_bills:
        billed = set(BilledEntry.objects.filter(charge__in=charges).values_list("charge_id", flat=True))
        charges = [row for row in charges if row.first_bill == FirstBill.AT_START and row.id not in billed]
    borne = [store.charge_value(row) for row in charges]
    used = _used(account, facts, cut, borne)
    owed = [item for charge in borne for item in due(charge, facts, cut, used.get(charge.subscription, ()))]
    entries = difference(owed, store.entries_of_charges(charges)).entries
    items = _usage(account, facts, cut) if with_usage and not only_first_bills else []
    made = draft(facts, entries, items) if entries or items else None
    if made is not None:
        require_adds_up(made)
    return Computed(account, cut, made, tuple(charges))


def _used(
    account: BillingAccountView, facts: AccountFacts, cut: Cut, charges: Sequence[SubscriptionCharge]
) -> Mapping[str, Sequence[Reading]]:
    """What was used, by subscription, since the first minimum of the account began; nothing where it has none."""
    since = [charge.start for charge in charges if charge.terms.minimum_of is not None]
    if not since:
        return {}
    days = DatePeriod(min(since), max(cut.until, min(since)))
    found: dict[str, list[Reading]] = {}
    for item in usage().used(account.id, days.instants(facts.zone)):
        found.setdefault(item.subscription, []).append(Reading(item.started_at, item.amount.micros))
    return found


def _usage(account: BillingAccountView, facts: AccountFacts, cut: Cut) -> list[UsageItem]:
    found = usage().unbilled(account.id, day_start(cut.until, facts.zone))
    free = store.unclaimed([item.record_id for item in found])
    return [item for item in found if item.record_id in free]


def write(computed: Computed, run: BillRun | None) -> Invoice | None:
    """Keep the draft, in the surrounding unit of work; None when nothing is due.

    The once-keys of entries and records are claimed here: a second bill of the same period finds them taken.
    """
    made = computed.draft
    if made is None:
        return None
    work = current_work()
    account = computed.account
    period = _period(computed)
    invoice = Invoice(
        id=new_id(),
        created_at=work.now,
        changed_at=work.now,
        kind=made.kind.value,
        run=run,
        customer_id=account.customer_id,
        customer_number=account.customer_number,
        account_id=account.id,
        account_number=account.number,
        cut=computed.cut.until,
        period_start=period.start,
        period_end=period.end,
        currency=account.currency,
        zone=str(account.zone),
        language=account.language,
        payment_days=account.payment_terms_days,
        net_micros=made.net.micros,
        tax_micros=made.tax.micros,
        gross_micros=made.gross.micros,
    )
    invoice.save(force_insert=True)
    _write_lines(invoice, made, computed.charges)
    return invoice


def _period(computed: Computed) -> DatePeriod:
    """The cycle that ends on the cut; for a bill off cycle the days that its lines cover."""
    cut = computed.cut
    if cut.kind is CutKind.CYCLE:
        return DatePeriod(add_months(cut.until, -1, computed.account.cycle_day), cut.until)
    covered = [line.covered for line in computed.draft.lines if line.covered] if computed.draft else []
    return DatePeriod(min(p.start for p in covered), max(p.end for p in covered))


def _write_lines(invoice: Invoice, made: Draft, charges: Sequence[Charge]) -> None:
    by_key = {(row.product_number, store.charge_value(row).key): row for row in charges}
    lines = [(_line(invoice, line), line) for line in made.lines]
    InvoiceLine.objects.bulk_create([row for row, _ in lines])
    InvoiceTax.objects.bulk_create(
        [
            InvoiceTax(
                id=new_id(),
                invoice=invoice,
                position=position,
                code=total.rate.code,
                percent=_percent(total.rate.percent),
                category=total.rate.en16931_category,
                mode=total.mode.value,
                net_micros=total.net.micros,
                tax_micros=total.tax.micros,
            )
            for position, total in enumerate(made.totals, start=1)
        ]
    )
    BilledEntry.objects.bulk_create(
        [_entry(row, line, by_key) for row, line in lines if line.entry is not None], batch_size=500
    )
    BilledRecord.objects.bulk_create(
        [
            BilledRecord(
                record_id=item.record_id,
                line=row,
                amount_micros=item.amount.micros,
                net_micros=item.net.micros,
                clause=item.clause[:300],
            )
            for row, line in lines
            for item in line.usage
        ],
        batch_size=2_000,
    )


def _percent(percent: Fraction) -> Decimal:
    return Decimal(percent.numerator) / Decimal(percent.denominator)


def _line(invoice: Invoice, line: DraftLine) -> InvoiceLine:
    quantity = line.quantity
    return InvoiceLine(
        id=new_id(),
        invoice=invoice,
        number=line.number,
        subscription=line.subscription,
        kind=line.kind.value,
        key=line.key,
        label=dict(line.label),
        exact=str(line.exact),
        amount_micros=line.amount.micros,
        net_micros=line.net.micros,
        accrued_micros=line.accrued.micros,
        mode=line.mode.value,
        tax_code=line.rate.code,
        tax_percent=_percent(line.rate.percent),
        tax_category=line.rate.en16931_category,
        gl=line.gl,
        clause=line.clause,
        covered_start=line.covered.start if line.covered else None,
        covered_end=line.covered.end if line.covered else None,
        quantity=quantity.amount if quantity else None,
        unit=quantity.unit.value if quantity else "",
        records=len(line.usage),
        deferred=line.entry is not None and line.entry.terms.kind is PriceKind.RECURRING,
        explanation=dict(line.entry.explanation) if line.entry else dict(line.facts),
    )


def _entry(row: InvoiceLine, line: DraftLine, by_key: dict[tuple[str, str], Charge]) -> BilledEntry:
    if line.entry is None:
        raise TypeError("a usage line has no entry")
    entry = replace(line.entry, tax_code=line.rate.code)
    return BilledEntry(
        id=new_id(),
        charge=by_key[entry.key.subscription, entry.key.charge],
        line=row,
        subscription=entry.key.subscription,
        charge_key=entry.key.charge,
        period_start=entry.key.period.start,
        period_end=entry.key.period.end,
        revision=entry.key.revision,
        covered_start=entry.covered.start,
        covered_end=entry.covered.end,
        exact=str(entry.exact),
        currency=entry.amount.currency,
        amount_micros=entry.amount.micros,
        reverses=entry.reverses,
        tax_code=entry.tax_code,
        explanation=dict(entry.explanation),
    )


def preview(account_id: UUID, on: date) -> Draft | None:
    """What the account's bill of that local day would hold, by the code that makes the bill; None when nothing is due.

    Usage is what is rated by now. Raises what makes an account be parked.
    """
    return compute(customers.billing_account(account_id), Cut(on)).draft
