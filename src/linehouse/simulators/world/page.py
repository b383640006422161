"""The pages as HTML text."""

from __future__ import annotations

from html import escape

from linehouse.simulators.gateway.target import Tally
from linehouse.simulators.mailbox.server import Received
from linehouse.simulators.sms_centre.faults import MENU, Fault
from linehouse.simulators.sms_centre.handsets import Joined
from linehouse.simulators.world.brands import KnownBrand
from linehouse.simulators.world.invoice_reader import Payable

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #0b6e5f; }
@media (prefers-color-scheme: dark) { :root { --accent: #5fd0bd; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
header { border-bottom: 1px solid var(--line); margin-bottom: 1.5rem; }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
pre { background: var(--soft); padding: 1rem; white-space: pre-wrap; border-radius: .5rem; }
form { display: grid; gap: .6rem; max-width: 28rem; } label { display: grid; gap: .2rem; }
input, select, button { font: inherit; padding: .4rem .6rem; } a { color: var(--accent); }
button { background: var(--accent); color: Canvas; border: 0; border-radius: .4rem; cursor: pointer; }
.note { background: var(--soft); padding: .6rem 1rem; border-left: 4px solid var(--accent); }
"""


def shell(title: str, body: str, note: str = "") -> str:
    """A whole page."""
    told = f'<p class="note" role="status">{escape(note)}</p>' if note else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{escape(title)} – outside world</title><link rel="stylesheet" href="/style.css"></head><body>'
        '<header><h1><a href="/">The outside world of Linehouse</a></h1><p>Simulated counterparts: nothing '
        f"here is real, but it speaks the real protocols.</p></header><main>{told}{body}</main></body></html>"
    )


def index(
    mails: list[Received],
    texts: list[Joined],
    faults: dict[Fault, int],
    brands: list[KnownBrand],
    network_url: str,
    live: Tally | None,
    note: str,
) -> str:
    """Mailbox, handsets, subscribers who use their phones (``live`` is None while they do not), bank and links."""
    rows = "".join(
        f'<tr><td><a href="/mail/{mail.key}">{escape(mail.subject) or "(no subject)"}</a></td>'
        f"<td>{escape(mail.recipient)}</td><td>{len(mail.attachments)}</td></tr>"
        for mail in mails[:200]
    )
    box = (
        f"<table><thead><tr><th>Subject</th><th>To</th><th>Files</th></tr></thead><tbody>{rows}</tbody></table>"
        if mails
        else "<p>No mail has come yet. Activate a line or post an invoice.</p>"
    )
    choices = "".join(f'<option value="{escape(b.key)}">{escape(b.name)}, {escape(b.iban)}</option>' for b in brands)
    bank = (
        f'<form method="post" action="/transfer"><label>To <select name="brand">{choices}</select></label>'
        '<label>Amount <input name="amount" inputmode="decimal" required placeholder="27.95"></label>'
        '<label>Reference <input name="reference" placeholder="RF…"></label>'
        '<label>Text <input name="text"></label><label>Payer <input name="payer" value="A. Customer"></label>'
        '<label>Booked on <input name="booked_on" type="date" required></label><button>Transfer</button></form>'
        if brands
        else "<p>No brand is known yet.</p>"
    )
    body = (
        f"<h2>Mailbox</h2>{box}{_handsets(texts, faults)}{_phones(live)}<h2>Bank</h2>"
        f"<p>A transfer reaches the brand as a camt.053 statement in its inbox.</p>{bank}"
        f'<h2>Host network</h2><p>Speaks TMF640 at <a href="{escape(network_url)}/admin">{escape(network_url)}</a>; '
        "its fault menu is there as well.</p>"
    )
    return shell("Mailbox and bank", body, note)


def _phones(live: Tally | None) -> str:
    """Whether subscribers use their phones, and what the network asked for them so far."""
    if live is None:
        said, button, wish = "They lie on the table.", "Let them be used", "on"
    else:
        doors = ", ".join(f"{count:,} over {escape(door)}" for door, count in sorted(live.asked.items()))
        said = f"In use. Charging requests so far: {doors or 'none yet'}; refused: {live.refused:,}."
        if live.failed:
            said += f" Without an answer: {live.failed:,}, the last: {escape(live.last_failure)}."
        button, wish = "Put them away", "off"
    return (
        "<h2>Phones</h2><p>A dozen subscribers of the brand <code>live</code> browse and call, and a simulated packet "
        f"gateway, SMF and application ask our charging process for each of them, live. {said}</p>"
        f'<form method="post" action="/phones"><input type="hidden" name="wish" value="{wish}">'
        f"<button>{button}</button></form>"
    )


def _handsets(texts: list[Joined], faults: dict[Fault, int]) -> str:
    rows = "".join(
        f"<tr><td>{escape(one.text)}</td><td>{escape(one.recipient)}</td><td>{escape(one.sender)}</td>"
        f"<td>{one.parts}{f', {one.missing} missing' if one.missing else ''}, {escape(one.alphabet)}</td>"
        f"<td>{escape(one.receipt)}</td></tr>"
        for one in texts[:200]
    )
    table = (
        "<table><thead><tr><th>Text</th><th>To</th><th>From</th><th>Parts</th><th>Receipt</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
        if texts
        else "<p>No SMS has come yet.</p>"
    )
    left = "".join(f"<li>{escape(fault)}: {count} to come</li>" for fault, count in faults.items())
    choices = "".join(
        f'<option value="{escape(fault)}">{escape(fault)}: {escape(meaning)}</option>'
        for fault, meaning in MENU.items()
    )
    return (
        f"<h2>Handsets</h2>{table}<h3>Faults of the SMS centre</h3>{f'<ul>{left}</ul>' if left else ''}"
        f'<form method="post" action="/sms-fault"><label>Fault <select name="fault">{choices}</select></label>'
        '<label>For how many messages <input name="count" inputmode="numeric" value="1" required></label>'
        "<button>Let it happen</button></form>"
    )


def mail(found: Received, payable: Payable | None, note: str) -> str:
    """One mail with its files, and a button that pays the invoice in it."""
    files = "".join(
        f'<li><a href="/mail/{found.key}/{place}">{escape(name)}</a> ({escape(media)}, {size} bytes)</li>'
        for place, (name, media, size) in enumerate(found.attachments)
    )
    pay = ""
    if payable is not None:
        pay = (
            f'<form method="post" action="/mail/{found.key}/pay"><button>Pay {escape(str(payable.amount))} '
            f"with reference {escape(payable.reference)}</button></form>"
        )
    back = f'<form method="post" action="/mail/{found.key}/bounce"><button>Let it come back</button></form>'
    body = (
        f"<h2>{escape(found.subject)}</h2><p>From {escape(found.sender)}<br>To {escape(found.recipient)}</p>"
        f"<pre>{escape(found.text)}</pre>{f'<ul>{files}</ul>' if files else ''}{pay}{back}"
    )
    return shell(found.subject, body, note)
