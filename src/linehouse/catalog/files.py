"""A set of catalog files, read together: every problem is told at once, each with file and line.

Files are texts by path below the brand's folder: ``brand.yaml``, ``logo.svg``, ``catalog/*.yaml``, ``tariffs/*.yaml``,
``zones/*.yaml``, ``zones/*.csv``, ``regulation/*.yaml`` and ``controls/*.yaml``. Which file an
offering stands in decides nothing; what a file is follows from its
folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TypeVar

from linehouse.catalog.errors import FilesInvalid
from linehouse.catalog.lint import references, sense
from linehouse.catalog.oddities import said_twice
from linehouse.catalog.text.allowances import Surroundings
from linehouse.catalog.text.brand import parse_brand
from linehouse.catalog.text.law import check_law
from linehouse.catalog.text.logo import LOGO_FILE, checked_logo
from linehouse.catalog.text.offerings import WrittenOffering, parse_offering
from linehouse.catalog.text.specifications import Specifications, parse_specifications
from linehouse.catalog.values import BrandProfile, Catalogue
from linehouse.kernel.error import DomainError
from linehouse.kernel.outcome import Problem
from linehouse.rating.controls import ControlRule
from linehouse.rating.controls.text import parse_controls
from linehouse.rating.cost import cost_key_of, unfit
from linehouse.rating.regulation import Pack, law_of, shipped
from linehouse.rating.regulation.text import parse_pack
from linehouse.rating.tariff_text import link, parse_tariff
from linehouse.rating.values import NetworkZone, NumberZone, Tariff, TimeBand
from linehouse.rating.yaml_source import MarkedNode, load_marked
from linehouse.rating.zone_text import ZoneSet

BRAND_FILE = "brand.yaml"
FOLDERS = ("catalog", "tariffs", "zones", "regulation", "controls")
DECKS = "zones"
"""The folder that may hold decks of prefixes as well: ``*.csv``."""
NOT_YET = datetime(1970, 1, 1, tzinfo=UTC)
"""The ``valid_from`` of a catalogue that is not published."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Written:
    """A catalogue as files say it, with the places where its parts were written."""

    catalogue: Catalogue
    offerings: Mapping[str, WrittenOffering]
    twice: tuple[Problem, ...] = ()
    """Values that stand twice in one list."""


class _Problems:
    """Collects what is wrong, so that one mistake does not hide another."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def catch(self, read: Callable[[], T]) -> T | None:
        """What ``read`` returns, or None after noting what was wrong."""
        try:
            return read()
        except FilesInvalid as error:
            self.found.extend(error.problems)
        except DomainError as error:
            value = "" if error.value is None else str(error.value)
            self.found.append(Problem(error.code, error.message, error.field, value, error.expected))
        return None


def read_catalogue(files: Mapping[str, str]) -> Written:
    """The catalogue that the files write. Raises FilesInvalid with every problem that could be found."""
    problems = _Problems()
    if BRAND_FILE not in files:
        raise FilesInvalid((Problem("catalog.files_missing", f"there is no {BRAND_FILE}", BRAND_FILE),))
    nodes: dict[str, MarkedNode] = {}
    for path in sorted(files.keys() - {LOGO_FILE}):
        node = problems.catch(partial(load_marked, files[path], path))
        if node is not None:
            nodes[path] = node
    _one_name_each(nodes, problems)
    brand = problems.catch(partial(parse_brand, nodes[BRAND_FILE])) if BRAND_FILE in nodes else None
    brand = _with_logo(brand, files, problems)
    tariffs = _tariffs(nodes, problems)
    packs = _packs(nodes, brand, problems)
    if brand is not None and not problems.found:
        problems.catch(partial(_cost_of_brand, nodes[BRAND_FILE], brand, tariffs))
    specifications, offering_nodes = Specifications(), []
    for node in _in_folder(nodes, "catalog").values():
        if node.is_mapping and "offering" in node.entries():
            offering_nodes.append(node)
        else:
            problems.catch(partial(parse_specifications, node, specifications))
    if brand is None:
        raise FilesInvalid(tuple(problems.found))
    offerings = _offerings(offering_nodes, Surroundings(brand, _all_zones(tariffs)), problems)
    controls = _controls(nodes, brand, tariffs, problems)
    # References are looked at where everything could be read; else they would complain of what is only misspelt.
    for checks in (references, sense):
        if not problems.found:
            for check in checks(offerings, specifications, tariffs):
                problems.catch(check)
    if problems.found:
        raise FilesInvalid(tuple(problems.found))
    catalogue = replace(
        _catalogue(brand, offerings, specifications, tariffs),
        regulation=MappingProxyType(packs),
        controls=MappingProxyType(controls),
    )
    return Written(catalogue, offerings, tuple(said_twice(nodes)))


def _with_logo(brand: BrandProfile | None, files: Mapping[str, str], problems: _Problems) -> BrandProfile | None:
    logo = problems.catch(partial(checked_logo, files[LOGO_FILE])) if LOGO_FILE in files else ""
    return replace(brand, look=replace(brand.look, logo=logo or "")) if brand else None


def _one_name_each(nodes: Mapping[str, MarkedNode], problems: _Problems) -> None:
    """A tariff names a zone file without its ending: two files of one name could not be told apart."""
    for path, node in nodes.items():
        deck = str(PurePosixPath(path).with_suffix(".csv"))
        if path.endswith(".yaml") and deck in nodes:
            problems.catch(partial(node.fail, f"{deck} has the same name", "a name of its own for each zone file"))


def _in_folder(nodes: Mapping[str, MarkedNode], folder: str) -> dict[str, MarkedNode]:
    """The files of a folder, by file name without its ending."""
    return {PurePosixPath(path).stem: node for path, node in nodes.items() if PurePosixPath(path).parts[0] == folder}


def _tariffs(nodes: Mapping[str, MarkedNode], problems: _Problems) -> dict[str, Tariff]:
    zones = _in_folder(nodes, "zones")
    found: dict[str, Tariff] = {}
    for node in _in_folder(nodes, "tariffs").values():
        tariff = problems.catch(partial(parse_tariff, node, zones))
        if tariff is None:
            continue
        if tariff.key in found:
            problems.catch(
                partial(node.fail, f"tariff {tariff.key!r} is already written in {found[tariff.key].source}")
            )
        found[tariff.key] = tariff
    return problems.catch(partial(link, found)) or found


def _packs(nodes: Mapping[str, MarkedNode], brand: BrandProfile | None, problems: _Problems) -> dict[str, Pack]:
    """The brand's own packs of the law; one that comes with the product is not written anew."""
    found: dict[str, Pack] = {}
    for node in _in_folder(nodes, "regulation").values():
        pack = problems.catch(partial(parse_pack, node))
        if pack is None:
            continue
        if pack.key in shipped() or pack.key in found:
            taken = "comes with the product" if pack.key in shipped() else "is already written"
            problems.catch(
                partial(node.entries()["regulation"].fail, f"regulation {pack.key!r} {taken}", "a key of its own")
            )
        found[pack.key] = pack
    if brand is not None and brand.law.without:
        bound = law_of(replace(brand.law, without=()), found.values(), brand.country, date.max)
        problems.catch(partial(check_law, nodes[BRAND_FILE].entries()["regulation"], bound))
    return dict(sorted(found.items()))


def _controls(
    nodes: Mapping[str, MarkedNode], brand: BrandProfile, tariffs: Mapping[str, Tariff], problems: _Problems
) -> dict[str, ControlRule]:
    """Limits, bars, attempts and policy counters by kind and key; each is written once."""
    found: dict[str, ControlRule] = {}
    zones = _all_zones(tariffs).number_zones
    for node in _in_folder(nodes, "controls").values():
        read = problems.catch(partial(parse_controls, node, brand.country, brand.currency))
        if read is None:
            continue
        for zone in node.entries()["always-open"].many() if read.open_zones else ():
            if zone.text() not in zones:
                problems.catch(partial(zone.choice, sorted(zones)))
        for key, rule in read.by_kind().items():
            if key in found:
                problems.catch(partial(node.fail, f"{key} is already written in another file", "one file for each"))
            found[key] = rule
    return dict(sorted(found.items()))


def _cost_of_brand(node: MarkedNode, brand: BrandProfile, tariffs: Mapping[str, Tariff]) -> None:
    """The brand's wholesale tariff exists and fits every tariff that names none itself."""
    if brand.cost_tariff is None:
        return
    named = node.entries()["cost-tariff"]
    wholesale = tariffs[named.choice(tariffs)]
    priced_by = {tariff.cost_key for tariff in tariffs.values()} | {brand.cost_tariff}
    behind: Tariff | None = wholesale.fallback
    while behind is not None:
        priced_by.add(behind.key)
        behind = behind.fallback
    for key, tariff in tariffs.items():
        if key in priced_by or cost_key_of(tariff, brand.cost_tariff) != wholesale.key:
            continue
        if message := unfit(tariff, wholesale):
            named.fail(message, "a tariff with `prices: net`")


def _all_zones(tariffs: Mapping[str, Tariff]) -> ZoneSet:
    """Every zone that some tariff knows: what an allowance may name."""
    numbers: dict[str, NumberZone] = {}
    networks: dict[str, NetworkZone] = {}
    bands: dict[str, TimeBand] = {}
    for tariff in tariffs.values():
        numbers |= tariff.number_zones
        networks |= tariff.network_zones
        bands |= tariff.time_bands
    return ZoneSet(numbers, networks, bands)


def _offerings(nodes: Iterable[MarkedNode], around: Surroundings, problems: _Problems) -> dict[str, WrittenOffering]:
    found: dict[str, WrittenOffering] = {}
    for node in nodes:
        written = problems.catch(partial(parse_offering, node, around))
        if written is None:
            continue
        key = written.offering.key
        if key in found:
            problems.catch(partial(node.fail, f"offering {key!r} is already written in {found[key].node.source}"))
        found[key] = written
    return found


def _catalogue(
    brand: BrandProfile,
    offerings: Mapping[str, WrittenOffering],
    specifications: Specifications,
    tariffs: Mapping[str, Tariff],
) -> Catalogue:
    return Catalogue(
        version=0,
        valid_from=NOT_YET,
        brand=brand,
        offerings=MappingProxyType({key: offerings[key].offering for key in sorted(offerings)}),
        product_specifications=MappingProxyType(dict(sorted(specifications.products.items()))),
        service_specifications=MappingProxyType(dict(sorted(specifications.services.items()))),
        resource_specifications=MappingProxyType(dict(sorted(specifications.resources.items()))),
        tariffs=MappingProxyType(dict(sorted(tariffs.items()))),
    )
