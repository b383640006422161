"""How every request of a network function is answered, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from linehouse.charging.node import Charger, unavailable
from linehouse.charging.node.engine import AWAY
from linehouse.edge.network.charging_json.brands import Databases
from linehouse.edge.network.nchf.http import Asked, Told, problem_told
from linehouse.edge.network.nchf.options import Options
from linehouse.edge.network.nchf.problems import Cause, Problem, problem_of
from linehouse.edge.network.nchf.seen import Seen
from linehouse.kernel.error import DomainError

_log = structlog.get_logger(__name__)


class Chargers(Databases, Protocol):
    """Connections, and who charges the lines of a database."""

    @property
    def on_trust(self) -> bool:
        """Whether answers are given on trust while the database is away."""
        ...

    async def charger(self, database: str) -> Charger:
        """The one that charges the lines of that database."""
        ...


Handler = Callable[[Chargers, Asked, Options], Awaitable[Told]]
Steps = Callable[[Chargers, Asked, Options, Seen], Awaitable[Told]]


def answered(name: str) -> Callable[[Steps], Handler]:
    """The handler with every failure answered as a problem; a request never ends without an answer."""

    def wrapped(steps: Steps) -> Handler:
        async def safe(node: Chargers, asked: Asked, options: Options) -> Told:
            seen = Seen(name)
            refused_as = ""
            try:
                return seen.answered(await steps(node, asked, options, seen))
            except Problem as problem:
                found, refused_as = problem, problem.cause
            except DomainError as error:
                found, refused_as = problem_of(error), error.code
            except AWAY as error:
                found = problem_of(away := unavailable(error))
                refused_as = away.code
            except Exception:  # noqa: BLE001 - the edge of a request: logged, and answered as failed
                _log.exception("request failed", reference=asked.reference)
                found = Problem(500, Cause.SYSTEM_FAILURE, "the request failed")
                refused_as = found.cause
            seen.refused = seen.refused or refused_as
            return seen.answered(problem_told(asked, found), found.details)

        return safe

    return wrapped
