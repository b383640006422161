"""The home folder: one supervisor at a time, records that survive, a key that is made once."""

import os
import stat
from pathlib import Path

import pytest

from linehouse.platform import processes
from linehouse.platform.processes import ProcessMark
from linehouse.platform.settings import Settings
from linehouse.run.home import Home, HomeRefused, Record, with_secret_key


def settings(home: Path, **more: str) -> Settings:
    return Settings.from_env({"LINEHOUSE_HOME": str(home), **more})


def test_one_supervisor_at_a_time(tmp_path: Path) -> None:
    first, second = Home(tmp_path / "home"), Home(tmp_path / "home")
    first.open()
    assert first.lock()
    assert not second.lock()
    first.unlock()
    assert second.lock()
    second.unlock()


def test_the_record_comes_back(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.open()
    assert home.record() is None
    record = Record(
        supervisor=processes.own_mark(), web_url="http://localhost:1/", children={"web": ProcessMark(2, "then")}
    )
    home.write_record(record)
    assert home.record() == record
    home.forget_record()
    assert home.record() is None


def test_half_a_record_is_none(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.open()
    (tmp_path / "run" / "processes.json").write_text('{"supervisor": {"pid"')
    assert home.record() is None


def test_nobody_else_looks_in(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    before = os.umask(0)
    try:
        home.open()
        with_secret_key(settings(home.root))
    finally:
        os.umask(before)
    for path in (home.logs, home.metrics):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE(home.root.stat().st_mode) & 0o066 == 0
    assert stat.S_IMODE((home.root / "secret-key").stat().st_mode) == 0o600


def test_the_signing_key_is_made_once_and_may_be_given(tmp_path: Path) -> None:
    made = with_secret_key(settings(tmp_path)).secret_key
    assert len(made) > 50
    assert with_secret_key(settings(tmp_path)).secret_key == made
    assert with_secret_key(settings(tmp_path, LINEHOUSE_SECRET_KEY="given")).secret_key == "given"


def test_a_home_that_cannot_be_made_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeRefused, match="LINEHOUSE_HOME"):
        Home(tmp_path / "file" / "home").open()
