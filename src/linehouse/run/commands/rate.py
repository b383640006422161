"""`linehouse rate`: what usage costs, and why it cost what it did."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from linehouse.kernel.error import NotFound
from linehouse.rating.service import event_in_words, explain, load_marked, price, read_tariffs
from linehouse.rating.values import Tariff
from linehouse.run.at_work import brand_at_work, brand_option


@click.group("rate")
def command() -> None:
    """Say what usage costs, and why it cost what it did."""


@command.command("explain")
@click.argument("words", nargs=-1, required=True)
@click.option("--tariff", "key", default="robin-standard", show_default=True, help="Key of the tariff.")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The brand's files; without it, what is published counts.",
)
@brand_option
def explain_words(words: tuple[str, ...], key: str, folder: Path | None, brand: str) -> None:
    """Price an event written in words, without allowances: 61 s to +31612345678 in FR at 18:00 on Monday.

    After `to` or `from` stands a number, a short code or a number zone of the tariff; after `in` a network, a country
    or a network zone. `incoming` and `forwarded` set the direction.
    """
    tariff = _chosen(_tariffs_in(folder), key) if folder is not None else _published(key, brand)
    for line in explain(price(tariff, event_in_words(" ".join(words), tariff))):
        click.echo(line)


@command.command("record")
@click.argument("record", type=click.UUID)
@brand_option
def explain_record(record: UUID, brand: str) -> None:
    """Tell how a usage record was priced and who paid for it."""
    with brand_at_work(brand):
        from linehouse.charging.service import explain as explain_rated
        from linehouse.charging.service import rated_record

        rated = rated_record(record)
        lines = explain_rated(record)
    when = f"{rated.started_at:%Y-%m-%d %H:%M:%S} UTC"
    click.echo(f"{rated.subscription}, {rated.usage_type} {rated.direction}, {when}.")
    for line in lines:
        click.echo(line)
    if rated.invoice:
        click.echo(f"On invoice {rated.invoice}.")


def _tariffs_in(folder: Path) -> dict[str, Tariff]:
    zones = {path.stem: load_marked(path) for kind in ("*.yaml", "*.csv") for path in (folder / "zones").glob(kind)}
    return read_tariffs([load_marked(path) for path in sorted((folder / "tariffs").glob("*.yaml"))], zones)


def _published(key: str, brand: str) -> Tariff:
    with brand_at_work(brand):
        from linehouse.catalog.service import published

        return _chosen(dict(published().tariffs), key)


def _chosen(tariffs: dict[str, Tariff], key: str) -> Tariff:
    if key not in tariffs:
        raise NotFound(f"there is no tariff {key!r}", field="tariff", value=key, expected=" or ".join(sorted(tariffs)))
    return tariffs[key]
