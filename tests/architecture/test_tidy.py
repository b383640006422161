"""The style that a linter does not know."""

from __future__ import annotations

import ast
import re
import subprocess
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import pytest

from linehouse.kernel.error import all_errors
from linehouse.kernel.event import all_event_types
from linehouse.kernel.lifecycle import all_lifecycles
from linehouse.platform.access.permissions import PERMISSIONS, ROLES
from tests.architecture.test_imports import ROOMS, SOURCE

ROOT = SOURCE.parents[1]
LONGEST_FILE = 600
LONGEST_README = 45
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc"}
PERSONAL = {
    "name",
    "given_name",
    "family_name",
    "email",
    "address",
    "street",
    "phone",
    "birth_date",
    "msisdn",
    "imsi",
    "iban",
}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def everything_declared() -> None:
    for kind in ("errors", "events", "lifecycle"):
        for file in sorted(SOURCE.rglob(f"{kind}.py")):
            import_module("linehouse." + ".".join(file.relative_to(SOURCE).with_suffix("").parts))


def test_no_module_has_a_vague_name() -> None:
    assert [str(f.relative_to(SOURCE)) for f in SOURCE.rglob("*.py") if f.stem in VAGUE or f.parent.name in VAGUE] == []


def test_no_file_has_grown_beyond_one_reason_to_change() -> None:
    grown = {
        str(f.relative_to(SOURCE)): n
        for f in SOURCE.rglob("*.py")
        if "migrations" not in f.parts and (n := len(f.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert grown == {}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_owns(room: str) -> None:
    readme = SOURCE / room / "README.md"
    assert readme.is_file()
    text = readme.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_README
    assert re.search(r"\bowns?\b", text, re.IGNORECASE)
    assert re.search(r"does not own", text, re.IGNORECASE)
    assert re.search(r"invariants", text, re.IGNORECASE)


def test_every_package_and_module_says_what_it_is() -> None:
    silent = [
        str(f.relative_to(SOURCE))
        for f in SOURCE.rglob("*.py")
        if "migrations" not in f.parts and ast.get_docstring(ast.parse(f.read_text(encoding="utf-8"))) is None
    ]
    assert silent == []


def test_public_functions_and_classes_of_rooms_say_what_they_mean() -> None:
    silent = []
    for room in (*ROOMS, "kernel", "platform"):
        for file in sorted((SOURCE / room).rglob("*.py")):
            if "migrations" in file.parts:
                continue
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                    continue
                if ast.get_docstring(node) is None:
                    silent.append(f"{file.relative_to(SOURCE)}:{node.name}")
    assert silent == []


def test_nothing_foreign_stands_in_the_repository() -> None:
    """No host of a package registry, no path of somebody's machine."""
    hosts = (("py", "pi.org"), ("python", "hosted"), ("npm", "js."), ("debi", "an.org"))
    paths = (("/ho", r"me/"), ("/wo", "rk/"), ("/ro", "ot/"))
    foreign = re.compile("|".join([re.escape(a + b) for a, b in hosts] + [rf"(?<![\w.}}]){a}{b}\w" for a, b in paths]))
    found = []
    for file in tracked():
        if file.suffix in {".png", ".svg", ".pdf"} or file == Path(__file__):
            continue
        text = file.read_bytes().decode("utf-8", "replace")
        found += [f"{file.relative_to(ROOT)}: {hit.group(0)}" for hit in foreign.finditer(text)]
    assert found == []


def test_nothing_is_left_unfinished_or_switched_off() -> None:
    words = (
        ("TO", "DO"),
        ("FIX", "ME"),
        ("pytest.mark.", "skip"),
        ("pytest.mark.", "xfail"),
        ("NotImplemented", "Error"),
    )
    marks = re.compile("|".join([rf"\b{re.escape(a + b)}\b" for a, b in words] + [r"type: ignore(?!\[)"]))
    found = []
    for file in tracked():
        if file.suffix == ".py" and file != Path(__file__):
            found += [
                f"{file.relative_to(ROOT)}: {hit.group(0)}" for hit in marks.finditer(file.read_text(encoding="utf-8"))
            ]
    assert found == []


def test_error_codes_name_their_room() -> None:
    everything_declared()
    wrong = []
    for code, error in all_errors().items():
        parts = error.__module__.split(".")
        owners = {parts[1], parts[2] if len(parts) > 2 else "", parts[3] if len(parts) > 3 else ""}
        if parts[0] == "linehouse" and code.split(".")[0] not in owners:
            wrong.append(f"{code} in {error.__module__}")
    assert wrong == []


def test_event_names_begin_with_their_room_and_hold_no_personal_values() -> None:
    everything_declared()
    wrong = []
    for name, event in all_event_types().items():
        parts = event.__module__.split(".")
        if parts[0] != "linehouse":
            continue
        if name.split(".")[0] not in parts:
            wrong.append(f"{name} in {event.__module__}")
        wrong += [f"{name}.{field}" for field in get_type_hints(event) if field in PERSONAL]
    assert wrong == []


def test_lifecycles_end_somewhere_or_turn_for_ever() -> None:
    everything_declared()
    assert len(all_lifecycles()) >= 10
    for lifecycle in all_lifecycles().values():
        assert lifecycle.mermaid().startswith("stateDiagram-v2")
        for state in lifecycle.final:
            assert lifecycle.allowed(state) == ()


def test_roles_carry_only_declared_permissions() -> None:
    for role, granted in ROLES.items():
        assert granted <= PERMISSIONS.keys(), role
