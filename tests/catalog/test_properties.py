"""What holds for every catalogue: layout decides nothing, a diff is empty exactly for equal content, files survive."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linehouse.catalog import service
from linehouse.catalog.content import digest_of
from linehouse.catalog.errors import FilesInvalid
from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder, write_folder
from linehouse.catalog.plan import difference, elements
from linehouse.catalog.values import Catalogue, LifecycleStatus, PeriodLength, PeriodUnit, ProductOffering
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity
from linehouse.platform.work import Actor

Files = dict[str, str]
ROBIN = read_folder(Path(__file__).resolve().parents[2] / "brands" / "robin")
CATALOGUE = read_catalogue(ROBIN).catalogue


def with_amount(offering: ProductOffering, micros: int) -> ProductOffering:
    first, *others = offering.prices
    return replace(offering, prices=(replace(first, amount=Money(micros, "EUR")), *others))


def with_quantity(offering: ProductOffering, octets: int) -> ProductOffering:
    first, *others = offering.allowances
    return replace(offering, allowances=(replace(first, amount=Quantity(octets, first.unit)), *others))


def with_days(offering: ProductOffering, days: int) -> ProductOffering:
    first, *others = offering.allowances
    return replace(offering, allowances=(replace(first, validity=PeriodLength(days, PeriodUnit.DAY)), *others))


def with_status(offering: ProductOffering, number: int) -> ProductOffering:
    words = list(LifecycleStatus)
    return replace(offering, status=words[number % len(words)])


def reversed_prices(offering: ProductOffering, _: int) -> ProductOffering:
    return replace(offering, prices=offering.prices[::-1])


CHANGES: list[Callable[[ProductOffering, int], ProductOffering]] = [
    with_amount,
    with_quantity,
    with_days,
    with_status,
    reversed_prices,
]


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """Robin's catalogue with some of its offerings changed or taken away."""
    offerings = dict(CATALOGUE.offerings)
    for key in draw(st.lists(st.sampled_from(sorted(offerings)), max_size=3)):
        change = draw(st.sampled_from(CHANGES))
        offerings[key] = change(offerings[key], draw(st.integers(1, 50_000_000)))
    for key in draw(st.sets(st.sampled_from(sorted(offerings)), max_size=1)):
        del offerings[key]
    return replace(CATALOGUE, offerings=MappingProxyType(offerings))


@given(catalogues(), catalogues())
def test_a_diff_is_empty_exactly_when_the_content_is_equal(old: Catalogue, new: Catalogue) -> None:
    same = {place: digest_of(value) for place, value in elements(old).items()} == {
        place: digest_of(value) for place, value in elements(new).items()
    }
    assert (difference(old, new) == ()) is same
    assert difference(old, old) == ()


@given(catalogues(), catalogues())
def test_a_diff_read_backwards_is_the_diff_of_the_way_back(old: Catalogue, new: Catalogue) -> None:
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    there, back = difference(old, new), difference(new, old)
    assert [(c.kind, c.key, opposite[c.what]) for c in there] == [(c.kind, c.key, c.what) for c in back]
    assert [{(f.path, f.after, f.before) for f in c.fields} for c in there] == [
        {(f.path, f.before, f.after) for f in c.fields} for c in back
    ]


@st.composite
def layouts(draw: st.DrawFn) -> Files:
    """Robin's files with remarks, empty lines and other file names, saying the same."""
    files = {}
    for path, text in ROBIN.items():
        if not path.endswith(".yaml"):
            files[path] = text
            continue
        lines = []
        for line in text.splitlines():
            # A remark may stand where a line begins at the left: not inside a value that runs over lines.
            if line[:1].isalpha() and draw(st.booleans()):
                lines.append("# " + draw(st.text(st.characters(categories=("L", "N", "Zs")), max_size=20)))
            lines.append(line + (" " * draw(st.integers(0, 2))))
        folder, _, name = path.rpartition("/")
        renamed = f"{draw(st.sampled_from(('a-', 'z-', '')))}{name}" if folder == "catalog" else name
        files[f"{folder}/{renamed}" if folder else path] = "\n".join(lines) + "\n"
    return files


@given(layouts())
@settings(max_examples=25)
def test_layout_decides_nothing(files: Files) -> None:
    assert difference(CATALOGUE, read_catalogue(files).catalogue) == ()


NAMES = st.from_regex(r"\A(catalog|tariffs|zones)/[a-z][a-z0-9-]{0,20}\.yaml\Z")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(st.dictionaries(NAMES, TEXTS, max_size=8), TEXTS)
def test_files_survive_the_folder_byte_for_byte(files: Files, brand: str) -> None:
    everything = {"brand.yaml": brand, **files}
    with TemporaryDirectory() as name:
        write_folder(Path(name), everything)
        assert read_folder(Path(name)) == everything
        write_folder(Path(name), {"brand.yaml": brand})
        assert read_folder(Path(name)) == {"brand.yaml": brand}


@given(st.text(max_size=300), st.sampled_from(sorted(ROBIN)))
@settings(max_examples=50)
def test_any_text_is_read_or_refused_and_never_fails(text: str, path: str) -> None:
    with suppress(FilesInvalid):
        read_catalogue(ROBIN | {path: text})


@pytest.mark.usefixtures("brand")
@pytest.mark.parametrize("amounts", [("18.00",), ("18.00", "19.00"), ("18.00", "17.50", "18.00")])
def test_a_plan_after_an_apply_is_empty_and_an_export_is_what_was_applied(
    actor: Actor, amounts: tuple[str, ...]
) -> None:
    path = "catalog/robin-sim-only-20.yaml"
    for number, amount in enumerate(amounts):
        text = ROBIN[path].replace("amount: 18.00", f"amount: {amount}")
        files = ROBIN | {path: text[: text.index("examples:")]}
        assert service.apply_texts(files, actor=actor, base_version=number).number == number + 1
        assert service.plan_texts(files, base_version=number + 1).empty
        assert service.exported_files() == files
        assert service.apply_texts(service.exported_files(), actor=actor).number == number + 1
