"""Buckets as balance keeps them and other rooms see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from linehouse.catalog.values import Sharing, Terms
from linehouse.kernel.money import Money
from linehouse.kernel.period import Period
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.ledger.values import Transfer
from linehouse.rating.values import Bucket, BucketKind, Scope, WhenEmpty


class TaxedAt(StrEnum):
    """When the tax on credit was due: with the sale of what it came with, or when it is used.

    Credit that comes with a pack whose whole price was taxed at sale is not taxed again; bought credit that can be
    used at several rates is a multi-purpose voucher, taxed when used (Directive 2006/112/EC Art. 30b).
    """

    SALE = "sale"
    USE = "use"


class MovementKind(StrEnum):
    """Why the content of a bucket changed."""

    GRANT = "grant"
    USE = "use"
    LATE_USE = "late-use"
    """Used before its end, told after its unused rest had been booked as expired: that is taken back."""
    EXPIRE = "expire"
    REFUND = "refund"
    RETURN = "return"
    """Use that was taken back: the usage is charged anew."""
    LATE_RETURN = "late-return"
    """The same after the bucket's unused rest had been booked as expired: what comes back expires with it."""
    WITHDRAW = "withdraw"
    """A refund that was taken back."""
    ROLLOVER = "rollover"
    """Unused when its time was over, and moved into a bucket of its own."""
    TOP_UP = "top-up"
    TRANSFER_IN = "transfer-in"
    TRANSFER_OUT = "transfer-out"
    ADJUST_UP = "adjust-up"
    ADJUST_DOWN = "adjust-down"
    TAKE_BACK = "take-back"
    """Money that had come in, by top-up or transfer, and was taken back."""
    GIVE_BACK = "give-back"
    """Money that had gone out, by transfer, and came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose bucket it is: the subscription (plan product, by id and business number) and its billing account."""

    customer_id: UUID
    subscription_id: UUID
    subscription: str
    account_id: UUID
    account: str


@dataclass(frozen=True, slots=True)
class Shared:
    """Who uses a bucket together: the lines of ``holder_id``, which is an account, a customer, or the plan product
    whose group it is; each of them up to ``cap`` base units (None: as much as there is)."""

    by: Sharing
    holder_id: UUID
    cap: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A line that may use shared buckets: those of its account, its customer, and of the groups that it is in.

    ``groups`` has, by the plan product that holds the group, when the line was in it.
    """

    subscription_id: UUID
    subscription: str
    account_id: UUID
    customer_id: UUID
    groups: tuple[tuple[UUID, Period], ...] = ()

    @property
    def holders(self) -> tuple[UUID, ...]:
        """Whoever may hold a bucket that this line uses."""
        return (self.account_id, self.customer_id, *(holder for holder, _ in self.groups))


@dataclass(frozen=True, slots=True)
class Part:
    """What one line took of a shared bucket, and what its open sessions keep of it."""

    subscription_id: UUID
    subscription: str
    used: int
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A line that uses the shared allowances of another one (``holder``), and when."""

    holder_id: UUID
    holder: str
    subscription_id: UUID
    subscription: str
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Something to be granted. ``ref`` is its business key and once-key; ``amount`` None is unlimited.

    ``source`` (``offering/allowance``) names the ledger accounts on which grants, use and expiry of its kind meet.
    ``asset`` is a unit or a currency; amounts are base units or micro-units. ``rolled_from`` is the reference of the
    bucket whose unused rest this is; usage from ``late_from`` on that is told only after its end may take from it.
    """

    ref: str
    owner: Owner
    product_id: UUID
    kind: BucketKind
    asset: str
    amount: int | None
    valid: Period
    source: str
    catalog_version: int
    texts: Mapping[str, str] = field(default_factory=dict)
    priority: int = 100
    scope: Scope = field(default_factory=Scope)
    when_empty: WhenEmpty = WhenEmpty.CHARGE
    taxed_at: TaxedAt = TaxedAt.SALE
    terms: Terms = field(default_factory=Terms)
    shared: Shared | None = None
    rolled_from: str = ""
    late_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketView:
    """A bucket as it stands. ``closed_at`` is when its unused rest was booked as expired, ``rolled`` what moved on.

    ``parts`` is what each line took of a shared bucket, and ``group`` when a line was in the group that shares it;
    lines are named by their business number. ``overdraft`` is how far below zero money may go, as a number (0: it is
    prepaid); with ``overdraw`` usage that has happened goes below that, too (``overdraw: settled-usage``).
    """

    id: UUID
    ref: str
    owner: Owner
    product_id: UUID
    kind: BucketKind
    asset: str
    granted: int | None
    used: int
    reserved: int
    expired: int
    valid: Period
    source: str
    catalog_version: int
    texts: Mapping[str, str]
    priority: int
    scope: Scope
    when_empty: WhenEmpty
    taxed_at: TaxedAt
    created_at: datetime
    closed_at: datetime | None
    terms: Terms = field(default_factory=Terms)
    rolled: int = 0
    late_from: datetime | None = None
    first_used_at: datetime | None = None
    shared: Shared | None = None
    parts: Mapping[str, Part] = field(default_factory=dict)
    group: Mapping[str, tuple[Period, ...]] = field(default_factory=dict)
    overdraft: int = 0
    overdraw: bool = False

    @property
    def unlimited(self) -> bool:
        """Whether it never empties."""
        return self.granted is None

    @property
    def is_money(self) -> bool:
        """Whether it holds money."""
        return self.kind is not BucketKind.UNITS

    @property
    def left(self) -> int | None:
        """What it holds: nothing after its end; None for unlimited. Below zero while an overdraft is in use."""
        return None if self.granted is None else self.granted - self.used - self.reserved - self.expired - self.rolled

    @property
    def available(self) -> int | None:
        """What can be used now: what is left, and the overdraft; None for unlimited."""
        return None if self.left is None else max(0, self.left + self.overdraft)

    @property
    def left_for_its_time(self) -> int | None:
        """What usage within its validity may still take, also when that is told after the end."""
        return None if self.granted is None else self.granted - self.used - self.reserved - self.rolled

    @property
    def share_used(self) -> int:
        """Whole percent used, rounded down; 0 for unlimited."""
        return 0 if not self.granted else self.used * 100 // self.granted

    def human(self, amount: int | None) -> str:
        """An amount of this bucket for people."""
        if amount is None:
            return "unlimited"
        return str(Money(amount, self.asset)) if self.is_money else Quantity(amount, Unit(self.asset)).human()

    def name(self, language: str = "en") -> str:
        """Its text in the language, else in the first that there is, else its reference."""
        return self.texts.get(language) or next(iter(self.texts.values()), self.ref)

    @property
    def takes_usage_of(self) -> Period:
        """When usage may have been that takes from it: its validity, and the time from which it rolled over."""
        return self.valid if self.late_from is None else Period(self.late_from, self.valid.end)

    def used_by(self, subscription: str) -> int:
        """What one line took: of a shared bucket its part."""
        if self.shared is None:
            return self.used
        return self.parts[subscription].used if subscription in self.parts else 0

    def cap_left(self, subscription: str) -> int | None:
        """What one line may still take within its cap; None: no cap."""
        if self.shared is None or self.shared.cap is None:
            return None
        part = self.parts.get(subscription)
        return max(0, self.shared.cap - (part.used + part.reserved if part is not None else 0))

    def open_to(self, subscription: str, at: datetime) -> bool:
        """Whether the line may use it at that instant: lines of a group may while they are in it."""
        if self.shared is None or self.shared.by is not Sharing.GROUP or subscription == self.owner.subscription:
            return True
        return any(period.contains(at) for period in self.group.get(subscription, ()))

    def after(self, amount: int, subscription: str = "", subscription_id: UUID | None = None) -> BucketView:
        """The bucket after so much was taken from it (negative: given back) by a line."""
        if amount < 0:
            return replace(self, granted=(self.granted or 0) - amount)
        return self._moved(amount, subscription, subscription_id)

    def before(self, amount: int, subscription: str = "", subscription_id: UUID | None = None) -> BucketView:
        """The bucket as if a line had never taken so much (> 0) from it."""
        return self._moved(-amount, subscription, subscription_id)

    def _moved(self, amount: int, subscription: str, subscription_id: UUID | None) -> BucketView:
        late = self.closed_at is not None and not self.unlimited
        parts = self.parts
        if self.shared is not None and subscription:
            before = parts.get(subscription, Part(subscription_id or self.owner.subscription_id, subscription, 0))
            parts = {**parts, subscription: replace(before, used=before.used + amount)}
        return replace(self, used=self.used + amount, expired=self.expired - (amount if late else 0), parts=parts)

    def begun(self, first_used: datetime) -> BucketView:
        """The bucket with its time begun, where it lasts from its first use."""
        if self.terms.lasts is None or self.first_used_at is not None:
            return self
        valid = Period(self.valid.start, first_used + self.terms.lasts)
        return replace(self, first_used_at=first_used, valid=valid)

    def for_decision(self, subscription: str = "") -> Bucket:
        """The bucket as rating decides on it, for usage within its validity, by one of the lines that share it."""
        return Bucket(
            ref=self.ref,
            kind=self.kind,
            available=self.left_for_its_time,
            valid=self.takes_usage_of,
            created_at=self.created_at,
            name=self.name(),
            priority=self.priority,
            scope=self.scope,
            shared=self.shared is not None,
            cap_left=self.cap_left(subscription) if subscription else None,
            when_empty=self.when_empty,
            when_empty_to=self.terms.when_empty_to,
            lasts=self.terms.lasts if self.first_used_at is None else None,
            block=self.terms.block,
            exact=self.terms.exact,
            partial=self.terms.partial,
            stop=self.terms.stop,
            factor=self.terms.factor,
            price=self.terms.price,
            overdraft=self.overdraft,
            overdraw=self.overdraw,
        )

    @property
    def ledger_account(self) -> str:
        """Where the journal keeps what is left."""
        return f"prepaid/{self.ref}" if self.is_money else f"allowance/{self.ref}"

    @property
    def expiry_account(self) -> str:
        """Where the journal books what expires unused: bought credit is breakage, without tax where none was due yet;
        what was given is no revenue."""
        bought = self.kind is BucketKind.MAIN and self.taxed_at is TaxedAt.USE
        return "revenue/breakage" if bought else f"expired/{self.source}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketUse:
    """What one decided event takes from a bucket (``amount`` > 0), or gives back to it (``amount`` < 0, money only).

    ``key`` is the once-key of the movement, ``cause`` the ledger's; ``left`` is what is left after it. ``by`` is the
    business number of the line that used it, ``by_id`` its id: of a shared bucket not always the owner's.
    ``first_used`` begins the time of a bucket that lasts from its first use.
    """

    bucket: BucketView
    amount: int
    key: str
    cause: str
    record_id: UUID
    left: int | None
    by: str = ""
    by_id: UUID | None = None
    first_used: datetime | None = None


@dataclass(frozen=True, slots=True)
class MovementView:
    """One movement of a bucket."""

    position: int
    ref: str
    kind: MovementKind
    amount: int
    asset: str
    left: int | None
    cause: str
    record_id: UUID | None
    business_time: datetime
    actor: str
    member: str = ""


def grant_transfers(grant: Grant) -> tuple[Transfer, ...]:
    """How a grant is booked; what is unlimited is booked when it is used."""
    if not grant.amount:
        return ()
    account = f"allowance/{grant.ref}" if grant.kind is BucketKind.UNITS else f"prepaid/{grant.ref}"
    source = f"allowance/{grant.rolled_from}" if grant.rolled_from else f"granted/{grant.source}"
    return (Transfer(source, account, grant.amount, grant.asset),)


def expiry_transfers(bucket: BucketView, unused: int) -> tuple[Transfer, ...]:
    """How an unused rest (> 0) is booked."""
    return (Transfer(bucket.ledger_account, bucket.expiry_account, unused, bucket.asset),)


def back_to(bucket: BucketView) -> str:
    """The ledger account to which use goes back: what is left, or what expired where the bucket's time is over."""
    return bucket.expiry_account if bucket.closed_at is not None else bucket.ledger_account


def use_transfers(bucket: BucketView, amount: int) -> tuple[Transfer, ...]:
    """How use of units, or of credit that was taxed when it was sold, is booked; a negative amount gives it back."""
    if bucket.unlimited:
        source = f"granted/{bucket.source}"
    elif bucket.closed_at is not None:
        source = bucket.expiry_account
    else:
        source = bucket.ledger_account
    target = f"used/{bucket.source}"
    if amount < 0:
        back = source if bucket.unlimited else bucket.ledger_account
        return (Transfer(target, back, -amount, bucket.asset),)
    return (Transfer(source, target, amount, bucket.asset),)
