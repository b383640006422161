"""The linehouse script: finds its folder, prepares the environment once, hands everything over, explains failures."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

_ANOTHER = 65534
"""An ordinary user's number; nobody by convention."""
SCRIPT = Path(__file__).resolve().parents[2] / "linehouse"
TELLING = "import os, sys\nprint(sys.argv[1:], os.getcwd(), os.environ['PYTHONPATH'], sys.flags.safe_path)\n"
WHOLE_UV = """#!/bin/sh
echo "uv $*" >> "$CALLS"
case "$1" in
venv)
    for last; do :; done
    mkdir -p "$last/bin"
    ln -s "$REAL_PYTHON" "$last/bin/python"
    ;;
esac
sleep "${UV_SLEEPS:-0}"
"""
FAILING_UV = """#!/bin/sh
[ "$1" = venv ] && { for last; do :; done; mkdir -p "$last/bin"; ln -s "$REAL_PYTHON" "$last/bin/python"; exit 0; }
echo "$UV_SAYS" >&2
exit 2
"""


class Checkout:
    """A checkout in miniature, in a folder with a blank, with a uv that only pretends."""

    def __init__(self, folder: Path, uv: str) -> None:
        self.root = folder / "a checkout"
        package = self.root / "src" / "linehouse" / "run"
        package.mkdir(parents=True)
        (package / "cli.py").write_text(TELLING)
        for name in ("requirements.lock", "requirements-test.lock", "requirements-uv.lock"):
            (self.root / name).write_text(f"# {name}\n")
        (self.root / "linehouse").write_bytes(SCRIPT.read_bytes())
        (self.root / "linehouse").chmod(0o755)
        tools = folder / "tools"
        tools.mkdir()
        (tools / "uv").write_text(uv)
        (tools / "uv").chmod(0o755)
        self.calls = folder / "calls"
        self.calls.touch()
        self.environment = {
            "PATH": f"{tools}:{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(folder),
            "CALLS": str(self.calls),
            "REAL_PYTHON": sys.executable,
        }

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The script, called from another folder."""
        return subprocess.run(
            [self.root / "linehouse", *arguments],
            cwd="/",
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def installs(self) -> list[str]:
        """The lock files that were installed."""
        lines = self.calls.read_text().splitlines()
        return [line.rpartition("/")[2] for line in lines if line.startswith("uv pip install")]


def test_everything_is_handed_over(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path, WHOLE_UV)
    done = checkout.run("customer", "register", "two words", "")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"['customer', 'register', 'two words', ''] / {checkout.root / 'src'} True"
    assert "installing packages" in done.stderr


def test_the_second_start_installs_nothing(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path, WHOLE_UV)
    checkout.run("status")
    again = checkout.run("status")
    assert again.stderr == ""
    assert checkout.installs() == ["requirements.lock"]


def test_each_lock_is_installed_when_it_is_needed(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path, WHOLE_UV)
    for arguments in (("run",), ("test",), ("run",), ("dev", "lint")):
        assert checkout.run(*arguments).returncode == 0
    assert checkout.installs() == ["requirements.lock", "requirements-test.lock"]
    (checkout.root / "requirements-test.lock").write_text("# newer\n")
    checkout.run("run")
    checkout.run("test")
    assert checkout.installs()[2:] == ["requirements-test.lock"]


def test_by_a_symbolic_link(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path, WHOLE_UV)
    link = tmp_path / "tools" / "lh"
    link.symlink_to("../a checkout/linehouse")
    done = subprocess.run([link, "x"], env=checkout.environment, capture_output=True, text=True, check=False)
    assert str(checkout.root / "src") in done.stdout


def test_a_broken_environment_is_made_again(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path, WHOLE_UV)
    checkout.run("x")
    python = checkout.root / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nonexistent/python")
    assert checkout.run("x").returncode == 0
    assert len(checkout.installs()) == 2


def test_two_starts_at_once_install_once(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path, WHOLE_UV)
    environment = {**checkout.environment, "UV_SLEEPS": "0.5"}
    command = [str(checkout.root / "linehouse"), "x"]
    starts = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)
    ]
    for start in starts:
        start.communicate(timeout=60)
        assert start.returncode == 0
    assert checkout.installs() == ["requirements.lock"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("error: failed to write: No space left on device (os error 28)", "is full"),
        ("error: dns error: failed to lookup address information", "cannot be reached"),
        ("error: Hash mismatch for `click==8.1`", "Hash mismatch for `click==8.1`"),
    ],
)
def test_a_failure_is_one_line(tmp_path: Path, said: str, words: str) -> None:
    checkout = Checkout(tmp_path, FAILING_UV)
    failed = checkout.run("run", UV_SAYS=said)
    assert failed.returncode == 2
    last = failed.stderr.splitlines()[-1]
    assert last.startswith("linehouse: ")
    assert words in last
    # The next start tries again instead of trusting half an environment.
    assert checkout.run("run", UV_SAYS=said).returncode == 2


def test_in_a_folder_that_cannot_be_written_the_cache_is_used() -> None:
    with tempfile.TemporaryDirectory(prefix="linehouse-script-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        checkout = Checkout(folder, WHOLE_UV)
        # The Python of these tests may be out of another user's reach.
        python = folder / "tools" / "python3.11"
        python.write_text('#!/bin/sh\n[ "$1" != -m ] || echo "$PYTHONPATH"\n')
        python.chmod(0o755)
        home = folder / "home of another"
        home.mkdir()
        checkout.root.chmod(0o555)
        another: dict[str, Any] = {}
        if os.geteuid() == 0:
            another = {"user": _ANOTHER, "group": _ANOTHER, "extra_groups": []}
            os.chown(home, _ANOTHER, _ANOTHER)
        done = subprocess.run(
            [checkout.root / "linehouse", "x"],
            env={**checkout.environment, "HOME": str(home), "CALLS": str(home / "calls"), "REAL_PYTHON": str(python)},
            capture_output=True,
            text=True,
            check=False,
            **another,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == str(checkout.root / "src")
        assert list(home.glob(".cache/linehouse/*/.venv"))
        assert not (checkout.root / ".venv").exists()
        checkout.root.chmod(0o755)
