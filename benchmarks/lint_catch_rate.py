"""How much damage to a catalogue the readers, the examples and lint notice: the demo brand's files, damaged.

Each kind of damage is done in several places, one at a time (lint_damages.py). What is noticed is told by the net that
caught it first: the reader (files cannot be read), an example, an error of lint, a warning of lint, or a warning that
compares with what was published.
"""

from __future__ import annotations

from collections.abc import Iterator

import click
from ground import brand, headed
from lint_damages import NETS, measure

EXPLAINED = {
    "price: five per cent more": "A price that is a little higher is a price; only an example beside it can tell.",
}
"""Why a kind of damage may pass, for whoever reads the table."""


def table(found: dict[str, dict[str, int]]) -> Iterator[str]:
    """The table of docs/explanation/what-lint-finds.md."""
    yield "| damage | places | reader | example | error | warning | change | passed | why it may pass |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
    for kind, nets in found.items():
        counts = " | ".join(str(nets.get(net, 0)) for net in (*NETS, ""))
        why = EXPLAINED.get(kind, "") if nets.get("") else ""
        yield f"| {kind} | {sum(nets.values())} | {counts} | {why} |"


def main() -> None:
    """Damage, look, and tell."""
    from linehouse.run.house import open_house

    open_house()
    with brand():
        found = measure()
    total = sum(sum(nets.values()) for nets in found.values())
    passed = sum(nets.get("", 0) for nets in found.values())
    headed(f"lint: {total} damages of {len(found)} kinds to the demo brand's catalogue")
    for line in table(found):
        click.echo(line)
    click.echo(f"caught {total - passed} of {total}: {100 * (total - passed) / total:.1f} %")


if __name__ == "__main__":
    main()
