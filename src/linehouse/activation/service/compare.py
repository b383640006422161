"""Looking whether the network is as it should be, and putting it right."""

from __future__ import annotations

from django.db.models import F

from linehouse.activation.connector import connector
from linehouse.activation.drift import difference
from linehouse.activation.errors import LineNotProvisioned
from linehouse.activation.lifecycle import OUT_OF_LINE
from linehouse.activation.models import Line
from linehouse.activation.service.ask import request
from linehouse.activation.service.look import find_line
from linehouse.activation.values import Action, Difference, LineView, NewRequest, RequestView
from linehouse.kernel.ids import new_id
from linehouse.platform.work import Actor, Work, unit_of_work


def compare(line: str) -> tuple[Difference, ...]:
    """In what the network differs from the desired state of the line; nothing when all is well.

    Asks the network. Raises LineNotProvisioned, NoConnector.
    """
    return _differences(find_line(line))


def _differences(view: LineView) -> tuple[Difference, ...]:
    found = connector().read(view.network_ref) if view.network_ref else None
    if view.desired is None:
        return (Difference("line", "absent", "present"),) if found is not None else ()
    return difference(view.desired, found)


def check_line(line: str, *, actor: Actor) -> tuple[Difference, ...]:
    """Compare a line with the network and keep what was found: a difference is a task until it is gone.

    Raises LineNotProvisioned, NoConnector.
    """
    found = compare(line)
    with unit_of_work(actor, "compared with the network") as work:
        _keep(line, found, work)
    return found


def check_lines(*, actor: Actor, limit: int = 1_000) -> tuple[int, int]:
    """Compare the lines that were compared longest ago; returns how many, and how many differ. Raises NoConnector."""
    rows = Line.objects.filter(desired__isnull=False).order_by(F("compared_at").asc(nulls_first=True), "line")
    lines = list(rows.values_list("line", flat=True)[:limit])
    return len(lines), sum(bool(check_line(line, actor=actor)) for line in lines)


def _keep(line: str, found: tuple[Difference, ...], work: Work) -> None:
    drift = [[one.attribute, one.wanted, one.found] for one in found] or None
    Line.objects.filter(line=line).update(drift=drift, compared_at=work.now, changed_at=work.now)
    work.touch(OUT_OF_LINE, line)


def bring_in_line(line: str, *, actor: Actor) -> RequestView | None:
    """Ask the network for the desired state once more where it differs; None when all is well.

    Raises LineNotProvisioned for a line that is not wanted in the network, NoConnector.
    """
    view = find_line(line)
    if view.desired is None:
        raise LineNotProvisioned("this line is not wanted in the network", field="line", value=line)
    differences = check_line(line, actor=actor)
    if not differences:
        return None
    absent = differences[0].attribute == "line"
    return request(
        NewRequest(
            key=f"{line}/correction/{new_id()}",
            line=line,
            product_id=view.product_id,
            customer_id=view.customer_id,
            action=Action.CREATE if absent else Action.CHANGE,
            desired=view.desired,
        ),
        actor=actor,
    )
