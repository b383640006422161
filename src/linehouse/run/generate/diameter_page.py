"""The page of the AVPs that are read and written, from the tables that drive both."""

from __future__ import annotations

from linehouse.edge.network.diameter.avp import Avp
from linehouse.edge.network.diameter.avps_3gpp import CHARGING, GATEWAY, KEPT_UNREAD, SPENDING_LIMITS
from linehouse.edge.network.diameter.avps_base import BASE
from linehouse.edge.network.diameter.avps_credit import CREDIT
from linehouse.edge.network.diameter.credit.contexts import SETTINGS, STANDARD
from linehouse.edge.network.diameter.results import Result

_TABLES = (
    ("Base protocol (RFC 6733)", BASE),
    ("Credit control (RFC 8506)", CREDIT),
    ("Gateways (TS 29.061), vendor 10415", GATEWAY),
    ("Charging (TS 32.299), vendor 10415", CHARGING),
    ("Spending limits (TS 29.219), vendor 10415", SPENDING_LIMITS),
)


def diameter_page(note: str) -> str:
    """The page."""
    kept = ", ".join(f"{one.start} to {one.stop - 1}" for one in KEPT_UNREAD)
    lines = [
        "# Diameter",
        "",
        note,
        "What charging reads and writes over Diameter. An AVP that stands in none of these tables is kept unread,",
        "unless it carries the M bit: then the request is answered with 5001. Codes that 3GPP gave to charging and its",
        f"neighbours are kept whatever bits they carry: {kept}.",
        "",
        "In a group `?` is at most once, `*` any number, without a sign exactly once; other AVPs in a group are kept.",
    ]
    for title, table in _TABLES:
        lines += ["", f"## {title}", "", "| code | AVP | type | M | holds |", "| --- | --- | --- | --- | --- |"]
        lines += [_row(one) for one in sorted(table, key=lambda one: one.code)]
    lines += ["", "## Service contexts", "", "| ends with | usage |", "| --- | --- |"]
    lines += [f"| `{one.suffix}` | {one.usage.value} |" for one in STANDARD]
    lines += [
        "",
        "A realm may say of each context, and of names of its own:",
        "",
        "| setting | what |",
        "| --- | --- |",
    ]
    lines += [f"| `{name}` | {what} |" for name, what in SETTINGS.items()]
    lines += ["", "## Result codes", "", "| code | name |", "| --- | --- |"]
    lines += [f"| {int(one)} | {one.name.replace('_', ' ').lower()} |" for one in Result]
    return "\n".join(lines)


def _row(one: Avp) -> str:
    members = " ".join(f"{name}{_sign(one, name)}" for name in one.members)
    return f"| {one.code} | {one.name} | {one.kind.value} | {'yes' if one.mandatory else 'no'} | {members} |"


def _sign(one: Avp, name: str) -> str:
    if name in one.needs:
        return ""
    return "?" if name in one.single else "*"
