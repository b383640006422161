"""An upgrade as people run it: a backup first, then the databases, and what became of each brand."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.backup.manifest import Manifest
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.postgres.migrating import Phase
from linehouse.platform.postgres.upgrading import EVERYTHING, BrandOutcome, upgrade
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.platform.settings import Settings
from linehouse.platform.work import SYSTEM, unit_of_work
from linehouse.platform.worklist.truth import reconcile
from linehouse.run.keeping.backups import Wanted, make_backup
from linehouse.run.welcome import Progress

_log = structlog.get_logger(__name__)


class NoBrandUpgraded(DomainError, code="run.no_brand_upgraded", kind=Kind.UNAVAILABLE):
    """Not one brand could be brought to this release."""


def back_up_first(installation: Installation, settings: Settings, told: Progress) -> Manifest:
    """A backup of the databases as the previous release left them. Raises BackupFailed."""
    installation.register()
    with realm_scope(CONTROL):
        return make_backup(installation, settings, Wanted(figures=False), told)


def upgrade_brands(
    installation: Installation, told: Progress, *, phases: frozenset[Phase] = EVERYTHING, only: Sequence[str] = ()
) -> Sequence[BrandOutcome]:
    """The upgrade with what rooms make of older data afterwards: whatever waits for a person gets its task."""
    return upgrade(installation, told, phases=phases, only=only, afterwards=_bring_in_line)


def _bring_in_line() -> None:
    with unit_of_work(SYSTEM, "upgrade"):
        reconcile()


def bring_to_this_release(installation: Installation, settings: Settings, told: Progress) -> Sequence[BrandOutcome]:
    """What a start does when it finds the databases of another release. Raises BackupFailed, NoBrandUpgraded.

    A brand that fails stays as it was and is not served; the start goes on for the others.
    """
    made = back_up_first(installation, settings, told)
    _log.warning("databases of another release are brought forward", backup=made.id)
    outcomes = upgrade_brands(installation, told)
    failed = [each for each in outcomes if each.failure]
    for each in failed:
        told(f"{each.name} stays on its version: {each.failure}")
        _log.error("a brand stays on its version", brand=each.key, reason=each.failure)
    if failed and len(failed) == len(outcomes):
        raise NoBrandUpgraded(
            f"no brand could be upgraded: {failed[0].name}: {failed[0].failure}",
            expected=f"`linehouse upgrade` when it is mended, or `linehouse restore {made.id}` with the old release",
        )
    return outcomes
