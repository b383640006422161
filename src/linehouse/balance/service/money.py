"""What top-ups, transfers and adjustments share: the brand's rules, lines, and one way to move money in buckets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError

from linehouse.balance import money_store, store
from linehouse.balance.errors import AmountNotPossible, LineNotActive, NoMainBalance, TooLittleLeft
from linehouse.balance.money_models import MoneyFile
from linehouse.balance.money_rules import MoneyRules
from linehouse.balance.money_text import read_money
from linehouse.balance.service.renewing import money_came
from linehouse.balance.service.watching import look_at
from linehouse.balance.store import Moved
from linehouse.balance.values import BucketView, MovementKind
from linehouse.catalog import service as catalog
from linehouse.inventory import service as inventory
from linehouse.inventory.values import ProductView
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.kernel.period import local_date
from linehouse.platform.work import Actor, current_work, unit_of_work


def money_rules() -> MoneyRules:
    """What the brand says about money now; the usual where it has said nothing."""
    row = MoneyFile.objects.order_by("-version").first()
    return read_money(row.text) if row is not None else MoneyRules(currency=catalog.published().brand.currency)


def money_file() -> str:
    """The text of the file that holds; empty where none does."""
    row = MoneyFile.objects.order_by("-version").first()
    return row.text if row is not None else ""


def apply_money_file(text: str, *, actor: Actor) -> int:
    """Bring the brand to a file about money; returns its version. The same text again changes nothing.

    Raises MoneyFileInvalid.
    """
    read_money(text)
    with unit_of_work(actor, "rules about money") as work:
        last = MoneyFile.objects.select_for_update().order_by("-version").first()
        if last is not None and last.text == text:
            return last.version
        row = MoneyFile(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            version=1 if last is None else last.version + 1,
            text=text,
            applied_by=actor.name[:200],
        )
        row.save(force_insert=True)
        return row.version


def today() -> date:
    """The brand's local day of the surrounding unit of work."""
    return local_date(current_work().now, catalog.published().brand.zone)


def line(number: str, *, active: bool = True) -> ProductView:
    """A line by its business number. Raises the inventory's NotFound, LineNotActive."""
    found = inventory.find_product(number=number)
    if active and found.state != "active":
        raise LineNotActive(f"{number} is {found.state}", field="line", value=number, expected="an active line")
    return found


def lock_mains(*lines: ProductView) -> dict[str, BucketView]:
    """The main balances of lines, locked, by business number. Raises NoMainBalance."""
    found = money_store.lock_mains([one.number for one in lines])
    for one in lines:
        if one.number not in found:
            raise NoMainBalance(
                f"{one.number} has no prepaid balance", field="line", value=one.number, expected="a prepaid line"
            )
    return found


def require_amount(amount: Money, currency: str, least: Money | None = None, most: Money | None = None) -> None:
    """Raises AmountNotPossible for nothing, another currency, or an amount outside of the bounds."""
    if amount.micros <= 0:
        raise AmountNotPossible("there is no amount", field="amount", value=str(amount), expected="above zero")
    if amount.currency != currency:
        raise AmountNotPossible(
            f"the balance is in {currency}", field="amount", value=str(amount), expected=f"an amount in {currency}"
        )
    if least is not None and least.currency == currency and amount < least:
        raise AmountNotPossible(f"at least {least}", field="amount", value=str(amount), expected=f"at least {least}")
    if most is not None and most.currency == currency and most < amount:
        raise AmountNotPossible(f"at most {most}", field="amount", value=str(amount), expected=f"at most {most}")


@dataclass(frozen=True, slots=True)
class Step:
    """One movement of a locked bucket. ``amount`` above zero; the kind says which way."""

    bucket: BucketView
    kind: MovementKind
    amount: int
    cause: str


UP = frozenset({MovementKind.TOP_UP, MovementKind.TRANSFER_IN, MovementKind.ADJUST_UP, MovementKind.GIVE_BACK,
                MovementKind.REFUND})  # fmt: skip
DOWN = frozenset({MovementKind.TRANSFER_OUT, MovementKind.ADJUST_DOWN, MovementKind.TAKE_BACK})


def move(steps: Sequence[Step]) -> dict[str, int]:
    """Move money (or units) in locked buckets, one movement for each step; returns what is left, by reference.

    What is lowered must be there: reserved money and an overdraft cannot be taken away. Raises TooLittleLeft, and
    nothing has moved.
    """
    work = current_work()
    left = {step.bucket.ref: step.bucket.left or 0 for step in steps}
    moved: list[Moved] = []
    granted: dict[object, int] = {}
    used: dict[object, int] = {}
    for step in steps:
        bucket = step.bucket
        after = left[bucket.ref] + (step.amount if step.kind in UP else -step.amount)
        if step.kind not in UP and after < 0:
            raise TooLittleLeft(
                f"{bucket.ref} holds {bucket.human(max(0, left[bucket.ref]))}",
                field="amount",
                value=bucket.human(step.amount),
                expected=f"at most {bucket.human(max(0, left[bucket.ref]))}",
            )
        left[bucket.ref] = after
        if step.kind is MovementKind.USE:
            used[bucket.id] = used.get(bucket.id, 0) + step.amount
        else:
            sign = 1 if step.kind in UP else -1
            granted[bucket.id] = granted.get(bucket.id, 0) + sign * step.amount
        key = f"{step.cause}:{step.kind.value}:{bucket.ref}"
        moved.append(Moved(bucket.id, bucket.ref, step.kind, step.amount, bucket.asset, after, step.cause, key))
    try:
        money_store.put(granted, used)  # type: ignore[arg-type]  # keyed by the buckets' ids
    except IntegrityError as error:
        raise TooLittleLeft("the balance does not hold it", field="amount", expected="what is left") from error
    store.insert_movements(moved, work.now, work.actor.name)
    _tell_others(steps)
    return left


def _tell_others(steps: Sequence[Step]) -> None:
    """Thresholds may be crossed, and packs may wait for money that has come."""
    look_at(step.bucket.owner.subscription_id for step in steps)
    for step in steps:
        if step.kind in UP and step.bucket.is_money:
            money_came(step.bucket.owner.subscription_id, key=step.cause)


def ask_sessions_again(lines: Iterable[ProductView], reason: str) -> None:
    """Running sessions of the lines are asked again, in the same commit as what changed."""
    money_store.ask_again(sorted({one.id for one in lines}), reason, current_work().now)
