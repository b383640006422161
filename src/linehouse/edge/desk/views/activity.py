"""The activity of the brand: who did what, to what, when."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.utils.translation import gettext

from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.activity import PEOPLE, Act, acts
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Slice, Table
from linehouse.platform.outbox.service import actors_of_events, rooms_of_events
from linehouse.platform.texts.codes import titled
from linehouse.platform.work import SYSTEM


@desk_view("operations.read", section="activity")
def stream(request: DeskRequest) -> HttpResponse:
    """What happened, newest first, by person, kind and object."""
    brand = request.desk.brand.key
    table = Table[Act](
        key="activity",
        caption=gettext("Activity"),
        columns=(
            Column("at", gettext("When"), Kind.EXACT_INSTANT, link=lambda a: a.event_url),
            Column("actor", gettext("Who")),
            Column("title", gettext("What"), link=lambda a: a.url or None, note=lambda a: a.text),
            Column("customer", gettext("Customer"), link=lambda a: a.customer_url or None, shown=Shown.FROM_TABLET),
        ),
        filters=(Filter("actor", gettext("Who"), _people), Filter("room", gettext("Kind"), _kinds)),
        search_label=gettext("Number of an order, invoice, product or customer"),
        empty=Empty(
            gettext("Nothing has happened yet"),
            gettext("Every act of people and of the house is listed here."),
            "event",
        ),
        size=50,
    )

    def source(query: Query) -> Slice[Act]:
        rows, total = acts(
            brand,
            actor=query.filters.get("actor", ""),
            room=query.filters.get("room", ""),
            mentions=query.search,
            offset=query.offset,
            limit=query.limit,
        )
        return Slice(rows, total)

    lede = gettext("Who did what, from the log of events. Events are never changed.")
    return answer_list(request, table, source, context={"title": gettext("Activity"), "lede": lede})


def _people() -> Iterable[tuple[str, str]]:
    yield PEOPLE, gettext("All people")
    for name in actors_of_events():
        yield name, gettext("The house itself") if name == SYSTEM.name else name


def _kinds() -> Iterable[tuple[str, str]]:
    for room in rooms_of_events():
        yield room, titled(room)
