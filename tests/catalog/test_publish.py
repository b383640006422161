"""Planning, publishing, coming into force, exporting."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from linehouse.catalog import service
from linehouse.catalog.errors import (
    AlreadyInForce,
    CatalogVersionUnknown,
    FilesMissing,
    NothingPublished,
    PublishRefused,
    StaleBase,
    ValidFromRefused,
)
from linehouse.kernel.money import Money
from linehouse.platform.clock.service import business_now
from linehouse.platform.numbers.service import next_number
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor, unit_of_work

pytestmark = pytest.mark.usefixtures("brand")

SIM_ONLY = "catalog/robin-sim-only-20.yaml"
Files = dict[str, str]


def dearer(files: Files, amount: str = "19.00") -> Files:
    text = files[SIM_ONLY].replace("amount: 18.00", f"amount: {amount}")
    return files | {SIM_ONLY: text[: text.index("examples:")]}


def test_a_brand_without_a_catalogue_says_so() -> None:
    with pytest.raises(NothingPublished):
        service.published()
    with pytest.raises(NothingPublished):
        service.exported_files()


def test_the_first_publication(robin_folder: Path, actor: Actor, events: Callable[[], list[str]]) -> None:
    plan = service.plan_files(robin_folder)
    assert (plan.newest, plan.base, plan.stale, plan.red) == (0, 0, False, ())
    assert {change.what for change in plan.changes} == {"added"}
    done = service.apply_files(robin_folder, actor=actor)
    assert (done.number, done.valid_from) == (1, business_now())
    catalogue = service.published()
    assert (catalogue.version, catalogue.brand.name) == (1, "Robin Mobile")
    assert {key: offering.version for key, offering in catalogue.offerings.items()} == {
        "robin-booster-5gb": 1,
        "robin-prepaid-booster-2gb": 1,
        "robin-prepaid-month": 1,
        "robin-prepaid-start": 1,
        "robin-sim-only-20": 1,
    }
    assert events() == ["catalog.version.published"]


def test_publishing_declares_the_number_series(robin_folder: Path, actor: Actor) -> None:
    service.apply_files(robin_folder, actor=actor)
    with unit_of_work(actor):
        assert (next_number("customer"), next_number("invoice")) == ("C-000001", "INV-000001")


def test_applying_again_changes_nothing(
    robin_folder: Path, robin_files: Files, actor: Actor, events: Callable[[], list[str]]
) -> None:
    service.apply_files(robin_folder, actor=actor)
    events()
    assert service.plan_files(robin_folder).empty
    again = service.apply_files(robin_folder, actor=actor)
    assert (again.number, again.changes) == (1, ())
    with_comment = robin_files | {SIM_ONLY: "# a remark\n" + robin_files[SIM_ONLY]}
    assert service.plan_texts(with_comment).layout_only
    assert events() == []


def test_a_change_makes_a_new_version_and_the_old_one_stays(robin_files: Files, actor: Actor) -> None:
    service.apply_texts(robin_files, actor=actor)
    before = service.published()
    done = service.apply_texts(dearer(robin_files), actor=actor, base_version=1, note="dearer")
    assert [str(change) for change in done.changes] == ["changed offering robin-sim-only-20"]
    assert [(f.path, f.before, f.after) for f in done.changes[0].fields] == [
        ("prices.monthly-fee.amount", "18.00 EUR", "19.00 EUR")
    ]
    now = service.published()
    assert now.offering("robin-sim-only-20").version == 2
    assert now.offering("robin-booster-5gb").version == 1
    assert before.offering("robin-sim-only-20").price("monthly-fee").amount == Money.of("18.00", "EUR")
    assert service.version(1).offering("robin-sim-only-20") == before.offering("robin-sim-only-20")


def test_a_stale_base_is_a_conflict_and_never_an_overwrite(robin_files: Files, actor: Actor) -> None:
    service.apply_texts(robin_files, actor=actor)
    service.apply_texts(dearer(robin_files), actor=actor, base_version=1)
    other = dearer(robin_files, "17.00")
    assert service.plan_texts(other, base_version=1).stale
    with pytest.raises(StaleBase):
        service.apply_texts(other, actor=actor, base_version=1)
    with pytest.raises(StaleBase):
        service.apply_texts(other, actor=actor)
    assert service.apply_texts(other, actor=actor, base_version=2).number == 3


def test_a_future_version_goes_live_at_the_second(
    robin_files: Files, actor: Actor, advance: Callable[[datetime], object]
) -> None:
    service.apply_texts(robin_files, actor=actor)
    start = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    service.apply_texts(dearer(robin_files), actor=actor, base_version=1, valid_from=start)
    assert service.published().version == 1
    advance(start - timedelta(seconds=1))
    assert service.published().version == 1
    advance(start)
    assert service.published().version == 2
    assert service.published(start - timedelta(microseconds=1)).version == 1


def test_what_is_past_keeps_its_prices(robin_files: Files, actor: Actor) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    assert service.apply_texts(robin_files, actor=actor, valid_from=long_ago).valid_from == long_ago
    assert service.published(datetime(2021, 5, 5, tzinfo=UTC)).version == 1
    with pytest.raises(ValidFromRefused):
        service.apply_texts(dearer(robin_files), actor=actor, base_version=1, valid_from=long_ago)


def test_an_urgent_version_does_not_jump_over_a_planned_one(
    robin_files: Files, actor: Actor, events: Callable[[], list[str]]
) -> None:
    service.apply_texts(robin_files, actor=actor)
    start = datetime(2026, 12, 1, tzinfo=UTC)
    service.apply_texts(dearer(robin_files), actor=actor, base_version=1, valid_from=start)
    urgent = dearer(robin_files, "17.50")
    with pytest.raises(ValidFromRefused):
        service.apply_texts(urgent, actor=actor, base_version=2)
    service.withdraw(2, actor=actor, reason="something is more urgent")
    assert service.apply_texts(urgent, actor=actor, base_version=1).number == 3
    assert service.published().offering("robin-sim-only-20").price("monthly-fee").amount.text == "17.50"
    with pytest.raises(AlreadyInForce):
        service.withdraw(3, actor=actor, reason="too late")
    assert [info.state for info in service.versions()[0]] == ["published", "withdrawn", "published"]
    assert events() == ["catalog.version.published"] * 2 + ["catalog.version.withdrawn", "catalog.version.published"]


def test_a_red_example_refuses_publication_and_is_named(robin_files: Files, actor: Actor) -> None:
    wrong = robin_files[SIM_ONLY].replace("is 12.60 + 18.00", "is 12.00 + 18.00")
    with pytest.raises(PublishRefused) as refused:
        service.apply_texts(robin_files | {SIM_ONLY: wrong}, actor=actor)
    (problem,) = refused.value.problems
    assert problem.message.startswith("catalog/robin-sim-only-20.yaml, line ")
    assert problem.message.endswith("but monthly-fee is 12.60 + 18.00")
    tariff = "tariffs/robin-sim-only.yaml"
    cheaper = robin_files | {tariff: robin_files[tariff].replace("price: 0.004", "price: 0.003")}
    plan = service.plan_texts(cheaper)
    assert {problem.field for problem in plan.red} == {"tariffs.robin-sim-only"}
    with pytest.raises(NothingPublished):
        service.published()


def test_an_export_is_what_was_applied_byte_for_byte(robin_files: Files, actor: Actor, tmp_path: Path) -> None:
    service.apply_texts(robin_files, actor=actor)
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "old.yaml").write_text("offering: old\n")
    assert service.export(tmp_path) == 1
    found = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes().decode()
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    assert found == robin_files | {"base-version": "1\n"}
    assert service.plan_files(tmp_path).empty
    (tmp_path / SIM_ONLY).write_text(dearer(robin_files)[SIM_ONLY])
    assert service.plan_files(tmp_path).base == 1
    assert service.apply_files(tmp_path, actor=actor).number == 2
    assert (tmp_path / "base-version").read_text() == "2\n"
    with pytest.raises(CatalogVersionUnknown):
        service.export(tmp_path, 9)
    with pytest.raises(FilesMissing):
        service.plan_files(tmp_path / "nowhere")


def test_every_version_of_an_element_has_an_id_for_good(robin_files: Files, actor: Actor) -> None:
    service.apply_texts(robin_files, actor=actor)
    first = {element.key: element for element in service.elements("offering")}
    service.apply_texts(dearer(robin_files), actor=actor, base_version=1)
    second = {element.key: element for element in service.elements("offering")}
    assert first["robin-booster-5gb"].id == second["robin-booster-5gb"].id
    assert first["robin-sim-only-20"].id != second["robin-sim-only-20"].id
    assert (second["robin-sim-only-20"].version, second["robin-sim-only-20"].since) == (2, 2)
    assert service.element(first["robin-sim-only-20"].id) == first["robin-sim-only-20"]
    assert [change.key for change in service.compare(1, 2)] == ["robin-sim-only-20"]
    assert [change.key for change in service.compare(2, 1)] == ["robin-sim-only-20"]
    assert service.version_info(2).in_force


def test_a_tariff_beyond_the_laws_cap_is_refused(robin_files: Files, actor: Actor) -> None:
    path = "tariffs/robin-standard.yaml"
    text = robin_files[path].replace("price: 0.22", "price: 0.25").replace("90 s to +4915112345678 costs 0.33", "")
    with pytest.raises(PublishRefused) as refused:
        service.apply_texts(robin_files | {path: text.replace("  - \n", "")}, actor=actor)
    assert any(problem.field == "tariffs.robin-standard.eu-calls" for problem in refused.value.problems)


def test_a_release_with_more_words_changes_no_element(robin_files: Files, actor: Actor) -> None:
    service.apply_texts(robin_files, actor=actor)
    with brand_cursor() as cursor:  # as a release kept them that knew fewer words
        cursor.execute("ALTER TABLE catalog_catalogelement DISABLE TRIGGER USER")
        cursor.execute("UPDATE catalog_catalogelement SET digest = repeat('0', 64)")
        cursor.execute("ALTER TABLE catalog_catalogelement ENABLE TRIGGER USER")
    service.apply_texts(dearer(robin_files), actor=actor, base_version=1)
    versions = {offering.key: offering.version for offering in service.published().offerings.values()}
    assert versions == {
        "robin-booster-5gb": 1,
        "robin-prepaid-booster-2gb": 1,
        "robin-prepaid-month": 1,
        "robin-prepaid-start": 1,
        "robin-sim-only-20": 2,
    }


def test_what_somebody_should_look_at_refuses_nothing(robin_files: Files, actor: Actor) -> None:
    files = robin_files | {
        "tariffs/robin-standard.yaml": robin_files["tariffs/robin-standard.yaml"].replace("    line: calls\n", "", 1)
    }
    files["tariffs/robin-standard.yaml"] = files["tariffs/robin-standard.yaml"].replace("price: 0.90", "price: 900", 1)
    files["tariffs/robin-standard.yaml"] = "\n".join(
        line
        for line in files["tariffs/robin-standard.yaml"].split("\n")
        if "nl-premium" not in line or "costs" not in line
    )
    plan = service.plan_texts(files)
    codes = {problem.code for problem in plan.advice}
    assert "catalog.huge-price" in codes
    dear = next(problem for problem in plan.advice if problem.code == "catalog.huge-price")
    assert dear.message.startswith("tariffs/robin-standard.yaml, line ")
    assert "Dutch paid service numbers: 900.00 EUR" in dear.message
    assert dear.expected
    assert plan.red == ()
    assert service.apply_texts(files, actor=actor).number == 1
