"""Sealed files: what comes out is what went in, or a refusal with the file's name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.platform.backup.errors import BackupDamaged, KeyMissing
from linehouse.platform.backup.keyring import Keyring, make_bundle, open_bundle
from linehouse.platform.backup.sealed import PIECE, seal, unsealed


@pytest.fixture
def keys(tmp_path: Path) -> Keyring:
    return Keyring.read_or_make(tmp_path / "key")


def content(size: int) -> bytes:
    """Bytes that do not shrink when they are packed."""
    from hashlib import shake_256

    return shake_256(str(size).encode()).digest(size)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, 2 * PIECE + 17])
def test_what_was_sealed_comes_back(tmp_path: Path, keys: Keyring, size: int) -> None:
    file = tmp_path / "file"
    seal([content(size)], file, keys, "base")
    assert b"".join(unsealed(file, keys, "base")) == content(size)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir() if "growing" in each.name] == []


def test_a_file_of_zeros_is_unpacked_in_portions(tmp_path: Path, keys: Keyring) -> None:
    file = tmp_path / "file"
    seal([bytes(PIECE)] * 40, file, keys, "wal")
    assert file.stat().st_size < PIECE
    portions = [len(portion) for portion in unsealed(file, keys, "wal")]
    assert sum(portions) == 40 * PIECE
    assert max(portions) <= 4 * PIECE


@given(place=st.integers(min_value=0, max_value=10_000), bit=st.integers(min_value=0, max_value=7))
def test_one_changed_bit_is_refused(tmp_path_factory: pytest.TempPathFactory, place: int, bit: int) -> None:
    folder = tmp_path_factory.mktemp("sealed")
    keys = Keyring.read_or_make(folder / "key")
    file = folder / "file"
    seal([content(3000)], file, keys, "base")
    data = bytearray(file.read_bytes())
    data[place % len(data)] ^= 1 << bit
    file.write_bytes(data)
    with pytest.raises((BackupDamaged, KeyMissing)):
        b"".join(unsealed(file, keys, "base"))


def test_pieces_cannot_be_cut_moved_or_appended(tmp_path: Path, keys: Keyring) -> None:
    file = tmp_path / "file"
    seal([content(3 * PIECE)], file, keys, "base")
    whole = file.read_bytes()
    header = 12 + int.from_bytes(whole[8:12], "big")
    first_end = header + 4 + int.from_bytes(whole[header : header + 4], "big")
    second_end = first_end + 4 + int.from_bytes(whole[first_end : first_end + 4], "big")
    first, second, rest = whole[header:first_end], whole[first_end:second_end], whole[second_end:]
    for forged in (
        whole[:second_end],
        whole[:-1],
        whole[:header] + second + first + rest,
        whole[:header] + first + first + second + rest,
        whole[:header] + rest,
        whole + b"x",
        whole[:header] + first,
    ):
        file.write_bytes(forged)
        with pytest.raises(BackupDamaged, match="file is damaged"):
            b"".join(unsealed(file, keys, "base"))


def test_one_kind_never_passes_for_another(tmp_path: Path, keys: Keyring) -> None:
    file = tmp_path / "file"
    seal([b"log"], file, keys, "wal")
    with pytest.raises(BackupDamaged, match="kind wal"):
        b"".join(unsealed(file, keys, "base"))


def test_keys_rotate_and_older_files_still_open(tmp_path: Path, keys: Keyring) -> None:
    seal([b"old"], tmp_path / "old", keys, "base")
    before = keys.newest()[0]
    assert keys.rotate() != before
    seal([b"new"], tmp_path / "new", keys, "base")
    again = Keyring.read(keys.path)
    assert again.ids() == (keys.newest()[0], before)
    assert b"".join(unsealed(tmp_path / "old", again, "base")) == b"old"
    stranger = Keyring.read_or_make(tmp_path / "another")
    with pytest.raises(KeyMissing, match=before):
        b"".join(unsealed(tmp_path / "old", stranger, "base"))


def test_a_bundle_opens_with_its_passphrase_alone() -> None:
    bundle = make_bundle({"secret-key": b"s", "keys/one": b"\x00\xff"}, "a long passphrase")
    assert b"secret-key" not in bundle
    assert open_bundle(bundle, "a long passphrase") == {"secret-key": b"s", "keys/one": b"\x00\xff"}
    for data, words in ((bundle, "another passphrase"), (bundle[:-9] + b'AAAAAAAA"', "a long passphrase"), (b"x", "")):
        with pytest.raises(BackupDamaged):
            open_bundle(data, words)
