"""What the documents say can be followed: links lead somewhere, commands exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from linehouse.catalog.checks import red
from linehouse.catalog.files import read_catalogue
from linehouse.kernel.outcome import Ok
from linehouse.resource.delivery import read_sims
from linehouse.run.cli import linehouse
from tests.architecture.test_imports import SOURCE

ROOT = SOURCE.parents[1]
FENCE = re.compile(r"^(`{3,}|~{3,})(.*)$")
LINK = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$")
ELSEWHERE = re.compile(r"^[a-z][a-z0-9+.-]*:")
COMMAND = re.compile(r"^\s*(?:\$\s+)?(?:\./)?linehouse(?:\s+(.*))?$")
SHELLS = {"", "console", "sh", "shell", "bash", "text"}
"""What a fenced block is marked as when it may hold commands."""


def documents() -> list[Path]:
    """Every page that a person reads."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
    for folder in ("docs", "src/linehouse", "benchmarks", "brands"):
        found += sorted((ROOT / folder).rglob("*.md"))
    return [file for file in found if file.is_file()]


def prose(text: str) -> Iterator[str]:
    """The lines outside fenced blocks."""
    fence = ""
    for line in text.splitlines():
        mark = FENCE.match(line.strip())
        if mark and not fence:
            fence = mark.group(1)
        elif mark and mark.group(1).startswith(fence) and not mark.group(2).strip():
            fence = ""
        elif not fence:
            yield line


def fenced(text: str) -> Iterator[tuple[str, str]]:
    """The lines inside fenced blocks, each with what its block is marked as; indented blocks are marked as nothing."""
    fence, kind = "", ""
    for line in text.splitlines():
        mark = FENCE.match(line.strip())
        if mark and not fence:
            fence, kind = mark.group(1), mark.group(2).strip().split(" ")[0]
        elif mark and mark.group(1).startswith(fence) and not mark.group(2).strip():
            fence = ""
        elif fence:
            yield kind, line
        elif line.startswith("    "):
            yield "", line


def anchor(heading: str) -> str:
    """The name by which a heading is linked to, as GitHub makes it."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def anchors(file: Path) -> set[str]:
    """Every anchor of a page; repeated headings get a number."""
    found: dict[str, int] = {}
    for line in prose(file.read_text("utf-8")):
        if match := HEADING.match(line):
            name = anchor(match.group(1))
            found[name] = found.get(name, -1) + 1
    return {name if not number else f"{name}-{number}" for name, last in found.items() for number in range(last + 1)}


def links(file: Path) -> Iterator[str]:
    for line in prose(file.read_text("utf-8")):
        yield from (match.group(1) for match in LINK.finditer(CODE.sub("", line)))


@pytest.mark.parametrize("file", documents(), ids=lambda f: str(f.relative_to(ROOT)))
def test_links_lead_somewhere(file: Path) -> None:
    wrong = []
    for link in links(file):
        if ELSEWHERE.match(link):
            continue
        path, _, part = unquote(link).partition("#")
        target = (file.parent / path).resolve() if path else file
        if not target.exists() or not target.is_relative_to(ROOT):
            wrong.append(f"{link}: there is no such file")
        elif part and target.suffix == ".md" and part not in anchors(target):
            wrong.append(f"{link}: the page has no such heading")
    assert wrong == []


def commands(text: str) -> Iterator[str]:
    """What stands behind `linehouse` in fenced blocks, continuation lines joined."""
    joined = ""
    for kind, line in fenced(text):
        if kind not in SHELLS:
            continue
        if joined:
            joined += " " + line.strip()
        elif match := COMMAND.match(line):
            joined = match.group(1) or ""
            if not joined:
                continue
        else:
            continue
        if joined.endswith("\\"):
            joined = joined[:-1].rstrip()
            continue
        yield joined
        joined = ""


def refusal(line: str) -> str:
    """Why the command line cannot be typed; empty when it can."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError as error:
        return str(error)
    if words[:1] == ["help"]:
        words = [*words[1:], "--help"]
    here: click.Command = linehouse
    context = click.Context(here, info_name="linehouse")
    while isinstance(here, click.Group) and words and not words[0].startswith("-"):
        found = here.get_command(context, words[0])
        if found is None:
            return f"there is no command {words[0]!r}"
        here, words = found, words[1:]
        context = click.Context(here, info_name=here.name, parent=context)
    if here.ignore_unknown_options:
        return ""
    known = {
        option for parameter in here.get_params(context) for option in (*parameter.opts, *parameter.secondary_opts)
    }
    known |= {"-h", "--help"}
    strange = [word for word in words if word.startswith("-") and word != "-" and word.partition("=")[0] not in known]
    return f"{here.name} has no option {', '.join(strange)}" if strange else ""


@pytest.mark.parametrize("file", documents(), ids=lambda f: str(f.relative_to(ROOT)))
def test_commands_exist(file: Path) -> None:
    typed = commands(file.read_text("utf-8"))
    assert [f"linehouse {line}: {why}" for line in typed if (why := refusal(line))] == []


def test_a_command_that_is_none_is_noticed() -> None:
    page = "```\n./linehouse bill runn\n$ linehouse verify --all\nlinehouse verify\n```\nlinehouse is a house.\n"
    assert [refusal(line) for line in commands(page)] == [
        "there is no command 'runn'",
        "verify has no option --all",
        "",
    ]


def test_a_heading_s_anchor_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Bill runs: 2 of them\n\n## `plan` and apply\n```\n# no heading\n```\n## Again\n## Again\n")
    assert anchors(page) == {"bill-runs-2-of-them", "plan-and-apply", "again", "again-1"}


def test_every_page_is_reached_from_the_index() -> None:
    """From docs/README.md one comes to every page below docs."""
    index = ROOT / "docs" / "README.md"
    seen, waiting = {index}, [index]
    while waiting:
        here = waiting.pop()
        for link in links(here):
            if ELSEWHERE.match(link) or not (path := unquote(link).partition("#")[0]):
                continue
            target = (here.parent / path).resolve()
            if target.suffix == ".md" and target.is_file() and target not in seen:
                seen.add(target)
                waiting.append(target)
    missing = [str(f.relative_to(ROOT)) for f in sorted((ROOT / "docs").rglob("*.md")) if f not in seen]
    assert missing == []


@pytest.mark.usefixtures("brand")
def test_the_tutorial_s_brand_can_be_founded() -> None:
    """The files in the tutorial are a catalogue, and every example in them comes out as it says."""
    page = (ROOT / "docs" / "tutorial" / "first-invoice.md").read_text("utf-8")
    blocks = re.findall(r"^```yaml\n(# merel/(\S+)\n.*?)^```$", page, re.MULTILINE | re.DOTALL)
    files = {name: text for text, name in blocks}
    assert set(files) == {
        "brand.yaml",
        "catalog/merel-basic.yaml",
        "catalog/specifications.yaml",
        "tariffs/merel.yaml",
        "zones/zones.yaml",
    }
    written = read_catalogue(files)
    assert red(written) == ()
    assert written.offerings["merel-basic"].examples
    plan = "catalog/merel-basic.yaml"
    (told,) = red(read_catalogue({**files, plan: files[plan].replace("amount: 9.00", "amount: 9.50")}))
    assert f"\n{told.message}\n" in page
    cards = re.search(r"^ *(iccid,imsi,puk\n(?: *\d+,\d+,\d+\n)+)", page, re.MULTILINE)
    assert cards
    assert isinstance(read_sims(re.sub(r"^ +", "", cards.group(1), flags=re.MULTILINE)), Ok)
