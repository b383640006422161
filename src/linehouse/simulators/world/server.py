"""The page's HTTP server, on the machine's own address."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from linehouse.kernel.error import DomainError
from linehouse.kernel.money import Money
from linehouse.simulators.bank.counter import Counter
from linehouse.simulators.gateway.target import Folder
from linehouse.simulators.mailbox.bounce import returned
from linehouse.simulators.mailbox.server import Mailbox
from linehouse.simulators.sms_centre.faults import Fault, Faults
from linehouse.simulators.sms_centre.handsets import Handsets
from linehouse.simulators.world import brands, invoice_reader, page

_LARGEST_FORM = 10_000
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class World:
    """What the page shows and does, apart from HTTP."""

    def __init__(self, home: Path, network_url: str) -> None:
        self.home = home
        self.network_url = network_url
        self.mailbox = Mailbox(home / "simulators" / "mailbox")
        self.bank = Counter(home / "simulators" / "bank")
        self.handsets = Handsets(home / "simulators" / "sms-centre")
        self.sms_faults = Faults(home / "simulators" / "sms-centre")
        self.gateway = Folder(home)

    def payable(self, key: str) -> invoice_reader.Payable | None:
        """What the invoice in a mail asks for."""
        for place in range(10):
            found = self.mailbox.attachment(key, place)
            if found is None:
                return None
            if found[1].endswith("/xml"):
                return invoice_reader.read(found[2])
        return None

    def pay_mail(self, key: str) -> str:
        """Pay the invoice in a mail; says what was done."""
        asked = self.payable(key)
        if asked is None:
            return "This mail asks for no payment."
        brand = brands.by_iban(self.home, asked.iban)
        if brand is None:
            return f"The bank knows no account {asked.iban}."
        inbox = brands.bank_inbox(self.home, brand.key)
        file = self.bank.pay(
            inbox, asked.iban, asked.amount, asked.due_on, payer=asked.buyer, reference=asked.reference
        )
        return f"Paid {asked.amount}; the statement {file.name} lies in the inbox of {brand.name}."

    def transfer(self, form: dict[str, str]) -> str:
        """Make a transfer by hand; says what was done."""
        brand = next((b for b in brands.known(self.home) if b.key == form.get("brand")), None)
        if brand is None:
            return "Choose a brand."
        try:
            amount = Money.of(form.get("amount", "").replace(",", "."), brand.currency)
            booked_on = date.fromisoformat(form.get("booked_on", ""))
        except (DomainError, ValueError) as error:
            return f"Nothing was transferred: {error}"
        file = self.bank.pay(
            brands.bank_inbox(self.home, brand.key),
            brand.iban,
            amount,
            booked_on,
            payer=form.get("payer", ""),
            reference=form.get("reference", ""),
            text=form.get("text", ""),
        )
        return f"Transferred {amount}; the statement {file.name} lies in the inbox of {brand.name}."

    def bounce(self, key: str) -> str:
        """Send a mail back to the brand that wrote it (RFC 3464); says what was done."""
        found = next((mail for mail in self.mailbox.mails() if mail.key == key), None)
        raw = self.mailbox.raw(key)
        brand = next((b for b in brands.known(self.home) if found and found.sender.startswith(b.name)), None)
        if found is None or raw is None or brand is None:
            return "No brand that is known wrote this mail."
        inbox = brands.mail_inbox(self.home, brand.key)
        inbox.mkdir(parents=True, exist_ok=True)
        draft = inbox / f"{key}.part"
        draft.write_bytes(returned(raw, found.recipient))
        draft.rename(inbox / f"{key}.eml")
        return f"It comes back: {key}.eml lies in the mail inbox of {brand.name}."

    def use_phones(self, form: dict[str, str]) -> str:
        """Let the live subscribers use their phones, or not any more; says what was done."""
        on = form.get("wish") == "on"
        self.gateway.want(on=on)
        if not on:
            return "The phones are put away; open sessions are ended."
        if self.gateway.target() is None:
            return "The brand live is being founded; in some seconds its subscribers use their phones."
        return "They use their phones."

    def order_sms_fault(self, form: dict[str, str]) -> str:
        """Put a fault of the SMS centre on the menu; says what was done."""
        count = form.get("count", "")
        if form.get("fault") not in set(Fault) or not count.isdigit() or len(count) > 3:
            return "Choose a fault and a number of messages."
        fault = Fault(form["fault"])
        self.sms_faults.order(fault, int(count))
        return f"The SMS centre will be {fault} for the next {int(count)} messages."


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    world: World


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        world, target = self.server.world, urlsplit(self.path)
        note = parse_qs(target.query).get("note", [""])[0]
        match [unquote(step) for step in target.path.strip("/").split("/")]:
            case ["healthz"]:
                self._answer(200, "application/json", b'{"status": "ok"}')
            case ["style.css"]:
                self._answer(200, "text/css; charset=utf-8", page.STYLE.encode())
            case [""]:
                text = page.index(
                    world.mailbox.mails(),
                    world.handsets.texts(),
                    world.sms_faults.left(),
                    brands.known(world.home),
                    world.network_url,
                    world.gateway.tally() if world.gateway.wanted else None,
                    note,
                )
                self._answer(200, "text/html; charset=utf-8", text.encode())
            case ["mail", key]:
                found = next((mail for mail in world.mailbox.mails() if mail.key == key), None)
                if found is None:
                    self._missing()
                else:
                    text = page.mail(found, world.payable(key), note)
                    self._answer(200, "text/html; charset=utf-8", text.encode())
            case ["mail", key, place] if place.isdigit():
                file = world.mailbox.attachment(key, int(place))
                if file is None:
                    self._missing()
                else:
                    self._answer(200, file[1], file[2], f"inline; filename*=UTF-8''{quote(file[0])}")
            case _:
                self._missing()

    def do_POST(self) -> None:
        world = self.server.world
        size = int(self.headers.get("Content-Length") or 0)
        form = {
            name: values[0] for name, values in parse_qs(self.rfile.read(min(size, _LARGEST_FORM)).decode()).items()
        }
        match [unquote(step) for step in urlsplit(self.path).path.strip("/").split("/")]:
            case ["mail", key, "pay"]:
                self._back(f"/mail/{quote(key)}", world.pay_mail(key))
            case ["mail", key, "bounce"]:
                self._back(f"/mail/{quote(key)}", world.bounce(key))
            case ["sms-fault"]:
                self._back("/", world.order_sms_fault(form))
            case ["phones"]:
                self._back("/", world.use_phones(form))
            case ["transfer"]:
                self._back("/", world.transfer(form))
            case _:
                self._missing()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Say nothing: addresses of mails are nobody's business."""

    def _missing(self) -> None:
        self._answer(
            404, "text/html; charset=utf-8", page.shell("Nothing here", "<p>There is nothing here.</p>").encode()
        )

    def _back(self, path: str, note: str) -> None:
        self.send_response(303)
        self.send_header("Location", f"{path}?note={quote(note)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, status: int, media_type: str, body: bytes, disposition: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        if disposition:
            self.send_header("Content-Disposition", disposition)
        self.end_headers()
        with suppress(BrokenPipeError):
            self.wfile.write(body)


def serve(home: Path, port: int, network_url: str, stop: threading.Event) -> None:
    """Show the page on 127.0.0.1 until ``stop`` is set."""
    server = _Server(("127.0.0.1", port), _Handler)
    server.world = World(home, network_url)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="world")
    thread.start()
    stop.wait()
    server.shutdown()
    server.server_close()
    thread.join()
