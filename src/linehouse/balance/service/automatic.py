"""Automatic top-ups: asked for when a balance is low or a day has come, charged to a card, tried again, and stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from linehouse.balance import money_store
from linehouse.balance.errors import AmountNotPossible, MoveUnknown
from linehouse.balance.lifecycle import AUTO_TOP_UP
from linehouse.balance.money_events import AutoTopUpFailed, AutoTopUpSet
from linehouse.balance.money_models import AutoTopUp
from linehouse.balance.money_rules import Method
from linehouse.balance.ports import cards
from linehouse.balance.service.money import line, lock_mains, money_rules, require_amount, today
from linehouse.balance.service.top_up import TopUpRequest, top_up
from linehouse.catalog import service as catalog
from linehouse.kernel.error import DomainError
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import SYSTEM, Actor, current_work, unit_of_work

CHARGE = "balance.charge_card"
LOOK = "balance.look_at_automatic"
"""The jobs that charge a card, and that look whether an automatic top-up is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoRequest:
    """By how much a line tops itself up, and when: below ``threshold``, or on a ``day`` of each month (1 to 28), or
    both. ``token`` is the payment provider's name of the card; empty: the one that is known."""

    line: str
    amount: Money
    threshold: Money | None = None
    day: int | None = None
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoView:
    """An automatic top-up as it stands."""

    subscription: str
    state: str
    amount: Money
    threshold: Money | None
    day: int | None
    failures: int
    again_at: datetime | None
    next_on: date | None
    last_error: str


def set_auto(request: AutoRequest, *, actor: Actor) -> AutoView:
    """Set or change a line's automatic top-up, and switch it on.

    Raises NotFound, LineNotActive, NoMainBalance, AmountNotPossible: outside of the brand's bounds, a threshold that is
    not positive, neither threshold nor day, or no card.
    """
    with unit_of_work(actor, "automatic top-up") as work:
        to = line(request.line)
        main, rules = lock_mains(to)[to.number], money_rules()
        require_amount(request.amount, main.asset, rules.minimum, rules.maximum)
        if request.threshold is not None:
            require_amount(request.threshold, main.asset)
        if request.threshold is None and request.day is None:
            raise AmountNotPossible("it never comes", field="threshold", expected="a threshold, a day, or both")
        if request.day is not None and not 1 <= request.day <= 28:
            raise AmountNotPossible("no such day in every month", field="day", value=request.day, expected="1 to 28")
        row = AutoTopUp.objects.select_for_update().filter(subscription_id=to.id).first()
        if row is None:
            if not request.token:
                raise AmountNotPossible(
                    "nobody pays", field="token", expected="the payment provider's name of the card"
                )
            row = AutoTopUp(
                id=new_id(),
                created_at=work.now,
                subscription_id=to.id,
                subscription=to.number,
                customer_id=to.customer_id,
            )
        elif row.state != "on":
            row.state = AUTO_TOP_UP.require(row.state, "on")
        if request.token:
            row.token = request.token
        row.currency, row.micros = main.asset, request.amount.micros
        row.threshold_micros = request.threshold.micros if request.threshold is not None else None
        row.day, row.next_on = request.day, _next(request.day, today())
        row.failures, row.again_at, row.asked_at, row.last_error = 0, None, None, ""
        row.changed_at = work.now
        row.save()
        _told(row)
        _look_at(row)
        return _view(row)


def stop_auto(number: str, *, actor: Actor, reason: str) -> AutoView:
    """Switch a line's automatic top-up off. Raises MoveUnknown where it has none, IllegalTransition."""
    with unit_of_work(actor, reason or "automatic top-up switched off") as work:
        row = AutoTopUp.objects.select_for_update().filter(subscription=number).first()
        if row is None:
            raise MoveUnknown("the line has no automatic top-up", field="line", value=number)
        row.state, row.changed_at, row.asked_at = AUTO_TOP_UP.require(row.state, "off"), work.now, None
        row.save(update_fields=["state", "changed_at", "asked_at"])
        _told(row)
        return _view(row)


def _told(row: AutoTopUp) -> None:
    emit(
        AutoTopUpSet(
            customer_id=row.customer_id,
            subscription_id=row.subscription_id,
            subscription=row.subscription,
            state=row.state,
            currency=row.currency,
            micros=row.micros,
            threshold_micros=row.threshold_micros,
            day=row.day,
        )
    )


def _next(day: int | None, after: date) -> date | None:
    """The next such day that is not over."""
    if day is None:
        return None
    if after.day <= day:
        return after.replace(day=day)
    first = (after.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first.replace(day=day)


def _look_at(row: AutoTopUp) -> None:
    """Somebody looks at once, and when its day begins."""
    if row.next_on is not None:
        zone = catalog.published().brand.zone
        begins = datetime.combine(row.next_on, time(), zone)
        enqueue(LOOK, {"line": row.subscription}, key=f"{row.subscription}/{row.next_on}", due=begins)
    ask_for_due([row.subscription])


def ask_for_due(numbers: list[str] | None = None) -> int:
    """Have the cards charged of lines whose balance is low or whose day has come, in the surrounding unit of work;
    each is asked once at a time. Returns how many."""
    work = current_work()
    due = money_store.due_automatic(work.now, today(), numbers)
    for row in AutoTopUp.objects.filter(id__in=due):
        row.tries, row.asked_at, row.changed_at = row.tries + 1, work.now, work.now
        row.save(update_fields=["tries", "asked_at", "changed_at"])
        enqueue(CHARGE, {"auto": str(row.id)}, key=f"{row.id}/{row.tries}")
    return len(due)


def poll() -> int:
    """What a worker does every other second: look for low balances. Returns how many charges it asked for."""
    if not AutoTopUp.objects.filter(state="on", asked_at__isnull=True).exists():
        return 0
    with unit_of_work(SYSTEM, "low balances"):
        return ask_for_due()


def charge(auto_id: UUID) -> None:
    """Charge the card and put the money on the line. Safe to repeat: the provider and the top-up know the try by its
    key. Raises RetryLater when the provider did not answer."""
    row = AutoTopUp.objects.get(id=auto_id)
    if row.asked_at is None:
        return
    key, amount = f"auto/{row.id}/{row.tries}", Money(row.micros, row.currency)
    try:
        said = cards().charge(row.token, amount, key)
        why = said.declined
    except DomainError as refusal:
        said, why = None, refusal.message
    if said is None or why:
        _failed(auto_id, row.tries, why)
        return
    try:
        with unit_of_work(SYSTEM, "automatic top-up"):
            top_up(
                TopUpRequest(
                    line=row.subscription,
                    amount=amount,
                    method=Method.CARD,
                    once=key,
                    reference=said.authorization,
                    channel="automatic",
                    free=True,
                    automatic=True,
                ),
                actor=SYSTEM,
            )
            _done(auto_id, row.tries)
    except DomainError as refusal:
        # Only a line that has ended meanwhile: the provider's money is taken back by a person who sees this.
        _failed(auto_id, row.tries, f"charged ({said.authorization}), but {refusal.message}", last=True)


def _done(auto_id: UUID, tries: int) -> None:
    work = current_work()
    row = AutoTopUp.objects.select_for_update().get(id=auto_id)
    if row.tries != tries:
        return
    row.failures, row.asked_at, row.again_at, row.last_error = 0, None, None, ""
    if row.next_on is not None and row.next_on <= today():
        row.next_on = _next(row.day, today() + timedelta(days=1))
        zone = catalog.published().brand.zone
        begins = datetime.combine(row.next_on, time(), zone) if row.next_on else work.now
        enqueue(LOOK, {"line": row.subscription}, key=f"{row.subscription}/{row.next_on}", due=begins)
    row.changed_at = work.now
    row.save()


def _failed(auto_id: UUID, tries: int, why: str, *, last: bool = False) -> None:
    with unit_of_work(SYSTEM, "automatic top-up failed") as work:
        row = AutoTopUp.objects.select_for_update().get(id=auto_id)
        if row.tries != tries or row.asked_at is None:
            return
        rules = money_rules().automatic
        row.failures, row.asked_at, row.last_error = row.failures + 1, None, why[:300]
        row.again_at = None if last or row.failures >= rules.attempts else work.now + rules.again_after
        if row.again_at is None and row.state == "on":
            row.state = AUTO_TOP_UP.require(row.state, "stopped")
        row.changed_at = work.now
        row.save()
        if row.again_at is not None:
            enqueue(LOOK, {"line": row.subscription}, key=f"{row.subscription}/again/{row.tries}", due=row.again_at)
        else:
            _told(row)
        emit(
            AutoTopUpFailed(
                customer_id=row.customer_id,
                subscription_id=row.subscription_id,
                subscription=row.subscription,
                currency=row.currency,
                micros=row.micros,
                failures=row.failures,
                why=why[:300],
                again_at=row.again_at,
            )
        )


def auto_of(subscription_id: UUID) -> AutoView | None:
    """A line's automatic top-up; None where it has none."""
    row = AutoTopUp.objects.filter(subscription_id=subscription_id).first()
    return _view(row) if row is not None else None


def _view(row: AutoTopUp) -> AutoView:
    return AutoView(
        subscription=row.subscription,
        state=row.state,
        amount=Money(row.micros, row.currency),
        threshold=None if row.threshold_micros is None else Money(row.threshold_micros, row.currency),
        day=row.day,
        failures=row.failures,
        again_at=row.again_at,
        next_on=row.next_on,
        last_error=row.last_error,
    )
