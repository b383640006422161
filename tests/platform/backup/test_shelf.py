"""The shelf and the archive: order, signature, retention, and gaps that are seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from linehouse.platform.backup import manifest as manifests
from linehouse.platform.backup import wal
from linehouse.platform.backup.errors import BackupDamaged, BackupUnknown
from linehouse.platform.backup.keyring import Keyring
from linehouse.platform.backup.manifest import Manifest
from linehouse.platform.backup.pruning import prune
from linehouse.platform.backup.sealed import seal
from linehouse.platform.backup.shelf import NEWEST, Shelf, name_for, part_of

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
LIFE = "7-ab"


@pytest.fixture
def keys(tmp_path: Path) -> Keyring:
    return Keyring.read_or_make(tmp_path / "key")


def backup(shelf: Shelf, keys: Keyring, day: int, *, first: str = "", kind: str = "physical") -> Manifest:
    began = BEGAN + timedelta(days=day)
    with shelf.growing(name_for(began, kind)) as folder:
        seal([b"x" * 1000], folder / "base.sealed", keys, "base")
        made = Manifest(
            id=name_for(began, kind),
            kind=kind,
            began=began,
            ended=began,
            prefix="linehouse",
            release="1",
            key=keys.newest()[0],
            parts=(part_of(folder / "base.sealed", "base" if kind == "physical" else "brand", 1000, brand="robin"),),
            incarnation=LIFE if kind == "physical" else "",
            first_segment=first,
        )
        manifests.write(made, folder, keys)
    return made


def segment(number: int) -> str:
    return f"00000001{number // 256:08X}{number % 256:08X}"


def archive(root: Path, keys: Keyring, *names: str) -> wal.Archive:
    found = wal.Archive(root, LIFE)
    found.open()
    for name in names:
        source = root / "incoming"
        source.write_bytes(name.encode())
        found.put(source, name, keys)
    return found


def test_the_newest_is_found_and_what_is_half_made_is_not(tmp_path: Path, keys: Keyring) -> None:
    shelf = Shelf(tmp_path / "backups")
    with pytest.raises(BackupUnknown, match="create"):
        shelf.find(NEWEST)
    backup(shelf, keys, 1)
    newest = backup(shelf, keys, 2)
    with pytest.raises(ZeroDivisionError), shelf.growing("20270101T000000Z-physical"):
        raise ZeroDivisionError
    (shelf.root / "20280101T000000Z-physical.growing").mkdir()
    assert shelf.find(NEWEST, keys) == newest
    assert len(shelf.all()) == 2


def test_a_changed_manifest_is_refused(tmp_path: Path, keys: Keyring) -> None:
    shelf = Shelf(tmp_path / "backups")
    made = backup(shelf, keys, 1)
    file = shelf.folder(made.id) / manifests.NAME
    file.write_bytes(file.read_bytes().replace(b'"exact":false', b'"exact":true'))
    with pytest.raises(BackupDamaged, match="changed"):
        shelf.find(made.id, keys)


def test_verify_reads_everything(tmp_path: Path, keys: Keyring) -> None:
    shelf = Shelf(tmp_path / "backups")
    made = backup(shelf, keys, 1)
    told: list[str] = []
    shelf.verify(made, keys, lambda text, done, total: told.append(f"{text} {done}/{total}"))
    assert told[-1] == f"Reading the manifest {made.size}/{made.size}"
    part = shelf.folder(made.id) / "base.sealed"
    data = bytearray(part.read_bytes())
    data[-1] ^= 1
    part.write_bytes(data)
    with pytest.raises(BackupDamaged, match="checksum"):
        shelf.verify(made, keys, lambda *_: None)
    part.unlink()
    with pytest.raises(BackupDamaged, match="missing"):
        shelf.verify(made, keys, lambda *_: None)


def test_pruning_keeps_what_is_needed(tmp_path: Path, keys: Keyring) -> None:
    shelf = Shelf(tmp_path / "backups")
    single = backup(shelf, keys, 0, kind="logical")
    for day in range(1, 5):
        backup(shelf, keys, day, first=segment(250 + day * 3))
    log = archive(shelf.root, keys, *(segment(n) for n in range(250, 265)))
    gone, segments = prune(shelf, 2)
    assert [each.began for each in gone] == [BEGAN + timedelta(days=2), BEGAN + timedelta(days=1)]
    assert segments == 9
    assert log.names() == [segment(n) for n in range(259, 265)]
    assert single.id in {each.id for each in shelf.all()}
    assert prune(shelf, 2) == ([], 0)


def test_a_stretch_ends_at_the_first_gap(tmp_path: Path, keys: Keyring) -> None:
    log = archive(tmp_path, keys, *(segment(n) for n in (254, 255, 256)), f"{segment(257)}.partial")
    assert log.stretch(segment(255)) == wal.Stretch((segment(255), segment(256), f"{segment(257)}.partial"), "")
    assert log.stretch(segment(200)).segments == ()
    archive(tmp_path, keys, segment(259))
    assert log.stretch(segment(254)).gap_after == segment(257)
    archive(tmp_path, keys, segment(257), segment(258))
    assert log.stretch(segment(254)).segments == tuple(segment(n) for n in range(254, 260))


def test_a_new_timeline_goes_on_where_the_old_one_ended(tmp_path: Path, keys: Keyring) -> None:
    turned = segment(11).replace("00000001", "00000002", 1)
    log = archive(tmp_path, keys, segment(10), segment(11), turned, "00000002.history")
    assert log.stretch(segment(10)).segments == (segment(10), segment(11), turned)
    assert log.histories() == ["00000002.history"]
