"""Taking customers in, finding them, changing them."""

from __future__ import annotations

from tests.edge.desk.conftest import PERSON, Staff, text_of

from linehouse.customer import service as customers


def test_a_person_is_registered_and_found(ada: Staff) -> None:
    answer = ada.register()
    assert answer["Location"] == "/b/robin/customers/C-000001"
    page = text_of(ada.get("customers/C-000001"))
    assert "Fenna de Vries" in page
    assert "C-000001 is registered with billing account BA-000001" in page
    assert "Fenna de Vries" in text_of(ada.get("customers?q=fenna"))
    assert "No match" in text_of(ada.get("customers?q=nobody"))


def test_what_the_rooms_refuse_stands_at_its_field(ada: Staff) -> None:
    answer = ada.register(postcode="99", birth_date="2030-01-01", email="no address")
    page = answer.content.decode()
    assert answer.status_code == 200
    for field in ("postcode", "birth_date", "email"):
        assert f'id="id_{field}_error"' in page
    assert "expected: four digits and two letters such as 1012 AB" in page
    assert customers.find_customers().total == 0


def test_a_likely_duplicate_is_a_question(ada: Staff) -> None:
    ada.register()
    asked = ada.register()
    assert "this is somebody else" in text_of(asked)
    assert customers.find_customers().total == 1
    assert ada.register(not_a_duplicate="on").status_code == 302
    assert customers.find_customers().total == 2


def test_an_organisation_has_other_fields(ada: Staff) -> None:
    address = {
        name: PERSON[name]
        for name in ("email", "phone", "street1", "street2", "postcode", "city", "country", "language")
    }
    organisation = address | {
        "trading_name": "Fiets BV",
        "legal_name": "",
        "registration_number": "",
        "vat_id": "NL1",
        "cycle_day": "15",
    }
    refused = ada.post("customers/register?kind=organization", organisation)
    assert "is no VAT number" in text_of(refused)
    taken = ada.post("customers/register?kind=organization", organisation | {"vat_id": "NL004495445B01"})
    assert taken["Location"] == "/b/robin/customers/C-000001"
    assert customers.customer_by_number("C-000001").accounts[0].cycle_day == 15


def test_changed_contact_data_are_in_the_history_with_their_reason(ada: Staff) -> None:
    ada.register()
    new = {name: PERSON[name] for name in ("phone", "street1", "street2", "postcode", "city", "country")}
    answer = ada.post(
        "customers/C-000001/edit", new | {"email": "new@mail.example", "language": "nl", "reason": "she called"}
    )
    assert answer.status_code == 302
    assert "new@mail.example" in text_of(ada.get("customers/C-000001"))
    history = text_of(ada.get("customers/C-000001?tab=history"))
    assert "she called" in history
    assert "Ada Example" in history


def test_a_customer_is_suspended_with_a_reason_only(ada: Staff) -> None:
    ada.register()
    assert "This field is required" in text_of(ada.post("customers/C-000001/suspend", {"reason": ""}))
    ada.post("customers/C-000001/suspend", {"reason": "asked for a pause"})
    page = text_of(ada.get("customers/C-000001"))
    assert "Suspended" in page
    assert "asked for a pause" in page
    assert "New order" not in page


def test_the_list_is_exported_as_it_is_shown(ada: Staff) -> None:
    ada.register()
    ada.register(given_name="Joris", family_name="=cmd()", email="joris@mail.example")
    answer = ada.get("customers?format=csv&sort=name")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Customer,Name,Kind,State,Language,Registered"
    assert lines[1].startswith("C-000001,Fenna de Vries,Person,active,EN,2026-11-01T08:00:00")
    assert ada.get("customers?format=csv&q=joris").content.decode().count("\n") == 2


def test_each_tab_opens(ada: Staff) -> None:
    ada.register()
    for tab in ("", "timeline", "products", "usage", "bills", "payments", "orders", "messages", "history", "nonsense"):
        answer = ada.get(f"customers/C-000001?tab={tab}")
        assert answer.status_code == 200
        assert answer.content.decode().count('aria-current="page"') == 2


def test_the_palette_finds_what_one_may_see(ada: Staff, log_in: object) -> None:
    ada.register()
    found = text_of(ada.get("palette?q=fenna"))
    assert "Fenna de Vries C-000001" in found
    assert "Business clock" in text_of(ada.get("palette?q=clock"))
    assert "+31610200000" in text_of(ada.get("palette?q=31610200000"))
    marketing = log_in("marketing")  # type: ignore[operator]  # the fixture makes members of staff
    assert "+31610200000" not in text_of(marketing.get("palette?q=31610200000"))
    assert "Nothing found" in text_of(ada.get("palette?q=zzzz"))
    assert "Fenna de Vries" in text_of(ada.get("search?q=fenna"))
