"""The step between database and processes: schemas, brands, demo data, in a process of its own.

It tells the supervisor how far it is by one JSON value a line, and ends with the welcome or with the one line that
says why not. So the supervisor stays small and needs no Django.
"""

import os
import signal
import sys
from typing import BinaryIO

import msgspec

from linehouse.kernel.error import DomainError
from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.settings import Settings
from linehouse.platform.telemetry import logs
from linehouse.run.welcome import Welcome


class Step(msgspec.Struct, frozen=True, tag="step"):
    """A step began, or went on."""

    text: str
    done: int = 0
    total: int = 0


class Prepared(msgspec.Struct, frozen=True, tag="prepared"):
    """All is ready."""

    welcome: Welcome


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """It cannot be made ready; the reason is one line."""

    reason: str


Message = Step | Prepared | Failed


def tell(stream: BinaryIO, message: Message) -> None:
    """Write one message."""
    stream.write(msgspec.json.encode(message) + b"\n")
    stream.flush()


def hear(line: bytes) -> Message:
    """Read one message. Raises msgspec.DecodeError."""
    message: Message = msgspec.json.decode(line, type=Message)
    return message


def main() -> None:
    """Make the installation ready; exit code 2 when it refuses."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever else prints must not garble the messages.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    settings = Settings.from_env(os.environ)
    logs.configure(settings, "prepare")

    def progress(text: str, done: int = 0, total: int = 0) -> None:
        tell(out, Step(text, done, total))

    # The supervisor imports this module for its messages: what needs Django is imported here.
    from linehouse.run.house import open_house

    open_house()
    from linehouse.run.bootstrap import prepare

    try:
        welcome = prepare(settings, Dsn.parse(settings.database_url), progress)
    except DomainError as error:
        tell(out, Failed(str(error)))
        raise SystemExit(2) from None
    tell(out, Prepared(welcome))


if __name__ == "__main__":
    main()
