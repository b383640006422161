"""Requests of data subjects, and looks at a person's data, as rows."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Source, Table
from linehouse.party import subject_requests
from linehouse.party.lifecycle import SUBJECT_REQUEST
from linehouse.party.values import RequestKind, RequestView
from linehouse.platform.personal.access_log import Look, looks_at
from linehouse.platform.personal.declare import OnErasure
from linehouse.platform.texts.codes import titled_lazily

KINDS = {
    RequestKind.ACCESS: gettext_lazy("To see everything"),
    RequestKind.RECTIFICATION: gettext_lazy("To put something right"),
    RequestKind.ERASURE: gettext_lazy("To be forgotten"),
}
EFFECTS = {
    OnErasure.KEY: gettext_lazy("The key is destroyed"),
    OnErasure.BLANK: gettext_lazy("Emptied"),
    OnErasure.DELETE: gettext_lazy("Deleted"),
    OnErasure.LAW: gettext_lazy("Kept by law"),
    OnErasure.ALIAS: gettext_lazy("Stays as a pseudonym"),
}
THROUGH = {
    "screen": gettext_lazy("Screen"),
    "unmask": gettext_lazy("Unmasked"),
    "granted": gettext_lazy("Unmasking allowed"),
    "export": gettext_lazy("Export"),
    "api": gettext_lazy("API"),
    "own": gettext_lazy("The person"),
    "erasure": gettext_lazy("Erasure"),
}


def requests_table(brand: str) -> Table[RequestView]:
    """The list of requests."""
    return Table[RequestView](
        key="privacy-requests",
        caption=gettext("Requests about data"),
        columns=(
            Column(
                "number",
                gettext("Request"),
                Kind.CODE,
                link=lambda r: reverse("desk:privacy_request", args=(brand, r.number)),
            ),
            Column("kind", gettext("Asked"), value=lambda r: KINDS[r.kind]),
            Column("state", gettext("State"), Kind.STATUS),
            Column("received_at", gettext("Received"), Kind.INSTANT, shown=Shown.FROM_TABLET),
            Column("due_at", gettext("To be answered by"), Kind.INSTANT),
            Column("settled_at", gettext("Answered"), Kind.INSTANT, shown=Shown.FROM_DESKTOP),
        ),
        filters=(Filter("state", gettext("State"), tuple((s, titled_lazily(s)) for s in SUBJECT_REQUEST.states)),),
        search_label=gettext("Number"),
        empty=Empty(
            gettext("No request yet"), gettext("Take one in on the tab Privacy of a customer's page."), "shield"
        ),
    )


def requests_source(table: Table[RequestView]) -> Source[RequestView]:
    """The requests, those that are due first."""

    def fetch(query: Query, offset: int, limit: int) -> tuple[list[RequestView], int]:
        rows, total = subject_requests.requests(
            state=query.filters.get("state", ""), search=query.search, offset=offset, limit=limit
        )
        return list(rows), total

    return paged(fetch, table)


def looks_table() -> Table[Look]:
    """Who looked at a person's data."""
    return Table[Look](
        key="looks",
        caption=gettext("Who looked at the data"),
        columns=(
            Column("at", gettext("When"), Kind.INSTANT),
            Column("actor", gettext("Who")),
            Column("through", gettext("Through"), value=lambda look: THROUGH.get(look.through, look.through)),
            Column("what", gettext("What")),
            Column("reason", gettext("Why")),
        ),
        empty=Empty(gettext("Nobody yet"), gettext("Every look at the person's data is listed here."), "shield"),
    )


def looks_source(party_id: UUID) -> Source[Look]:
    """The looks at one person's data, newest first."""

    def fetch(query: Query, offset: int, limit: int) -> tuple[list[Look], int]:
        return looks_at(party_id, offset=offset, limit=limit)

    return paged(fetch, looks_table())
