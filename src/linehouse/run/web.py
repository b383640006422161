"""The web process: Django under granian (PEP 3333, threads; never ASGI)."""

import os
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from linehouse.platform.settings import Settings
from linehouse.platform.telemetry import logs, traces
from linehouse.run import environment

_GRACE_SECONDS = 8


def make_application() -> Callable[..., Any]:
    """The WSGI application, in the process that serves it."""
    settings = Settings.from_env(os.environ)
    logs.configure(settings, "web")
    traces.configure(settings, "web")
    from linehouse.run.wsgi import application

    return application


def main() -> None:
    """Serve until SIGTERM."""
    settings = environment.settings()
    Granian(
        "linehouse.run.web:make_application",
        factory=True,
        address=settings.host,
        port=settings.web_port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=settings.web_workers,
        blocking_threads=settings.web_threads,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=_GRACE_SECONDS,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
