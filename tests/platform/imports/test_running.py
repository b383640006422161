"""Trying, running, repeating, killing and undoing imports of customers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from linehouse.customer.service import customer_by_number, find_customers
from linehouse.platform.characteristics import service as characteristics
from linehouse.platform.characteristics.values import Declaration, ValueKind
from linehouse.platform.clock.service import business_now
from linehouse.platform.imports import service
from linehouse.platform.imports.errors import ImportKindUnknown, MappingWrong, NotNow
from linehouse.platform.imports.models import ImportRow
from linehouse.platform.imports.service import run
from linehouse.platform.runner import run_one
from linehouse.platform.work import Actor
from linehouse.resource.service import find_number, search_numbers

HEAD = "id,first name,surname,date of birth,e-mail,street,zip,town,country"


def customers_file(count: int, *extra: str) -> bytes:
    rows = [
        f"K{n:04d},Fenna,de Vries{chr(65 + n % 26)},28-02-19{70 + n % 30},f{n}@mail.example,Dam {n + 1},1012 LG,Edam,NL"
        for n in range(count)
    ]
    return "\n".join([HEAD, *rows, *extra]).encode()


@pytest.fixture
def done(brand: str, catalogue: Any, actor: Actor, drain: Callable[[], int]) -> Callable[..., Any]:
    """Takes a file in, runs it, and waits."""

    def make(kind: str, data: bytes, *, tried: bool = False) -> Any:
        made = service.receive(kind, "file.csv", data, actor=actor)
        begin = service.start_try if tried else service.start_run
        begin(made.number, actor=actor)
        drain()
        return service.find_import(made.number)

    return make


def test_a_try_has_no_effect_and_says_what_a_run_would_do(done: Callable[..., Any], actor: Actor, drain: Any) -> None:
    wrong = "K9,Joris,Bakker,2030-01-01,no address,Damrak 1,99,Amsterdam,NL"
    again = customers_file(1).decode().splitlines()[1]
    tried = done("customers", customers_file(3, wrong, again, "K10,,,,,,,,"), tried=True)
    assert (tried.state, tried.rows, tried.taken, tried.known, tried.refused) == ("tried", 6, 3, 1, 2)
    assert find_customers().total == 0
    refused, total = service.results(tried.number, state="refused")
    assert total == 2
    assert {fault.field for fault in refused[0].faults} == {"birth_date", "email", "address.postcode"}
    assert [fault.field for fault in refused[1].faults] == ["email", "street1", "postcode", "city", "country"]
    service.start_run(tried.number, actor=actor)
    drain()
    ran = service.find_import(tried.number)
    assert (ran.state, ran.taken, ran.known, ran.refused) == ("done", 3, 1, 2)
    assert [one.number for one in find_customers(sort="number").rows] == ["C-000001", "C-000002", "C-000003"]
    assert customer_by_number("C-000001").external_id == "K0000"


def test_the_same_file_again_has_no_second_effect(done: Callable[..., Any]) -> None:
    assert done("customers", customers_file(2)).taken == 2
    again = done("customers", customers_file(3))
    assert (again.taken, again.known) == (1, 2)
    assert find_customers().total == 3


def test_rows_without_a_key_of_their_own_are_known_by_their_content(done: Callable[..., Any]) -> None:
    assert done("numbers", b"msisdn\n+31610200001\n+31610200002\n").taken == 2
    again = done("numbers", b"number\n+31 6 1020 0002\n+31610200003\n")
    assert (again.taken, again.known) == (1, 1)
    assert search_numbers()[1] == 3


def test_a_killed_run_goes_on_where_it_was(
    brand: str, catalogue: Any, actor: Actor, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "CHUNK", 2)
    made = service.receive("customers", "f.csv", customers_file(5), actor=actor)
    service.start_run(made.number, actor=actor)
    while not (half := service.find_import(made.number)).done:
        assert run_one()
    assert (half.state, half.done, half.taken) == ("running", 2, 2)
    with pytest.raises(NotNow):
        service.start_run(made.number, actor=actor)
    # The same piece of work once more, as after a kill between its end and the mark that it has ended.
    run.go_on(half.id, 0, actor, "again")
    assert find_customers().total == 2
    drain()
    assert service.find_import(made.number).taken == 5
    assert find_customers().total == 5


def test_refused_rows_are_taken_once_more_when_what_was_wrong_is_mended(
    done: Callable[..., Any], actor: Actor, drain: Any
) -> None:
    values = b"customer,tier\nC-000001,gold\nC-000002,gold\n"
    spec = Declaration(
        entity="customer", key="tier", label={"": "Tier"}, kind=ValueKind.CHOICE, choices={"gold": "Gold"}
    )
    characteristics.declare(spec, actor=actor)
    done("customers", customers_file(1))
    first = done("customer-characteristics", values)
    assert (first.taken, first.refused) == (1, 1)
    done("customers", customers_file(2))
    service.start_run(first.number, actor=actor)
    drain()
    assert (service.find_import(first.number).taken, service.find_import(first.number).refused) == (2, 0)


def test_an_undo_takes_back_what_it_can_and_names_what_it_cannot(
    done: Callable[..., Any], actor: Actor, drain: Any
) -> None:
    spec = Declaration(entity="customer", key="size", label={"": "Size"}, kind=ValueKind.INTEGER)
    characteristics.declare(spec, actor=actor)
    people = done("customers", customers_file(2))
    one = customer_by_number("C-000001")
    characteristics.set_values("customer", one.id, {"size": 41}, actor=actor)
    values = done("customer-characteristics", b"number,size\nC-000001,42\nC-000002,43\n")
    service.start_undo(values.number, actor=actor, reason="wrong file")
    drain()
    assert [held.value for held in characteristics.values_of("customer", one.id)] == [41]
    assert characteristics.values_of("customer", customer_by_number("C-000002").id) == ()
    from linehouse.customer.service import close_customer

    close_customer(one.id, actor=actor, reason="gone already")
    service.start_undo(people.number, actor=actor, reason="wrong file")
    drain()
    undone = service.find_import(people.number)
    assert (undone.state, undone.undone, undone.kept) == ("undone", 1, 1)
    assert customer_by_number("C-000002").state == "closed"
    assert customer_by_number("C-000002").external_id == ""
    (kept,), _ = service.results(people.number, state="kept")
    assert "closed" in str(kept.faults[0])
    # What was undone can be imported anew; its party is still known, so that one says that the likeness is meant.
    again = service.receive("customers", "again.csv", customers_file(2), actor=actor)
    service.set_mapping(again.number, again.columns, {"not_a_duplicate": "yes"}, actor=actor)
    service.start_run(again.number, actor=actor)
    drain()
    assert service.find_import(again.number).taken == 1
    assert customer_by_number("C-000003").external_id == "K0001"


def test_unused_numbers_leave_the_stock_again(done: Callable[..., Any], actor: Actor, drain: Any) -> None:
    from linehouse.resource.service import reserve_number

    made = done("numbers", b"msisdn\n+31610200001\n+31610200002\n")
    reserve_number("P-1", wish="+31610200001", actor=actor)
    service.start_undo(made.number, actor=actor, reason="not ours")
    drain()
    view = service.find_import(made.number)
    assert (view.undone, view.kept) == (1, 1)
    assert search_numbers()[1] == 1
    assert find_number("31610200001").state == "reserved"


def test_the_result_file_can_be_mended_and_imported_again(done: Callable[..., Any]) -> None:
    wrong = "K9,Joris,Bakker,1980-01-01,joris@mail.example,Damrak 1,99,Amsterdam,NL"
    first = done("customers", customers_file(1, wrong))
    text = service.result_file(first.number).decode("utf-8-sig")
    lines = text.splitlines()
    assert lines[0] == f"{HEAD},import: row,import: state,import: result,import: problem"
    assert lines[1].endswith("1,taken,C-000001,")
    assert "2,refused,," in lines[2]
    assert "postcode" in lines[2]
    again = done("customers", text.replace(",99,", ",1012 LG,").encode())
    assert (again.taken, again.known) == (1, 1)


def test_a_mapping_is_remembered_and_a_wrong_one_refused(done: Callable[..., Any], actor: Actor) -> None:
    data = b"wie,mail,waar,pc,plek\nx,a@mail.example,Damrak 1,1012 LG,Amsterdam\n"
    made = service.receive("customers", "eigen.csv", data, actor=actor)
    with pytest.raises(MappingWrong):
        service.start_run(made.number, actor=actor)
    columns = {
        "given_name": "wie",
        "family_name": "wie",
        "email": "mail",
        "street1": "waar",
        "postcode": "pc",
        "city": "plek",
    }
    service.set_mapping(made.number, columns, {"country": "NL", "birth_date": "1980-01-01"}, actor=actor)
    assert service.preview(made.number)[0]["country"] == "NL"
    service.start_try(made.number, actor=actor)
    run.go_on(made.id, 0, actor, "try")
    again = service.receive("customers", "eigen2.csv", data, actor=actor)
    assert again.columns == columns
    assert again.constants["country"] == "NL"
    with pytest.raises(ImportKindUnknown):
        service.receive("spaceships", "f.csv", data, actor=actor)


def test_files_and_faults_go_when_their_time_is_over(
    done: Callable[..., Any], advance: Callable[[datetime], object]
) -> None:
    made = done("customers", customers_file(1, "K9,J,B,1980-01-01,joris@mail.example,Damrak 1,99,Amsterdam,NL"))
    from linehouse.platform.imports.jobs import clear
    from linehouse.platform.work import SYSTEM, unit_of_work

    with unit_of_work(SYSTEM) as work:
        assert clear(business_now() + timedelta(days=89), work) == 0
        assert clear(business_now() + timedelta(days=91), work) == 1
    with pytest.raises(NotNow):
        service.sheet_of(made.number)
    assert service.find_import(made.number).taken == 1
    assert not ImportRow.objects.exclude(faults=[]).exists()
