"""What rooms say of their personal columns: class, purpose, how long, and what an erasure does. Pure data.

Export, erasure, the retention sweep, the laws and the reference are all made from these declarations, so that a column
is either accounted for everywhere or refused by the test that walks the schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from linehouse.kernel.outcome import Problem


class DataClass(StrEnum):
    """What sort of thing a value tells about a person."""

    IDENTITY = "identity"
    CONTACT = "contact"
    DOCUMENT = "document"
    FINANCIAL = "financial"
    TRAFFIC = "traffic"
    LOCATION = "location"
    CONTENT = "content"
    IDENTIFIER = "identifier"
    SECRET = "secret"  # noqa: S105  # the name of a class, not a password
    FREE_TEXT = "free text"


class OnErasure(StrEnum):
    """What an erasure does to a value.

    ``KEY``: its key is destroyed, in the row, its history and every backup. ``BLANK``: it is emptied in the row and in
    its history. ``DELETE``: its row goes. ``LAW``: it is kept, readable only with the permission for restricted data,
    until its retention ends. ``ALIAS``: it names a line or a card, not a person; whose it was cannot be told any more.
    """

    KEY = "destroy key"
    BLANK = "blank"
    DELETE = "delete row"
    LAW = "keep by law"
    ALIAS = "pseudonym stays"


@dataclass(frozen=True, slots=True)
class Personal:
    """A personal column. ``months`` counts from the table's ``since``; none means as long as the person is known."""

    what: DataClass
    why: str
    erasure: OnErasure
    months: int | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table, or a part of one, with its columns.

    ``of`` finds a person's rows: SQL over the table's alias ``t`` with the keys of ``PersonKey``. ``shown`` are further
    columns that an export shows beside them, ``since`` the instant from which retention counts, ``settled`` a further
    SQL condition before which it does not end, ``rows`` the condition for the rows of this part. ``ends_whole``: the
    row goes when its retention ends, and not only its columns.
    """

    name: str
    room: str
    title: str
    of: str
    columns: Mapping[str, Personal]
    shown: Sequence[str] = ()
    since: str = ""
    settled: str = ""
    part: str = ""
    rows: str = ""
    ends_whole: bool = False

    @property
    def key(self) -> str:
        """The name of the table, with the part where it is one."""
        return f"{self.name}:{self.part}" if self.part else self.name


@dataclass(frozen=True, slots=True)
class PersonKey:
    """Ids by which further tables know a person, found by SQL that uses the keys declared before it."""

    name: str
    sql: str


Obstacle = Callable[[UUID], Iterable[Problem]]
"""Asked for a subject: what still stands in the way of an erasure."""
Before = Callable[[UUID, Any], None]
"""Done in the transaction of an erasure, before values go: (subject, actor)."""

_tables: dict[str, Table] = {}
_owners: dict[str, str] = {}
_keys: dict[str, PersonKey] = {}
_plain: dict[str, frozenset[str]] = {}
_obstacles: dict[str, Obstacle] = {}
_before: dict[str, Before] = {}

NEVER_PERSONAL = frozenset(
    {
        "account",
        "account_number",
        "action",
        "actor",
        "approved_by",
        "asset",
        "billing_account_number",
        "billing_mode",
        "catalog_version",
        "category",
        "channel",
        "charge_currency",
        "charge_key",
        "class",
        "clause",
        "code",
        "correlation",
        "covered_by",
        "created_by_kind",
        "currency",
        "customer_number",
        "delivery",
        "digest",
        "direction",
        "event",
        "event_type",
        "evidence_code",
        "file_id",
        "format",
        "gl",
        "holder",
        "id",
        "invoice_number",
        "key",
        "kind",
        "language",
        "line_group",
        "master",
        "media_type",
        "method",
        "mode",
        "network_zone",
        "number",
        "number_zone",
        "offering_key",
        "offering_name",
        "once_key",
        "order_item",
        "outcome_code",
        "parent_item",
        "pattern",
        "payment_reference",
        "permission",
        "phase",
        "position",
        "price_key",
        "price_mode",
        "priority",
        "product_number",
        "published_by",
        "purpose",
        "queue",
        "record_key",
        "ref",
        "request_hash",
        "request_key",
        "resource",
        "resource_id",
        "role",
        "rule",
        "schema_version",
        "scope",
        "scopes",
        "sequence",
        "sha256",
        "source",
        "source_kind",
        "started_by",
        "state",
        "status",
        "subscription",
        "tariff",
        "tariff_key",
        "tax_category",
        "tax_code",
        "tax_country",
        "tax_mode",
        "template",
        "unit",
        "usage_type",
        "verdict",
        "version",
        "zone",
    }
)
"""Names of columns that hold no value of a customer wherever they stand: codes, states, business numbers, staff."""


def personal_table(table: Table) -> Table:
    """Declare a table with personal columns."""
    _tables[table.key] = table
    return table


def not_personal(table: str, *columns: str) -> None:
    """Declare that further text columns of the table hold nothing of a person."""
    _plain[table] = _plain.get(table, frozenset()) | frozenset(columns)


def person_key(name: str, sql: str) -> None:
    """Declare further ids of a person; ``sql`` selects one column."""
    _keys[name] = PersonKey(name, sql)


def key_owner(table: str, column: str = "id") -> None:
    """Declare whose personal keys there may be: rows of the table, each under a key of its own (column: a UUID)."""
    _owners[table] = column


def erasure_obstacle(name: str) -> Callable[[Obstacle], Obstacle]:
    """Register what may stand in the way of an erasure, under a name."""

    def register(function: Obstacle) -> Obstacle:
        _obstacles[name] = function
        return function

    return register


def before_erasure(name: str) -> Callable[[Before], Before]:
    """Register what a room does first when a person is erased, under a name."""

    def register(function: Before) -> Before:
        _before[name] = function
        return function

    return register


def tables() -> list[Table]:
    """Every declared table, in the order of declaration: from the party upwards."""
    return list(_tables.values())


def person_keys() -> list[PersonKey]:
    """Every declared kind of id, in the order in which they can be found."""
    return list(_keys.values())


def key_owners() -> Mapping[str, str]:
    """Tables whose rows may have a personal key of their own, and the column with its subject."""
    return dict(sorted(_owners.items()))


def plain_columns(name: str) -> frozenset[str]:
    """The columns that are declared not to be personal."""
    return _plain.get(name, frozenset())


def obstacles() -> Mapping[str, Obstacle]:
    """What may stand in the way of an erasure, by name."""
    return dict(sorted(_obstacles.items()))


def preparations() -> Mapping[str, Before]:
    """What rooms do first, by name."""
    return dict(sorted(_before.items()))


__all__ = [
    "NEVER_PERSONAL",
    "Before",
    "DataClass",
    "Obstacle",
    "OnErasure",
    "PersonKey",
    "Personal",
    "Table",
    "before_erasure",
    "erasure_obstacle",
    "key_owner",
    "key_owners",
    "not_personal",
    "obstacles",
    "person_key",
    "person_keys",
    "personal_table",
    "plain_columns",
    "preparations",
    "tables",
]
