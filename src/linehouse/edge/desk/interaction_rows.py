"""Contacts as rows."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from linehouse.care import service as care
from linehouse.care.lifecycle import INTERACTION
from linehouse.care.values import InteractionFilter, InteractionView
from linehouse.customer import service as customers
from linehouse.edge.desk.interaction_forms import CHANNELS, DIRECTIONS
from linehouse.edge.desk.story import shortened
from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.status import readable
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Source, Table


def interactions_table(brand: str, *, of_customer: bool = False) -> Table[InteractionView]:
    """The list of contacts, of the brand or with one customer."""
    names: dict[UUID, str] = {}

    def customer_name(row: InteractionView) -> str:
        if row.customer_id is None:
            return ""
        if row.customer_id not in names:
            names.update({key: found.name for key, found in customers.customers([row.customer_id]).items()})
        return names.get(row.customer_id, "")

    whose = (Column[InteractionView]("customer", _("Customer"), value=customer_name, shown=Shown.FROM_TABLET),)
    return Table[InteractionView](
        key="interactions",
        caption=_("Contacts"),
        columns=(
            Column(
                "number",
                _("Contact"),
                Kind.CODE,
                sort=True,
                link=lambda row: reverse("desk:interaction", args=(brand, row.number)),
            ),
            *(() if of_customer else whose),
            Column("topic", _("Topic"), sort=True, note=lambda row: shortened(row.text)),
            Column("channel", _("Channel"), value=lambda row: str(CHANNELS[row.channel])),
            Column(
                "direction",
                _("Begun by"),
                value=lambda row: _("customer") if row.direction == "inbound" else _("us"),
                shown=Shown.FROM_DESKTOP,
            ),
            Column("agent", _("Recorded by"), sort=True, shown=Shown.FROM_DESKTOP),
            Column("state", _("State"), Kind.STATUS, sort=True),
            Column("began_at", _("When"), Kind.INSTANT, sort=True, shown=Shown.FROM_TABLET),
        ),
        filters=(
            Filter("channel", _("Channel"), tuple((word.value, str(label)) for word, label in CHANNELS.items())),
            Filter("direction", _("Begun by"), tuple((word.value, str(label)) for word, label in DIRECTIONS.items())),
            Filter("state", _("State"), tuple((state, readable(state).capitalize()) for state in INTERACTION.states)),
        ),
        search_label=_("Number, topic, text, note, or what it was about"),
        sort="-began_at",
        empty=Empty(
            _("No contact recorded yet"), _("Calls, mails, chats and visits are recorded on a customer's page."), "chat"
        ),
    )


def interaction_source(table: Table[InteractionView], customer_id: UUID | None = None) -> Source[InteractionView]:
    """The contacts of the brand, or with one customer; withdrawn ones too, marked as such."""

    def fetch(query: Query, offset: int, limit: int) -> tuple[list[InteractionView], int]:
        wanted = InteractionFilter(
            customer_id=customer_id,
            channel=query.filters.get("channel", ""),
            direction=query.filters.get("direction", ""),
            state=query.filters.get("state", ""),
            text=query.search,
        )
        return care.find_interactions(
            wanted,
            withdrawn=True,
            sort=query.sort,
            descending=query.descending,
            offset=offset,
            limit=limit,
        )

    return paged(fetch, table)
