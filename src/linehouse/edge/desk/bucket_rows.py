"""Movements of allowances as rows."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from linehouse.balance import service as balance
from linehouse.balance.values import MovementView
from linehouse.edge.desk.assets import amount_markup
from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.table import Column, Empty, Kind, Query, Shown, Source, Table
from linehouse.platform.texts.codes import titled


def movements_table(brand: str) -> Table[MovementView]:
    """The list of an allowance's movements."""
    return Table[MovementView](
        key="movements",
        caption=gettext("Movements"),
        columns=(
            Column("business_time", gettext("When"), Kind.EXACT_INSTANT),
            Column(
                "kind",
                gettext("Movement"),
                value=lambda m: titled(m.kind.value),
                link=lambda m: reverse("desk:usage_record", args=(brand, m.record_id)) if m.record_id else None,
            ),
            Column("cause", gettext("Cause"), Kind.CODE, shown=Shown.FROM_TABLET),
            Column("amount", gettext("Amount"), Kind.QUANTITY, value=lambda m: amount_markup(m.amount, m.asset)),
            Column(
                "left",
                gettext("Left after it"),
                Kind.QUANTITY,
                value=lambda m: None if m.left is None else amount_markup(m.left, m.asset),
            ),
            Column("position", gettext("Position"), Kind.NUMBER, sort=True, shown=Shown.FROM_DESKTOP),
        ),
        sort="-position",
        empty=Empty(gettext("Not moved yet"), icon="allowance"),
        size=50,
    )


def movement_source(table: Table[MovementView], bucket_id: UUID) -> Source[MovementView]:
    """The movements of one allowance."""

    def fetch(query: Query, offset: int, limit: int) -> tuple[list[MovementView], int]:
        del query  # there is nothing to narrow
        rows, total = balance.movements_of(bucket_id, offset=offset, limit=limit)
        return list(rows), total

    return paged(fetch, table)
