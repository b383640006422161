"""What of activation waits for a person: lines that are not in the network as we want them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from linehouse.activation.lifecycle import OUT_OF_LINE
from linehouse.activation.service.compare import bring_in_line
from linehouse.platform.sql import brand_cursor, dict_rows
from linehouse.platform.work import Actor
from linehouse.platform.worklist.kinds import task_kind
from linehouse.platform.worklist.values import TaskView, Waiting


def out_of_line(keys: Sequence[str] | None) -> Iterable[Waiting]:
    """Lines whose last request failed and was not mended since, or which the last look found to differ.

    What an order asked for is the order's: its step waits. A request that is under way is waited for.
    """
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT l.line, l.customer_id, l.drift, l.compared_at, r.key, r.action, r.code, r.reason, r.settled_at,
                   r.state = 'failed' AND NOT r.followed
                     AND (l.compared_at IS NULL OR l.compared_at <= r.settled_at OR l.drift IS NOT NULL) AS failed
            FROM activation_line l
            JOIN LATERAL (
                SELECT * FROM activation_request q WHERE q.line_id = l.id ORDER BY q.created_at DESC, q.id DESC LIMIT 1
            ) r ON true
            WHERE (%(all)s OR l.line = ANY(%(keys)s))
              AND ((r.state = 'failed' AND NOT r.followed
                    AND (l.compared_at IS NULL OR l.compared_at <= r.settled_at OR l.drift IS NOT NULL))
                   OR (l.drift IS NOT NULL AND r.state NOT IN ('pending', 'accepted')))
            """,
            {"all": keys is None, "keys": list(keys or ())},
        )
        rows = dict_rows(cursor)
    for row in rows:
        drift = json.loads(row["drift"]) if row["drift"] else []
        reason = row["reason"] or row["code"] if row["failed"] else "the network differs from what we want"
        evidence = {"line": row["line"], "last request": row["key"], "action": row["action"], "code": row["code"]}
        evidence |= {name: f"wanted {wanted}, found {found}" for name, wanted, found in drift}
        yield Waiting(
            row["line"],
            f"{row['line']}",
            reason or "failed",
            {name: value for name, value in evidence.items() if value},
            row["customer_id"],
            since=row["settled_at"] if row["failed"] else row["compared_at"],
        )


def again(task: TaskView, actor: Actor) -> str:
    """Look at the network, and ask once more for what differs."""
    asked = bring_in_line(task.key, actor=actor)
    return str(_("The network was asked again.") if asked else _("The network is as it should be."))


task_kind(
    OUT_OF_LINE,
    queue="network",
    title=_("Line not as wanted in the network"),
    permission="network.write",
    due=timedelta(hours=8),
    link=lambda task: f"network/lines/{task.key}",
    retry=again,
    waiting=out_of_line,
)
