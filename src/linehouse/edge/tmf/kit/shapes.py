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


_FIELD: Any = msgspec.field(default=None)


class _ShapeMeta(msgspec.StructMeta):
    """Gives every shape the same configuration, so that a mapping file need not repeat it."""

    def __new__(metacls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], /, **config: Any) -> _ShapeMeta:
        fixed = {"kw_only": True, "rename": "camel", "omit_defaults": True}
        kept = {key: value if key.startswith("__") else _kept(value) for key, value in namespace.items()}
        return super().__new__(metacls, name, bases, kept, **{**fixed, **config})


def _kept(default: object) -> object:
    """A default that is written all the same: of the defaults only None and UNSET mean that there is nothing.

    What is made by a factory is not known to be the default, so the encoder, which leaves out defaults, writes it.
    """
    if type(default) in (bool, int, str):
        return msgspec.field(default_factory=lambda: default)
    if isinstance(default, type(_FIELD)) and type(default.default) in (bool, int, str):
        value = default.default
        return msgspec.field(default_factory=lambda: value, name=default.name)
    return default


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
    found: dict[str, Any] = msgspec.to_builtins(shape, builtin_types=(Decimal,))
    return found


def at_midnight(day: date | None) -> datetime | None:
    """A calendar day as the `date-time` that the specifications demand: its midnight, UTC."""
    return None if day is None else datetime.combine(day, time.min, tzinfo=UTC)
