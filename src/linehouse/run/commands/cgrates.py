"""`linehouse catalog import-cgrates`: the six rating files of CGRateS as tariffs and zones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from linehouse.catalog.cgrates.importing import import_six
from linehouse.catalog.cgrates.reading import COLUMNS
from linehouse.catalog.cgrates.values import USUAL_CATEGORIES, Finding, Imported, Kind, Wishes
from linehouse.catalog.files import BRAND_FILE
from linehouse.catalog.text.brand import parse_brand
from linehouse.kernel.clock import MachineClock
from linehouse.kernel.error import DomainError
from linehouse.kernel.money import require_currency
from linehouse.kernel.outcome import InvalidFields
from linehouse.kernel.period import local_date
from linehouse.rating.service import load_marked
from linehouse.rating.values import TaxMode, UsageType

_SHOWN = 20
"""So many findings of a kind are shown without --all."""
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("import-cgrates")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=_FOLDER, help="A brand's folder, into which the files are written; without it, a preview.")
@click.option("--replace", is_flag=True, help="Write over files of the same names.")
@click.option("--leave-out", is_flag=True, help="Write the subjects that can be translated, without the others.")
@click.option("--tenant", help="Which tenant, when the files have several.")
@click.option("--category", "categories", multiple=True, help="A category to take over, with its usage: resale=voice.")
@click.option("--currency", help="ISO 4217; by default that of the brand in --out.")
@click.option(
    "--prices",
    type=click.Choice([mode.value for mode in TaxMode]),
    help="Whether rates contain tax; by default as the brand's.",
)
@click.option("--time-zone", "zone", help="In which timings and activations are read; by default the brand's.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="First day of the tariffs; today by default.")
@click.option(
    "--rounding-decimals",
    type=click.IntRange(0, 6),
    default=5,
    show_default=True,
    help="What CGRateS had as general.rounding_decimals: it rounds each increment to so many.",
)
@click.option("--exact", is_flag=True, help="Write rates as they stand, without rounding increments.")
@click.option("--replace-prefix", multiple=True, help="How prefixes become international: 00= or 0=49.")
@click.option("--short-code", "short_codes", multiple=True, help="A destination whose prefixes are short codes.")
@click.option("--name", default="cgrates", show_default=True, help="What the tariffs and zone files are called.")
@click.option("--all", "everything", is_flag=True, help="Show every finding.")
def import_cgrates(
    folder: Path,
    out: Path | None,
    replace: bool,
    leave_out: bool,
    tenant: str | None,
    categories: tuple[str, ...],
    currency: str | None,
    prices: str | None,
    zone: str | None,
    since: datetime | None,
    rounding_decimals: int,
    exact: bool,
    replace_prefix: tuple[str, ...],
    short_codes: tuple[str, ...],
    name: str,
    everything: bool,
) -> None:
    """Translate the six CSV files of CGRateS rating in FOLDER into tariffs and zones.

    Shows what became of them and what could not be translated, with file and row. The exit code is 2 when a row cannot
    be read or a subject cannot be translated; then nothing is written, unless --leave-out says so. Needs no database.
    """
    told_currency, told_prices, told_zone = _brand(out)
    chosen_zone = _zone(_needed(zone or told_zone, "--time-zone", "the zone in which CGRateS read its timings"))
    wishes = Wishes(
        currency=_currency(_needed(currency or told_currency, "--currency", "such as EUR")),
        tax_mode=TaxMode(_needed(prices or told_prices, "--prices", "gross or net")),
        zone=chosen_zone,
        since=(since.date() if since is not None else local_date(MachineClock().now(), chosen_zone)).isoformat(),
        tenant=tenant,
        categories=dict(map(_category, categories)) or dict(USUAL_CATEGORIES),
        rounding=None if exact else rounding_decimals,
        replace_prefix=tuple(map(_replaced, replace_prefix)),
        short_codes=frozenset(short_codes),
        name=name,
    )
    try:
        imported = import_six(_six(folder), wishes)
    except InvalidFields as refusal:
        for problem in refusal.problems:
            expected = f" (expected {problem.expected})" if problem.expected else ""
            click.echo(f"{problem.message}{expected}", err=True)
        raise click.exceptions.Exit(2) from refusal
    _show(imported, everything)
    if imported.refused and not leave_out:
        click.echo("Nothing is written: mend what is refused, or --leave-out its subjects.", err=True)
        raise click.exceptions.Exit(2)
    if not imported.tariffs:
        click.echo("Nothing is left to write.", err=True)
        raise click.exceptions.Exit(2)
    if out is None:
        click.echo("A preview: --out DIR writes it.")
        return
    _write(out, imported.files, replace)


def _six(folder: Path) -> dict[str, str]:
    found = {}
    for name in COLUMNS:
        path = folder / name
        if path.is_file():
            try:
                found[name] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise click.ClickException(f"{path}: not UTF-8 at byte {error.start}") from error
    return found


def _brand(out: Path | None) -> tuple[str | None, str | None, str | None]:
    """Currency, tax mode and time zone of the brand whose folder it is."""
    if out is None or not (out / BRAND_FILE).is_file():
        return None, None, None
    try:
        brand = parse_brand(load_marked(out / BRAND_FILE))
    except DomainError as problem:
        raise click.ClickException(str(problem)) from problem
    return brand.currency, str(brand.price_mode), brand.zone.key


def _needed(text: str | None, option: str, what: str) -> str:
    if text is None:
        raise click.UsageError(f"{option} is needed ({what}), as --out is no folder with a {BRAND_FILE}")
    return text


def _currency(text: str) -> str:
    try:
        return require_currency(text)
    except DomainError as problem:
        raise click.BadParameter(str(problem), param_hint="--currency") from problem


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError) as problem:
        raise click.BadParameter(
            f"{text!r} is no time zone, such as Europe/Berlin", param_hint="--time-zone"
        ) from problem


def _category(text: str) -> tuple[str, UsageType]:
    """``call`` means what it usually does; ``resale=voice`` says it."""
    name, divided, usage = text.partition("=")
    try:
        return name, UsageType(usage) if divided else USUAL_CATEGORIES[name]
    except (KeyError, ValueError):
        right = f"{name}=<{'|'.join(UsageType)}>"
        raise click.BadParameter(f"nobody said what {name!r} is; {right}", param_hint="--category") from None


def _replaced(text: str) -> tuple[str, str]:
    begins, divided, instead = text.partition("=")
    if not begins or not divided or not (instead == "" or instead.isdigit()):
        raise click.BadParameter(f"{text!r} does not say what becomes of what; 0=49", param_hint="--replace-prefix")
    return begins, instead


def _show(imported: Imported, everything: bool) -> None:
    table = Table("subject", "tariff", "categories", "rating plans", "rules", "examples")
    for made in imported.tariffs:
        table.add_row(
            made.subject,
            made.key,
            ", ".join(made.categories),
            ", ".join(made.plans),
            str(made.rules),
            str(made.examples),
        )
    Console(highlight=False).print(table)
    click.echo(
        f"{len(imported.tariffs)} tariffs, {imported.zones} zones with {imported.prefixes} prefixes, "
        f"{imported.bands} time bands."
    )
    for kind in Kind:
        _tell(kind, [one for one in imported.findings if one.kind is kind], everything)


def _tell(kind: Kind, findings: Sequence[Finding], everything: bool) -> None:
    if not findings:
        return
    refused = kind is Kind.REFUSED
    shown = findings if everything or refused else findings[:_SHOWN]
    for one in shown:
        click.echo(f"{kind}: {one.sentence}", err=refused)
    if len(shown) < len(findings):
        click.echo(f"{kind}: and {len(findings) - len(shown)} more; --all shows them")


def _write(out: Path, files: Mapping[str, str], replace: bool) -> None:
    taken = [path for path in files if (out / path).exists()]
    if taken and not replace:
        click.echo(
            f"{', '.join(taken)} are there already: --replace writes over them, --name calls the new ones otherwise",
            err=True,
        )
        raise click.exceptions.Exit(2)
    for path, text in files.items():
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
        click.echo(f"wrote {target}")
