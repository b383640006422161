"""A subscriber's balances, sessions and movements as people read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy
from django_stubs_ext import StrOrPromise

from linehouse.balance import service as balance
from linehouse.balance.values import BucketView, MovementKind, MovementView
from linehouse.charging import service as charging
from linehouse.charging.service import SessionService, SessionView
from linehouse.charging.values import RatedUsage
from linehouse.edge.desk.assets import amount_markup
from linehouse.edge.desk.products import Meter, meter
from linehouse.edge.desk.usage_rows import TYPES
from linehouse.edge.ui.formats import money_text, quantity_text
from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Source, Table
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.platform.texts.codes import titled, titled_lazily

GIVES: Final = frozenset(
    {"grant", "refund", "return", "late-return", "top-up", "transfer-in", "adjust-up", "give-back"}
)
"""Kinds of movements that add to a bucket; a late return expires at once, and is told as given back."""
DOORS: Final[Mapping[str, str]] = {"json": "JSON", "diameter": "Diameter", "nchf": "5G Nchf", "tmf": "TMF654"}


@dataclass(frozen=True, slots=True)
class LiveBucket:
    """A bucket as it stands this second."""

    bucket: BucketView
    meter: Meter
    left: SafeString | None
    reserved: SafeString
    used: SafeString


@dataclass(frozen=True, slots=True)
class LiveService:
    """One service of a session."""

    name: str
    service: SessionService
    reserved: Sequence[tuple[str, SafeString]]


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session with its services."""

    session: SessionView
    door: str
    services: Sequence[LiveService]


def live_bucket(bucket: BucketView) -> LiveBucket:
    """A bucket with what is left, reserved and used of it."""
    return LiveBucket(
        bucket,
        meter(bucket),
        None if bucket.left is None else amount_markup(bucket.left, bucket.asset),
        amount_markup(bucket.reserved, bucket.asset),
        amount_markup(bucket.used, bucket.asset),
    )


def live_session(session: SessionView, buckets: Mapping[str, BucketView]) -> LiveSession:
    """A session with its services; what is reserved is told with its bucket's name."""
    return LiveSession(
        session,
        DOORS.get(session.door, session.door),
        [_service(one, buckets) for one in session.services],
    )


def _service(service: SessionService, buckets: Mapping[str, BucketView]) -> LiveService:
    kind = str(dict(TYPES).get(service.usage_type, service.usage_type))
    name = f"{kind} · {service.name}" if service.name else kind
    if service.rating_group is not None:
        name += " · " + gettext("rating group %(number)s") % {"number": service.rating_group}
    reserved = [
        (buckets[ref].name(), amount_markup(amount, buckets[ref].asset))
        for ref, amount in sorted(service.reserved.items())
        if amount and ref in buckets
    ]
    return LiveService(name, service, reserved)


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement with its bucket, and the record or act behind it."""

    movement: MovementView
    bucket: BucketView | None
    record: RatedUsage | None

    @property
    def amount(self) -> Money | Quantity:
        """What moved."""
        asset = self.movement.asset
        if len(asset) == 3 and asset.isupper():
            return Money(self.movement.amount, asset)
        return Quantity(self.movement.amount, Unit(asset))

    @property
    def left(self) -> Money | Quantity | None:
        """What was left after it."""
        if self.movement.left is None:
            return None
        asset = self.movement.asset
        is_money = len(asset) == 3 and asset.isupper()
        return Money(self.movement.left, asset) if is_money else Quantity(self.movement.left, Unit(asset))

    @property
    def gives(self) -> bool:
        """Whether it added to the bucket."""
        return self.movement.kind.value in GIVES

    @property
    def clause(self) -> str:
        """The clause that priced it, with its tariff."""
        return (self.record.clause or self.record.rule) if self.record is not None else ""

    @property
    def why(self) -> str:
        """What it was, in words: the usage and the clause that priced it, or the act."""
        if self.record is not None:
            return _of_record(self.record)
        source = self.bucket.source if self.bucket is not None else ""
        words = _WORDS.get(self.movement.kind)
        if words:
            return str(words) % {"source": source}
        act = self.act
        return f"{titled(self.movement.kind.value)} {act[1]}" if act else self.movement.cause

    @property
    def act(self) -> tuple[str, str] | None:
        """The act behind it, where it has a page: the page's name and the act's number."""
        kind, _, rest = self.movement.cause.partition(":")
        page = _ACTS.get(kind.removesuffix("-back"))
        return (page, rest.partition("/")[0]) if page else None

    def url(self, brand: str) -> str | None:
        """Where it is explained."""
        if self.record is not None:
            return charged_url(brand, self.record.record_id)
        return reverse(f"desk:{self.act[0]}", args=(brand, self.act[1])) if self.act else None


_WORDS: Final[Mapping[MovementKind, StrOrPromise]] = {
    MovementKind.GRANT: gettext_lazy("Came with %(source)s"),
    MovementKind.EXPIRE: gettext_lazy("Its time was over: the unused rest of %(source)s expired"),
    MovementKind.ROLLOVER: gettext_lazy("Its time was over: the unused rest of %(source)s moved on"),
    MovementKind.WITHDRAW: gettext_lazy("A refund was taken back"),
}


_ACTS: Final[Mapping[str, str]] = {"top-up": "top_up", "transfer": "transfer", "adjust": "adjustment"}
"""Beginnings of causes whose acts have pages."""


def _of_record(record: RatedUsage) -> str:
    told = {
        "kind": dict(TYPES).get(record.usage_type, record.usage_type),
        "quantity": quantity_text(record.quantity),
        "price": money_text(record.gross),
    }
    return gettext("%(kind)s of %(quantity)s for %(price)s") % told


def charged_url(brand: str, record_id: UUID) -> str:
    """The page that says why a record was charged what it was."""
    return f"{reverse('desk:charged', args=(brand,))}?record={record_id}"


def history_table(brand: str, buckets: Sequence[BucketView]) -> Table[Moved]:
    """The statement of a subscriber's balances."""
    names = tuple((str(one.id), f"{one.name()} · {one.ref}") for one in buckets)
    return Table[Moved](
        key="balance-history",
        caption=gettext("Balance history"),
        columns=(
            Column("movement.business_time", gettext("When"), Kind.EXACT_INSTANT),
            Column(
                "why",
                gettext("Why"),
                link=lambda m: m.url(brand),
                note=lambda m: m.clause or titled(m.movement.kind.value),
            ),
            Column(
                "bucket",
                gettext("Balance"),
                value=lambda m: m.bucket.name() if m.bucket else m.movement.ref,
                link=lambda m: reverse("desk:bucket", args=(brand, m.bucket.id)) if m.bucket else None,
                note=lambda m: m.movement.member or None,
                shown=Shown.FROM_TABLET,
            ),
            Column("added", gettext("Added"), Kind.QUANTITY, value=lambda m: m.amount if m.gives else None),
            Column("taken", gettext("Taken"), Kind.QUANTITY, value=lambda m: None if m.gives else m.amount),
            Column("left", gettext("Left after it"), Kind.QUANTITY, shown=Shown.FROM_TABLET),
            Column("movement.actor", gettext("By"), shown=Shown.FROM_DESKTOP),
        ),
        filters=(
            Filter("balance", gettext("Balance"), names),
            Filter(
                "kind", gettext("Movement"), tuple((kind.value, titled_lazily(kind.value)) for kind in MovementKind)
            ),
        ),
        empty=Empty(gettext("Nothing has moved"), gettext("Grants, top-ups and usage appear here."), "allowance"),
        size=50,
    )


def history_source(table: Table[Moved], buckets: Sequence[BucketView]) -> Source[Moved]:
    """The movements of these buckets, newest first, each with what is behind it."""
    known = {one.ref: one for one in buckets}

    def fetch(query: Query, offset: int, limit: int) -> tuple[list[Moved], int]:
        chosen = query.filters.get("balance")
        ids = [UUID(chosen)] if chosen else [one.id for one in buckets]
        kinds = (MovementKind(query.filters["kind"]),) if "kind" in query.filters else ()
        rows, total = balance.movements_of_many(ids, kinds=kinds, offset=offset, limit=limit)
        return explained(rows, known), total

    return paged(fetch, table)


def explained(rows: Sequence[MovementView], buckets: Mapping[str, BucketView]) -> list[Moved]:
    """Movements with their buckets and records, in two statements for all of them."""
    by_id = {one.record_id: one for one in charging.records([row.record_id for row in rows if row.record_id])}
    online = charging.records_of_movements((row.cause, row.ref, row.business_time) for row in rows)
    return [
        Moved(
            row,
            buckets.get(row.ref),
            by_id.get(row.record_id) if row.record_id else online.get((row.cause, row.ref)),
        )
        for row in rows
    ]


def soonest(sessions: Sequence[SessionView]) -> datetime | None:
    """When the first of what is granted ends."""
    marks = [one.until for session in sessions for one in session.services if one.until is not None]
    return min(marks, default=None)
