"""A client's side of the hub."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


class Listener:
    """A client's side of the hub: keeps what it is sent, answers what it is told to; gives out tokens at `/token`."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.tokens: list[str] = []
        self.token_requests: list[tuple[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/token":
                    self._give_token(body)
                    return
                outer.requests.append((self.path, dict(self.headers), body))
                self.send_response(outer.answers.pop(0) if outer.answers else 204)
                self.end_headers()

            def _give_token(self, body: bytes) -> None:
                outer.token_requests.append((self.headers["Authorization"], body.decode()))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps({"access_token": outer.tokens.pop(0), "expires_in": 300}).encode())

            def log_message(self, *_: object) -> None:
                """Tests are quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, _, body in self.requests]

    @property
    def told(self) -> list[str]:
        return [body["eventType"] for body in self.bodies]
