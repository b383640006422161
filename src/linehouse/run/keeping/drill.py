"""The drill: what if the machine were gone now? The last backup is brought to life beside the running server."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from linehouse.kernel.clock import MachineClock
from linehouse.ledger.service import ledger_hash
from linehouse.platform.backup import wal
from linehouse.platform.backup.drills import BrandResult, Drill
from linehouse.platform.backup.errors import BackupFailed
from linehouse.platform.backup.keyring import Keyring
from linehouse.platform.backup.manifest import BrandFigures, Manifest
from linehouse.platform.backup.receiver import Receiver
from linehouse.platform.backup.shelf import Shelf, Told, single_brand
from linehouse.platform.checks import verify
from linehouse.platform.control.models import Brand
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.postgres.embedded import EmbeddedPostgres
from linehouse.platform.scope import brand_scope
from linehouse.platform.settings import Settings
from linehouse.run.keeping.backups import is_embedded, keys_of, shelf_of
from linehouse.run.keeping.beside import brands_of
from linehouse.run.keeping.figures import differences, figures_of, one_instant
from linehouse.run.keeping.restore import load_everything, rebuild_server, scratch_server, target_of

ATTEMPTS = 8
"""How often the figures are taken until nobody wrote meanwhile."""
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Reference:
    """What the restored server must show."""

    point: str
    """Name of the point in the log; empty where the backup by itself is restored."""
    figures: tuple[BrandFigures, ...]
    exact: bool
    lost_ms: int


def hold_drill(installation: Installation, settings: Settings, told: Told) -> Drill:
    """Restore the newest backup into a scratch server, verify it, and compare it with what runs.

    Call it in the control realm of a process that does nothing else. Raises BackupUnknown, RestoreRefused,
    BackupFailed.
    """
    began = MachineClock().now()
    shelf, keys = shelf_of(settings), keys_of(settings)
    manifest = _newest(shelf, keys)
    embedded = is_embedded(installation.dsn, settings)
    archived = embedded and manifest.kind == "physical" and _continues(installation, settings, manifest)
    if archived and settings.wal_archive:
        reference = _reference(installation, settings, shelf, keys, told)
    else:
        lost = began - manifest.began
        reference = Reference("", manifest.brands, manifest.exact, int(lost.total_seconds() * 1000))
    started = time.monotonic()
    with scratch_server(settings) as home:
        account = settings.postgres_account or None
        server = EmbeddedPostgres(home, account=account)

        def say(text: str) -> None:
            told(text, 0, 0)

        if manifest.kind == "physical":
            target = target_of(None, reference.point)
            rebuild_server(home, manifest, shelf, keys, target, say, account=account)
            restored = Installation(server.start(), manifest.prefix)
        else:
            restored = Installation(server.start(), manifest.prefix)
            load_everything(restored, manifest, shelf, keys, say)
        up = time.monotonic()
        with brands_of(restored) as found:
            results = tuple(_result(key, reference, say) for key in found)
        verified = time.monotonic()
    missing = {each.key for each in reference.figures} - {each.key for each in results}
    return Drill(
        id=f"{began:%Y%m%dT%H%M%SZ}",
        began=began,
        backup=manifest.id,
        kind=manifest.kind,
        lost_ms=reference.lost_ms,
        up_ms=_ms(up - started),
        verified_ms=_ms(verified - started),
        exact=reference.exact,
        brands=results,
        failure=f"missing after the restore: {', '.join(sorted(missing))}" if missing else "",
    )


def _newest(shelf: Shelf, keys: Keyring) -> Manifest:
    for each in shelf.all():
        if not single_brand(each):
            return shelf.find(each.id, keys)
    return shelf.find("latest", keys)


def _continues(installation: Installation, settings: Settings, manifest: Manifest) -> bool:
    return wal.incarnation_of(installation.dsn, settings.home) == manifest.incarnation


def _reference(installation: Installation, settings: Settings, shelf: Shelf, keys: Keyring, told: Told) -> Reference:
    """Name a point in the log at which the figures are known, and wait until it is safe in the archive."""
    point = f"drill-{MachineClock().now():%Y%m%dT%H%M%S}"
    exact, attempt = False, 0
    while not exact and attempt < ATTEMPTS:
        attempt += 1
        told("Counting what the brands hold", attempt, ATTEMPTS)
        before = _quiet_snapshot(installation)
        figures = tuple(_figures(brand) for brand in Brand.objects.order_by("key"))
        with installation.maintenance() as connection:
            connection.execute("SELECT pg_create_restore_point(%s)", [f"{point}-{attempt}"])
            row = connection.execute("SELECT pg_current_snapshot()::text").fetchone()
            exact = bool(before) and row is not None and row[0] == before
            committed = time.monotonic()
            # A commit of its own makes the server write the point out.
            row = connection.execute("SELECT pg_logical_emit_message(true, 'linehouse', 'drill')::text").fetchone()
    reached = str(row[0]) if row else ""
    safe = _wait_until_archived(installation, settings, shelf, keys, reached, told)
    return Reference(f"{point}-{attempt}", figures, exact, _ms(safe - committed))


def _figures(brand: Brand) -> BrandFigures:
    with one_instant(brand.key):
        return figures_of(brand, thorough=False)


def _quiet_snapshot(installation: Installation) -> str:
    """A snapshot of an instant at which nobody is writing; empty where there is none."""
    with installation.maintenance() as connection:
        row = connection.execute("SELECT pg_current_snapshot()::text").fetchone()
    text = str(row[0]) if row else ""
    oldest, _, rest = text.partition(":")
    return text if rest.partition(":")[0] == oldest else ""


def _wait_until_archived(
    installation: Installation, settings: Settings, shelf: Shelf, keys: Keyring, position: str, told: Told
) -> float:
    archive = wal.Archive(shelf.root, wal.incarnation_of(installation.dsn, settings.home))
    turn = _receiving(installation, settings, archive, keys)
    began = time.monotonic()
    try:
        while True:
            turn()
            status = archive.status()
            waited = time.monotonic() - began
            told("Waiting until the last change is archived", int(waited), 0)
            if status is not None and status.reached and _lsn(status.reached) >= _lsn(position):
                return time.monotonic()
            if waited > _PATIENCE_SECONDS:
                raise BackupFailed(
                    "the archive of the log does not come forward",
                    field="archive",
                    value=str(archive.folder),
                    expected="a keeper at work: see `linehouse status` and log/keeper.log",
                )
            time.sleep(0.1)
    finally:
        turn.stop()


class _Turns:
    """Lets the keeper work where it does, else receives the log itself."""

    def __init__(self, receiver: Receiver | None) -> None:
        self._receiver = receiver

    def __call__(self) -> None:
        if self._receiver is not None:
            self._receiver.turn()

    def stop(self) -> None:
        if self._receiver is not None:
            self._receiver.stop()


def _receiving(installation: Installation, settings: Settings, archive: wal.Archive, keys: Keyring) -> _Turns:
    with installation.maintenance() as connection:
        row = connection.execute("SELECT active FROM pg_replication_slots WHERE slot_name = %s", [wal.SLOT]).fetchone()
    if row is not None and row[0]:
        return _Turns(None)
    return _Turns(Receiver(installation.dsn, settings.home / "run" / "log-incoming", archive, keys))


def _result(key: str, reference: Reference, say: Callable[[str], None]) -> BrandResult:
    say(f"Verifying {key}")
    wanted = next((each for each in reference.figures if each.key == key), None)
    with one_instant(key):
        found = figures_of(Brand.objects.get(key=key))
    with brand_scope(key):
        results = verify()
        digest = ledger_hash()
    unequal = differences(wanted, found) if wanted is not None and reference.exact else []
    return BrandResult(
        key=key,
        laws=len(results),
        broken=tuple(result.name for result in results if not result.holds),
        ledger_hash=digest,
        differences=tuple(unequal),
        rows=sum(found.rows.values()),
    )


def _ms(seconds: float) -> int:
    return int(seconds * 1000)


def _lsn(text: str) -> int:
    high, _, low = text.partition("/")
    return int(high, 16) * 2**32 + int(low, 16)
