"""Building blocks that the resources of several APIs share, with the specifications' attribute names.

Each class is a msgspec struct; `fooBar` in JSON is `foo_bar` here. An attribute that is None is left out.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, dataclass_transform

import msgspec

from linehouse.kernel import money as kernel
from linehouse.kernel.period import Period

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A `date-time` (RFC 3339) with its offset; one without is refused."""


class _ShapeMeta(msgspec.StructMeta):
    """Gives every shape the same configuration, so that a mapping file need not repeat it."""

    def __new__(metacls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], /, **config: Any) -> _ShapeMeta:
        fixed = {"kw_only": True, "rename": "camel"}
        return super().__new__(metacls, name, bases, namespace, **{**fixed, **config})


@dataclass_transform(kw_only_default=True, field_specifiers=(msgspec.field,))
class Shape(msgspec.Struct, metaclass=_ShapeMeta):
    """A part of a representation or of a request body."""


class Representation(Shape):
    """What an API says of one thing. The kit adds `href`, `@type` and `@schemaLocation`."""

    id: str


class MoneyValue(Shape):
    """`Money`: an amount of a currency. The value is an exact JSON number, never a binary fraction."""

    unit: str
    value: Decimal

    @classmethod
    def from_money(cls, money: kernel.Money) -> MoneyValue:
        """The kernel's money, at its full precision."""
        return cls(unit=money.currency, value=money.decimal)

    def to_money(self) -> kernel.Money:
        """The kernel's money; raises Invalid for more than six decimals or an unknown currency."""
        return kernel.Money.of(self.value, self.unit)


class TimePeriod(Shape):
    """`TimePeriod`: from the start up to, but not including, the end."""

    start_date_time: Instant | None = None
    end_date_time: Instant | None = None

    @classmethod
    def from_period(cls, period: Period) -> TimePeriod:
        """A period of instants."""
        return cls(start_date_time=period.start, end_date_time=period.end)


class Quantity(Shape):
    """`Quantity`: an amount of a unit."""

    amount: Decimal
    units: str


class Duration(Shape):
    """`Duration`: a whole number of a calendar unit."""

    amount: int
    units: str


class Ref(Shape):
    """A reference to a resource: its id, its address, and what it is called."""

    id: str
    href: str | None = None
    name: str | None = None
    referred_type: str | None = msgspec.field(name="@referredType", default=None)


class VersionedRef(Ref):
    """A reference to a thing of the catalog, which has versions."""

    version: str | None = None


class RelatedParty(Shape):
    """`RelatedParty`: a party or a party's role, and what it is to the thing."""

    id: str
    href: str | None = None
    name: str | None = None
    role: str | None = None
    referred_type: str | None = msgspec.field(name="@referredType", default=None)


class PartyReference(Shape):
    """`RelatedParty` as a caller sends it: what it refers to must be said."""

    id: str
    referred_type: str = msgspec.field(name="@referredType")
    href: str | None = None
    name: str | None = None
    role: str | None = None


class Characteristic(Shape):
    """`Characteristic`: a named value that the model has no attribute for."""

    name: str
    value: Any
    value_type: str | None = None


class Note(Shape):
    """`Note`: a remark with its author and date."""

    text: str
    id: str | None = None
    author: str | None = None
    date: Instant | None = None


def plain(shape: Shape) -> dict[str, Any]:
    """The shape as JSON objects, without what is None; decimals stay exact."""
    found: dict[str, Any] = _without_none(msgspec.to_builtins(shape, builtin_types=(Decimal,)))
    return found


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_none(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_none(inner) for inner in value]
    return value


def at_midnight(day: date | None) -> datetime | None:
    """A calendar day as the `date-time` that the specifications demand: its midnight, UTC."""
    return None if day is None else datetime.combine(day, time.min, tzinfo=UTC)
