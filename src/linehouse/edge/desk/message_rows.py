"""Messages to customers as rows."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Source, Table
from linehouse.notify import service as notify
from linehouse.notify.lifecycle import MESSAGE
from linehouse.notify.values import Channel, MessageClass, MessageFilter, MessageView
from linehouse.platform.texts.codes import titled_lazily

CHANNELS = {Channel.EMAIL.value: _("E-mail"), Channel.SMS.value: _("SMS")}
CLASSES = {
    MessageClass.LEGAL.value: _("Legal"),
    MessageClass.SERVICE.value: _("Service"),
    MessageClass.MARKETING.value: _("Marketing"),
}
"""Words for the screens."""


def messages_table(brand: str, *, of_customer: bool = False) -> Table[MessageView]:
    """The list of messages, of the brand or of one customer."""
    return Table[MessageView](
        key="messages",
        caption=gettext("Messages"),
        columns=(
            Column("subject", gettext("Subject"), link=lambda m: reverse("desk:message", args=(brand, m.id))),
            Column("recipient_masked", gettext("To"), Kind.CODE, shown=Shown.FROM_TABLET),
            Column("subject_ref", gettext("About"), Kind.CODE, shown=Shown.FROM_DESKTOP),
            Column("channel", gettext("Channel"), value=lambda m: CHANNELS.get(m.channel, m.channel)),
            Column(
                "message_class",
                gettext("Class"),
                value=lambda m: CLASSES[m.message_class.value],
                shown=Shown.FROM_DESKTOP,
            ),
            Column("state", gettext("State"), Kind.STATUS, sort=True),
            Column("created_at", gettext("Written"), Kind.INSTANT, sort=True),
            Column("sent_at", gettext("Delivered"), Kind.INSTANT, sort=True, shown=Shown.FROM_DESKTOP),
        ),
        filters=(
            Filter("state", gettext("State"), tuple((state, titled_lazily(state)) for state in MESSAGE.states)),
            Filter("channel", gettext("Channel"), tuple((key, str(word)) for key, word in CHANNELS.items())),
            Filter("message_class", gettext("Class"), tuple((key, str(word)) for key, word in CLASSES.items())),
        ),
        search_label="" if of_customer else gettext("Template, or what it is about"),
        sort="-created_at",
        empty=Empty(gettext("No message yet"), gettext("Invoices and notices to customers are listed here."), "mail"),
    )


def message_source(table: Table[MessageView], customer_id: UUID | None = None) -> Source[MessageView]:
    """The messages of the brand or of one customer."""

    def fetch(query: Query, offset: int, limit: int) -> tuple[list[MessageView], int]:
        wanted = MessageFilter(
            customer_id=customer_id,
            state=query.filters.get("state", ""),
            channel=query.filters.get("channel", ""),
            message_class=query.filters.get("message_class", ""),
            search=query.search,
        )
        rows, total = notify.messages(wanted, offset=offset, limit=limit)
        return list(rows), total

    return paged(fetch, table)
