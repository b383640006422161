"""A network function as a process: writes down what it is told, by HTTP/1.1 or HTTP/2, and answers 204."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

HEARD = "HEARD"
"""The file, by this environment variable."""


class Function:
    """The RSGI application."""

    async def __rsgi__(self, scope: Any, connection: Any) -> None:
        body = await connection()
        write({"version": scope.http_version, "path": scope.path, "body": json.loads(body or b"null")})
        connection.response_empty(204, [])


def write(heard: dict[str, Any]) -> None:
    """Add a line to the file."""
    with Path(os.environ[HEARD]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(heard) + "\n")


application = Function()
