"""``prepaid-life`` in ``brand.yaml``: how long a prepaid line lives without money and use."""

from __future__ import annotations

from datetime import timedelta

from linehouse.catalog.text.fields import duration, one_of
from linehouse.catalog.values import BARS, Counts, PrepaidLife, RestOf
from linehouse.rating.yaml_source import FieldSet, MarkedNode

PREPAID_LIFE = FieldSet(
    "prepaid life",
    required=("active", "grace", "inactive"),
    optional=("counts", "grace-bars", "inactive-bars", "notices", "rest"),
)


def read_prepaid_life(node: MarkedNode) -> PrepaidLife:
    """The life of a prepaid line. Raises SourceTextInvalid."""
    given = node.mapping(PREPAID_LIFE)
    active, grace, inactive = (duration(given[step]) for step in ("active", "grace", "inactive"))
    if not active:
        given["active"].fail("a line lives some time", "such as `180 days`")
    usual = PrepaidLife(active=active, grace=grace, inactive=inactive)
    notices = tuple(duration(item) for item in given["notices"].many()) if "notices" in given else usual.notices
    for item, length in zip(given["notices"].many() if "notices" in given else (), notices, strict="notices" in given):
        if not timedelta(0) < length < active:
            item.fail(f"a notice {item.text()} before does not fall into the time before", "less than `active`")
    return PrepaidLife(
        active=active,
        grace=grace,
        inactive=inactive,
        counts=tuple(Counts(item.choice(Counts)) for item in given["counts"].many())
        if "counts" in given
        else usual.counts,
        grace_bars=_bars(given.get("grace-bars"), usual.grace_bars),
        inactive_bars=_bars(given.get("inactive-bars"), usual.inactive_bars),
        notices=tuple(sorted(notices, reverse=True)),
        rest=one_of(given, "rest", RestOf, usual.rest),
    )


def _bars(node: MarkedNode | None, usual: tuple[str, ...]) -> tuple[str, ...]:
    return usual if node is None else tuple(item.choice(BARS) for item in node.many())
