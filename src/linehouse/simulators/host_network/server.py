"""The host operator over HTTP: TMF640 v4 at its published path, the fault menu under /admin, health at /healthz."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from linehouse.kernel.clock import MachineClock
from linehouse.simulators.host_network import page
from linehouse.simulators.host_network.documents import API, Refusal
from linehouse.simulators.host_network.faults import Fault, described
from linehouse.simulators.host_network.memory import Behaviour, Memory
from linehouse.simulators.host_network.network import Answer, Network, Outcome
from linehouse.simulators.host_network.notifier import Notifier

_BODY_LIMIT = 1_000_000
_DRAINED = 16 * _BODY_LIMIT
"""So much of a body that is too long is read and dropped: whoever still writes would not hear the refusal."""
_PAGING = frozenset({"fields", "offset", "limit", "sort"})


class HostNetwork:
    """The server. ``port`` 0 takes a free one; ``folder`` keeps what the host remembers."""

    def __init__(self, folder: Path, port: int = 0, host: str = "127.0.0.1") -> None:
        self._server = _Server((host, port), _Handler)
        self.url = f"http://{host}:{self._server.server_port}"
        self.network = Network(Memory(folder), MachineClock(), self.url)
        self._server.network = self.network
        self._server.notifier = Notifier(self.network)

    def serve(self, stop: threading.Event) -> None:
        """Answer until ``stop`` is set; then the port is free again."""
        threads = [
            threading.Thread(
                target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="host-network-http"
            ),
            threading.Thread(target=self._server.notifier.run, args=(stop,), name="host-network-notices"),
        ]
        for thread in threads:
            thread.start()
        stop.wait()
        self._server.shutdown()
        self._server.server_close()
        for thread in threads:
            thread.join()


def serve(folder: Path, port: int, stop: threading.Event) -> None:
    """Run the simulated host network on 127.0.0.1 until ``stop`` is set."""
    HostNetwork(folder, port).serve(stop)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    network: Network
    notifier: Notifier


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Reads."""
        path, query = self._target()
        network = self.server.network
        match path:
            case ["service"]:
                self._page(network.services({k: v for k, v in query.items() if k not in _PAGING}), query)
            case ["service", service_id]:
                self._send(_selected(network.service(service_id), query))
            case ["monitor"]:
                self._page(network.monitors(), query)
            case ["monitor", monitor_id]:
                self._send(_selected(network.monitor(monitor_id), query))
            case ["admin", "state"]:
                self._send(Answer(200, _picture(network)))
            case ["admin"]:
                self._send_page(page.admin(_picture(network)))
            case ["healthz"]:
                self._send(Answer(200, {"status": "ok"}))
            case _:
                self._send(_nothing(self.path))

    def do_POST(self) -> None:
        """Creates services, subscriptions and faults."""
        path, _ = self._target()
        body = None if path[:1] == ["admin"] and self._is_form() else self._body()
        network = self.server.network
        match path:
            case ["service"]:
                self._carry_out(network.create(body, self._key()))
            case ["hub"]:
                self._send(network.listen(body))
            case ["admin", "faults"]:
                self._admin(body, Fault, network.add_fault)
            case ["admin", ("fault" | "clear" | "pace") as what]:
                self._form(what)
            case _:
                self._send(_nothing(self.path))

    def do_PATCH(self) -> None:
        """Changes a service."""
        path, _ = self._target()
        body = self._body()
        match path:
            case ["service", service_id]:
                self._carry_out(self.server.network.update(service_id, body, self._key()))
            case _:
                self._send(_nothing(self.path))

    def do_PUT(self) -> None:
        """Sets how the host works."""
        path, _ = self._target()
        body = self._body()
        match path:
            case ["admin", "behaviour"]:
                self._admin(body, Behaviour, self.server.network.behave)
            case _:
                self._send(_nothing(self.path))

    def do_DELETE(self) -> None:
        """Removes services, subscriptions and faults."""
        path, _ = self._target()
        network = self.server.network
        match path:
            case ["service", service_id]:
                self._carry_out(network.delete(service_id, self._key()))
            case ["hub", listener]:
                self._send(network.unlisten(listener))
            case ["admin", "faults"]:
                network.clear_faults()
                self._send(Answer(204))
            case _:
                self._send(_nothing(self.path))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the parent's name
        """Requests hold personal values: none is logged."""

    def _target(self) -> tuple[list[str], dict[str, str]]:
        parts = urlsplit(self.path)
        path = parts.path
        if path.startswith(f"{API}/"):
            path = path.removeprefix(API)
        elif not path.startswith(("/admin", "/healthz")):
            path = "/nowhere"
        return [part for part in path.split("/") if part], dict(parse_qsl(parts.query, keep_blank_values=True))

    def _key(self) -> str:
        return self.headers.get("Idempotency-Key", "")

    def _body(self) -> Any:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > _BODY_LIMIT:
            self.close_connection = True
            self._drain(min(int(length), _DRAINED) if length.isdigit() else 0)
            return None
        try:
            return json.loads(self.rfile.read(int(length)) or b"null")
        except ValueError:
            return None

    def _drain(self, octets: int) -> None:
        while octets > 0 and (read := self.rfile.read(min(octets, 65_536))):
            octets -= len(read)

    def _is_form(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")

    def _form(self, what: str) -> None:
        """A form of the page; a wrong field is told by what the same request in JSON would say."""
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isdigit() else 0
        form = dict(parse_qsl(self.rfile.read(min(size, _BODY_LIMIT)).decode("utf-8", "replace")))
        network = self.server.network
        try:
            if what == "fault":
                network.add_fault(msgspec.convert(form, Fault, strict=False))
            elif what == "pace":
                pace = {"later": "later" in form, "delay_ms": form.get("delay_ms", "")}
                network.behave(msgspec.convert(pace, Behaviour, strict=False))
            else:
                network.clear_faults()
        except msgspec.ValidationError as error:
            self._send(Answer(400, Refusal(400, "20", str(error)).document()))
            return
        self._send(Answer(303, location="/admin"))

    def _send_page(self, text: str) -> None:
        data = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _admin(self, body: Any, kind: Any, act: Callable[[Any], None]) -> None:
        try:
            value = msgspec.convert(body, kind)
        except msgspec.ValidationError as error:
            self._send(Answer(400, Refusal(400, "20", str(error)).document()))
            return
        act(value)
        self._send(Answer(200, _picture(self.server.network)))

    def _carry_out(self, outcome: Outcome) -> None:
        if outcome.notify_first:
            self.server.notifier.flush()
        if outcome.wait_ms:
            time.sleep(outcome.wait_ms / 1000)
        if outcome.broken:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._send(outcome.answer)

    def _page(self, found: list[dict[str, Any]], query: dict[str, str]) -> None:
        try:
            offset, limit = int(query.get("offset", "0")), int(query.get("limit", "100000"))
        except ValueError:
            self._send(Answer(400, Refusal(400, "22", "offset and limit are numbers").document()))
            return
        page = found[max(offset, 0) : max(offset, 0) + max(limit, 0)]
        counts = {"X-Total-Count": str(len(found)), "X-Result-Count": str(len(page))}
        self._send(Answer(200, [_fields(item, query) for item in page]), counts)

    def _send(self, answer: Answer, headers: dict[str, str] | None = None) -> None:
        data = b"" if answer.body is None else json.dumps(answer.body).encode()
        with suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(answer.status)
            if data:
                self.send_header("Content-Type", "application/json;charset=utf-8")
            if answer.status != 204:
                self.send_header("Content-Length", str(len(data)))
            if self.close_connection:
                self.send_header("Connection", "close")
            if answer.location:
                self.send_header("Location", answer.location)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)


def _selected(answer: Answer, query: dict[str, str]) -> Answer:
    return Answer(answer.status, _fields(answer.body, query)) if answer.status == 200 else answer


def _fields(item: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    if not query.get("fields"):
        return item
    kept = {"id", "href", "@type", *query["fields"].split(",")}
    return {name: value for name, value in item.items() if name in kept}


def _nothing(path: str) -> Answer:
    return Answer(404, Refusal(404, "60", f"there is nothing at {path}").document())


def _picture(network: Network) -> dict[str, Any]:
    """What the simulators' page shows: counts, lines, what is at work, the faults that wait, and the menu."""
    services = network.services({})
    return {
        "behaviour": msgspec.to_builtins(network.state.behaviour),
        "faults": msgspec.to_builtins(network.state.faults),
        "menu": described(),
        "services": [{"id": s["id"], "name": s.get("name", ""), "state": s["state"]} for s in services],
        "monitors": [{"id": m["id"], "state": m["state"]} for m in network.monitors()],
        "listeners": sorted(network.state.listeners.values()),
    }
