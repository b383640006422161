"""Contacts as rows."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact with the name of whom it was with."""

    contact: InteractionView
    customer: str


def interactions_table(brand: str, *, of_customer: bool = False) -> Table[ContactRow]:
    """The list of contacts, of the brand or with one customer."""
    whose = (Column[ContactRow]("customer", _("Customer"), shown=Shown.FROM_TABLET),)
    return Table[ContactRow](
        key="interactions",
        caption=_("Contacts"),
        columns=(
            Column(
                "number",
                _("Contact"),
                Kind.CODE,
                value=lambda row: row.contact.number,
                sort=True,
                link=lambda row: reverse("desk:interaction", args=(brand, row.contact.number)),
            ),
            *(() if of_customer else whose),
            Column(
                "topic",
                _("Topic"),
                value=lambda row: row.contact.topic,
                sort=True,
                note=lambda row: shortened(row.contact.text),
            ),
            Column("channel", _("Channel"), value=lambda row: str(CHANNELS[row.contact.channel])),
            Column(
                "direction",
                _("Begun by"),
                value=lambda row: _("customer") if row.contact.direction == "inbound" else _("us"),
                shown=Shown.FROM_DESKTOP,
            ),
            Column("agent", _("Recorded by"), value=lambda row: row.contact.agent, sort=True, shown=Shown.FROM_DESKTOP),
            Column("state", _("State"), Kind.STATUS, value=lambda row: row.contact.state, sort=True),
            Column(
                "began_at",
                _("When"),
                Kind.INSTANT,
                value=lambda row: row.contact.began_at,
                sort=True,
                shown=Shown.FROM_TABLET,
            ),
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


def interaction_source(table: Table[ContactRow], customer_id: UUID | None = None) -> Source[ContactRow]:
    """The contacts of the brand, or with one customer; withdrawn ones too, marked as such."""

    def fetch(query: Query, offset: int, limit: int) -> tuple[list[ContactRow], int]:
        wanted = InteractionFilter(
            customer_id=customer_id,
            channel=query.filters.get("channel", ""),
            direction=query.filters.get("direction", ""),
            state=query.filters.get("state", ""),
            text=query.search,
        )
        found, total = care.find_interactions(
            wanted,
            withdrawn=True,
            sort=query.sort,
            descending=query.descending,
            offset=offset,
            limit=limit,
        )
        known = customers.customers([one.customer_id for one in found if one.customer_id])
        names = {key: summary.name for key, summary in known.items()}
        return [ContactRow(one, names.get(one.customer_id, "") if one.customer_id else "") for one in found], total

    return paged(fetch, table)
