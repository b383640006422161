"""The command line as a whole: every command has help, loads alone, and fails in one line."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from linehouse.kernel.error import Invalid
from linehouse.run import cli
from linehouse.run.commands import COMMANDS


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LINEHOUSE_")}
    return subprocess.run(
        [sys.executable, "-P", "-m", "linehouse.run.cli", *arguments],
        env={**kept, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_lists_every_command_without_opening_the_house() -> None:
    listed = run("help")
    assert listed.returncode == 0, listed.stderr
    for name in COMMANDS:
        assert f"\n  {name} " in listed.stdout
    assert run().stdout == listed.stdout


def test_every_module_of_commands_is_listed() -> None:
    folder = Path(cli.__file__).parent / "commands"
    offered = {
        file.stem for file in folder.glob("*.py") if "\ndef command(" in file.read_text() and file.stem != "__init__"
    }
    assert offered == set(COMMANDS.values())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    command = cli.Commands().get_command(click.Context(cli.linehouse), name)
    assert command is not None
    assert command.help
    assert command.get_help(click.Context(command, info_name=name))
    for part in command.commands.values() if isinstance(command, click.Group) else ():
        assert part.help, f"{name} {part.name}"


def test_an_unknown_command_is_one_line() -> None:
    wrong = run("rnu")
    assert wrong.returncode == 2
    assert wrong.stderr == "linehouse: there is no command 'rnu'; `linehouse help` lists what there is\n"


def test_a_wrong_setting_is_one_line(tmp_path: Path) -> None:
    wrong = run("status", LINEHOUSE_HOME=str(tmp_path), LINEHOUSE_PORT="http")
    assert wrong.returncode == 2
    assert wrong.stderr == (
        "linehouse: LINEHOUSE_PORT cannot be used; LINEHOUSE_PORT='http'; expected a whole number\n"
    )


def test_a_mistyped_setting_is_noticed(tmp_path: Path) -> None:
    assert "is LINEHOUSE_PORT meant?" in run("help", LINEHOUSE_PROT="1").stderr


def test_an_expected_failure_names_field_value_and_what_would_be_right(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Invalid("that is\nno number", field="msisdn", value="x", expected="digits")

    monkeypatch.setattr(cli.linehouse, "main", refuse)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith("linehouse: that is no number; msisdn='x'; expected digits\n")


def test_a_full_disk_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fill(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "/data/file")

    monkeypatch.setattr(cli.linehouse, "main", fill)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "the disk is full (/data/file)" in capsys.readouterr().err
