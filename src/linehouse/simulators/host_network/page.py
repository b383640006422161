"""The host network's page for people: lines, requests at work, the fault menu as a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from linehouse.simulators.world.page import STYLE

_FAULT = ("Fault", "Times", "Request", "Line", "Reason")


def admin(picture: Mapping[str, Any]) -> str:
    """The page of what ``picture`` holds (see ``server``)."""
    pace = picture["behaviour"]
    faults = [
        (f["kind"], f["count"], f["method"] or "any change", f["line"] or "any", f["reason"]) for f in picture["faults"]
    ]
    lines = [(s["name"], s["id"], s["state"]) for s in picture["services"]]
    working = [(m["id"], m["state"]) for m in picture["monitors"] if m["state"] == "InProgress"]
    kinds = "".join(
        f'<option value="{entry["kind"]}">{entry["kind"]}: {escape(entry["does"])}</option>'
        for entry in picture["menu"]
    )
    later = " checked" if pace["later"] else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Host network</title><style>{STYLE}</style></head><body><header><h1>The simulated host network</h1>"
        "<p>Speaks TM Forum Service Activation and Configuration (TMF640 v4).</p></header><main>"
        f"<h2>Faults that wait</h2>{_table(_FAULT, faults, 'Nothing will go wrong.')}"
        '<form method="post" action="/admin/clear"><button>Empty the queue</button></form>'
        '<h2>Let something go wrong</h2><form method="post" action="/admin/fault">'
        f'<label>Fault <select name="kind">{kinds}</select></label>'
        '<label>Times <input name="count" type="number" min="1" value="1" required></label>'
        '<label>Request <select name="method"><option value="">any change</option><option>POST</option>'
        "<option>PATCH</option><option>DELETE</option></select></label>"
        '<label>Line (empty: any) <input name="line" placeholder="P-000001"></label>'
        '<label>Milliseconds (slow) <input name="milliseconds" type="number" min="0" value="3000"></label>'
        '<label>Reason (refuse, fail-later) <input name="reason" value="the subscriber profile is not allowed"></label>'
        "<button>Queue it</button></form>"
        '<h2>Pace</h2><form method="post" action="/admin/pace">'
        f'<label><span><input type="checkbox" name="later"{later}> Finish later, with a monitor</span></label>'
        f'<label>after milliseconds <input name="delay_ms" type="number" min="0" value="{pace["delay_ms"]}"></label>'
        "<button>Set</button></form>"
        f"<h2>Requests at work</h2>{_table(('Monitor', 'State'), working, 'None.')}"
        f"<h2>Lines</h2>{_table(('Line', 'Service', 'State'), lines, 'No line has been provisioned yet.')}"
        "</main></body></html>"
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> str:
    if not rows:
        return f"<p>{empty}</p>"
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
