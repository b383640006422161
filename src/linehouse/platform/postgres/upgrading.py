"""Bringing an installation to this release: template, control, then brand by brand; one that fails stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from django.db import DatabaseError, connections

from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.postgres.databases import (
    Installation,
    in_template,
    load_all_brands,
    prepare_control,
    prepare_template,
    schema_version,
)
from linehouse.platform.postgres.migrating import Phase, Step, Told, migrate, pending
from linehouse.platform.postgres.routing import TEMPLATE
from linehouse.platform.scope import CONTROL, brand_scope, realm_scope

_log = structlog.get_logger(__name__)

EVERYTHING = frozenset(Phase)
_LOCK = 0x4C48_5550
"""Key of the advisory lock: two upgrades of one server never run at once."""


class UpgradeRunning(DomainError, code="platform.upgrade_running", kind=Kind.CONFLICT):
    """Another process upgrades the databases of this server."""


@dataclass(frozen=True, slots=True)
class BrandOutcome:
    """What became of one brand."""

    key: str
    name: str
    failure: str = ""
    left: tuple[Step, ...] = ()
    """What a later phase will do."""


@contextmanager
def alone(installation: Installation) -> Iterator[None]:
    """Be the only upgrade of this server. Raises UpgradeRunning."""
    with installation.maintenance() as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
        if row is None or not row[0]:
            raise UpgradeRunning("an upgrade is under way", expected="to wait until it is done")
        yield


def behind(installation: Installation) -> bool:
    """Whether the installation exists and some database of it lacks something of this release."""
    if not installation.exists(installation.control_name):
        return False
    return bool(_control_lacks(installation)) or bool(_brands_behind(installation))


def _control_lacks(installation: Installation) -> list[Step]:
    installation.register()
    with realm_scope(CONTROL), brand_scope(CONTROL):
        return pending(CONTROL)


def _brands_behind(installation: Installation) -> list[str]:
    # Columns that every release has: the registry itself may be older than this code.
    with connections[CONTROL].cursor() as cursor:
        if "control_brand" not in connections[CONTROL].introspection.table_names(cursor):
            return []
        cursor.execute("SELECT key FROM control_brand WHERE schema_version <> %s ORDER BY key", [schema_version()])
        return [row[0] for row in cursor.fetchall()]


def plan_of(installation: Installation) -> dict[str, list[Step]]:
    """What each database lacks, by name: template, control, then brands. Changes nothing."""
    found: dict[str, list[Step]] = {}
    with in_template(installation):
        found["template"] = pending(TEMPLATE)
    found["control"] = _control_lacks(installation)
    with connections[CONTROL].cursor() as cursor:
        cursor.execute("SELECT key FROM control_brand ORDER BY key")
        keys = [row[0] for row in cursor.fetchall()]
    with realm_scope(CONTROL):
        load_all_brands(installation)
    for key in keys:
        with realm_scope(key), brand_scope(key):
            found[key] = pending(key)
    return found


def upgrade(
    installation: Installation,
    told: Told,
    *,
    phases: frozenset[Phase] = EVERYTHING,
    only: Sequence[str] = (),
    afterwards: Callable[[], object] = lambda: None,
) -> list[BrandOutcome]:
    """Upgrade template and control, then every brand (or `only` these). Repeating it goes on where it stopped.

    ``afterwards`` runs within a brand that has everything, before it counts as upgraded.

    A brand whose migration fails stays on its version, is named in the outcome, and keeps nobody else waiting. Raises
    UpgradeRunning, or what template or control raise: then no brand has been touched.
    """
    from linehouse.platform.control.models import Brand

    with alone(installation):
        prepare_template(installation, lambda text: told(text, 0, 0), phases)
        prepare_control(installation, lambda text: told(text, 0, 0), phases)
        with realm_scope(CONTROL):
            load_all_brands(installation)
            rows = [row for row in Brand.objects.order_by("key") if not only or row.key in only]
            outcomes = []
            for number, row in enumerate(rows, 1):
                words = f"Brand {number} of {len(rows)}, {row.name}"
                outcomes.append(_one(row.key, row.name, phases, words, told, afterwards))
    return outcomes


def _one(
    key: str, name: str, phases: frozenset[Phase], words: str, told: Told, afterwards: Callable[[], object]
) -> BrandOutcome:
    from linehouse.platform.control.models import Brand

    told(words, 0, 0)
    try:
        left = migrate(key, phases, lambda _, done, total: told(words, done, total))
        if not left:
            with brand_scope(key):
                afterwards()
    except (DatabaseError, DomainError) as error:
        return _failed(key, name, error)
    except Exception as error:  # noqa: BLE001 - the edge of one brand's upgrade: it must keep no other waiting
        _log.exception("a brand's upgrade failed", brand=key)
        return _failed(key, name, error)
    finally:
        connections[key].close()
    version = schema_version()
    row = Brand.objects.get(key=key)
    if not left:
        row.schema_version, row.serves = version, version
    elif all(step.phase is Phase.AFTER for step in left):
        served = {*row.serves.split(), row.schema_version, version} - {""}
        row.serves = " ".join(sorted(served))
    row.save(update_fields=["schema_version", "serves"])
    return BrandOutcome(key, name, left=tuple(left))


def _failed(key: str, name: str, error: Exception) -> BrandOutcome:
    first = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return BrandOutcome(key, name, failure=f"{type(error).__name__}: {first}")
