"""What happens at the doors of charging, as rows and words."""

import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django_stubs_ext import StrOrPromise

from linehouse.charging import service as charging
from linehouse.charging.service import observed
from linehouse.charging.service.observed import Minute, SessionFound, Speed, Traced
from linehouse.edge.desk.live_rows import DOORS
from linehouse.edge.ui.charts import Chart, Series, stacked_bars
from linehouse.edge.ui.formats import decimal_sign, number_text, time_text
from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Shown, Source, Table
from linehouse.platform.access.programs import programs
from linehouse.platform.texts.codes import titled

WHY: Final[Mapping[str, StrOrPromise]] = {
    "credit-limit": gettext_lazy("neither allowances nor money were left"),
    "denied": gettext_lazy("the tariff, or an allowance that is used up, forbids it"),
    "unrated": gettext_lazy("no rule of the tariff prices it"),
    "unknown-session": gettext_lazy("no such session is open"),
    "key-reused": gettext_lazy("the same request number came with another content"),
    "invalid": gettext_lazy("usage that cannot be"),
    "nothing-to-refund": gettext_lazy("nothing was taken that could be given back"),
    "charging.subscriber_unknown": gettext_lazy("nobody has this number or card"),
    "charging.no_tariff": gettext_lazy("the line has no tariff"),
    "charging.session_of_another": gettext_lazy("the session belongs to another line"),
    "charging.unavailable": gettext_lazy("the database did not answer"),
    "kernel.invalid": gettext_lazy("the message cannot be understood"),
}
"""Codes of refusals in words; a code that is not here is spelled."""


def why(code: str) -> str:
    """Why something was refused, in the reader's words."""
    words = WHY.get(code)
    text = str(words) if words else titled(code.partition(".")[2] or code)
    return text[:1].upper() + text[1:]


def door_name(door: str) -> str:
    """A door by its name."""
    return DOORS.get(door, door)


def milliseconds(micros: int | None) -> str:
    """A latency in milliseconds, with one decimal below ten."""
    if micros is None:
        return ""
    if micros >= 10_000 or micros % 1_000 == 0:
        return f"{number_text(micros // 1_000)} ms"
    return f"{number_text(micros // 1_000)}{decimal_sign()}{micros % 1_000 // 100} ms"


def session_url(brand: str, session: str) -> str:
    """The page of one session's messages."""
    return f"{reverse('desk:charging_session', args=(brand,))}?{urlencode({'session': session})}"


def client_names(brand: str) -> dict[str, str]:
    """Programs by id: the JSON door knows its peers by it."""
    return {str(one.id): one.name for one in programs(brand)}


def rate_chart(minutes: list[Minute], zone: ZoneInfo) -> Chart:
    """Answers by the minute, those that refused something on top."""
    return stacked_bars(
        gettext("Answers by the minute"),
        [time_text(one.minute, zone) for one in minutes],
        (
            Series(gettext("granted"), tuple(one.answered for one in minutes)),
            Series(gettext("refused"), tuple(one.refused for one in minutes)),
        ),
        column=gettext("Minute"),
        height=180,
    )


def speed_rows(speeds: list[Speed], names: Mapping[str, str]) -> list[dict[str, object]]:
    """Doors and peers with their speed, as a template shows them."""
    return [
        {
            "door": door_name(one.door),
            "peer": names.get(one.peer, one.peer),
            "requests": one.requests,
            "refused": one.refused,
            "p50": milliseconds(one.p50),
            "p95": milliseconds(one.p95),
            "p99": milliseconds(one.p99),
            "slowest": milliseconds(one.slowest),
        }
        for one in speeds
    ]


def refused_table(brand: str, names: Mapping[str, str]) -> Table[Traced]:
    """What was refused, newest first."""
    return Table[Traced](
        key="refused",
        caption=gettext("Refused"),
        columns=(
            Column("at", gettext("When"), Kind.EXACT_INSTANT, link=lambda t: session_url(brand, t.session)),
            Column("refused", gettext("Why"), value=lambda t: why(t.refused), note=lambda t: t.refused),
            Column(
                "name",
                gettext("Request"),
                Kind.CODE,
                note=lambda t: gettext("answered %(result)s") % {"result": t.result} if t.result else None,
            ),
            Column(
                "peer",
                gettext("Peer"),
                value=lambda t: names.get(t.peer, t.peer),
                note=lambda t: door_name(t.door),
                shown=Shown.FROM_TABLET,
            ),
            Column(
                "session",
                gettext("Session"),
                Kind.CODE,
                value=lambda t: charging.given_name(t.session)[:60],
                shown=Shown.FROM_DESKTOP,
            ),
        ),
        filters=(Filter("why", gettext("Why"), lambda: [(one, why(one)) for one in observed.reasons_lately()]),),
        empty=Empty(
            gettext("Nothing was refused"),
            gettext("Requests that got nothing stand here with their reason."),
            "network",
        ),
    )


def refused_source(table: Table[Traced]) -> Source[Traced]:
    """The refused messages that are kept."""
    return paged(
        lambda q, offset, limit: observed.refused_lately(offset=offset, limit=limit, refused=q.filters.get("why", "")),
        table,
    )


def sessions_table(brand: str) -> Table[SessionFound]:
    """Sessions, newest first."""
    return Table[SessionFound](
        key="charging-sessions",
        caption=gettext("Sessions"),
        columns=(
            Column("began_at", gettext("Began"), Kind.EXACT_INSTANT, link=lambda s: session_url(brand, s.session)),
            Column("session", gettext("Session"), Kind.CODE, value=lambda s: charging.given_name(s.session)[:80]),
            Column("door", gettext("Door"), value=lambda s: door_name(s.door)),
            Column("subscription", gettext("Product"), Kind.CODE, shown=Shown.FROM_TABLET),
            Column("state", gettext("State"), Kind.STATUS, value=lambda s: "closed" if s.closed_at else "open"),
            Column("closed_at", gettext("Ended"), Kind.EXACT_INSTANT, shown=Shown.FROM_DESKTOP),
        ),
        search_label=gettext("Beginning of a session's name, product or line number"),
        empty=Empty(gettext("No session"), gettext("Sessions appear when the network asks for a line."), "network"),
    )


def sessions_source(table: Table[SessionFound]) -> Source[SessionFound]:
    """The sessions that are looked for."""
    return paged(lambda q, offset, limit: observed.find_sessions(q.search, offset=offset, limit=limit), table)


def laid_out(message: Traced) -> str:
    """A message's content on several lines."""
    return json.dumps(message.detail, indent=2, ensure_ascii=False) if message.detail else ""


def whose(messages: list[Traced]) -> UUID | None:
    """Whose session it is, where a message tells."""
    return next((one.subscription_id for one in messages if one.subscription_id), None)
