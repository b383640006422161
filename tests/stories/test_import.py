"""A brand moves in: a colleague's customer list comes in at the desk, is mended, taken once, and taken back."""

from __future__ import annotations

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile

from linehouse.customer.service import customer_by_number, find_customers
from tests.edge.desk.conftest import Staff, text_of

PEOPLE = (
    "Klantnummer;Vorname;Nachname;Geburtsdatum;mail;Straße;PLZ;Ort\n"
    "K1;Fenna;de Vries;28-2-1990;fenna@mail.example;Damrak 1;1012 LG;Amsterdam\n"
    "K2;Joris;Bakker;1-3-1991;joris@mail.example;Damrak 2;10;Amsterdam\n"
)


def upload(ada: Staff, text: str, name: str = "klanten.csv") -> str:
    """Take a file in; the address of its import."""
    answer = ada.post("imports/new", {"kind": "customers", "file": SimpleUploadedFile(name, text.encode())})
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"]).removeprefix("/b/robin/")


def test_a_list_of_customers_comes_in_and_is_taken_back(
    selling: str, log_in: Callable[..., Staff], drain: Callable[[], int]
) -> None:
    ada = log_in("admin")
    assert "No import yet" in text_of(ada.get("imports"))
    broken = ada.post("imports/new", {"kind": "customers", "file": SimpleUploadedFile("x.csv", b"a,a\n1,2\n")})
    assert "Two columns are called" in text_of(broken)

    # Columns are recognised; the country is in none of them.
    address = upload(ada, PEOPLE)
    page = ada.get(address)
    form = {name: field.initial for name, field in page.context["form"].fields.items()}
    fields = [one.name for one in page.context["form"].known]
    chosen = {
        fields[int(name.removeprefix("column-"))]: column
        for name, column in form.items()
        if column and name.startswith("column-")
    }
    assert chosen == {
        "external_id": "Klantnummer",
        "given_name": "Vorname",
        "family_name": "Nachname",
        "birth_date": "Geburtsdatum",
        "email": "mail",
        "street1": "Straße",
        "postcode": "PLZ",
        "city": "Ort",
    }
    refused = ada.post(address, {**form, "then": "try"})
    assert "Country comes from no column" in text_of(refused)

    # A try leaves nothing, and says what is wrong with which row.
    form[f"constant-{fields.index('country')}"] = "NL"
    ada.post(address, {**form, "then": "try"})
    drain()
    page = text_of(ada.get(address))
    assert "Would be taken 1 Known already 0 Refused 1" in page
    assert "is no postcode of NL" in page
    assert find_customers().total == 0

    # The run takes what is right; the result file, mended, brings the rest.
    ada.post(f"{address}/run")
    drain()
    assert customer_by_number("C-000001").external_id == "K1"
    result = ada.get(f"{address}/result").content.decode("utf-8-sig")
    again = upload(ada, result.replace(",10,", ",1012 LG,"), "klanten-2.csv")
    assert "NL" in text_of(ada.get(again))
    ada.post(f"{again}/run")
    drain()
    assert "Taken 1 Known already 1 Refused 0" in text_of(ada.get(again))
    assert find_customers().total == 2

    # Undone, with a reason.
    assert "Say why the import is undone" in text_of(ada.client.post(f"/b/robin/{again}/undo", follow=True))
    ada.post(f"{again}/undo", {"reason": "wrong brand"})
    drain()
    assert "Taken back 1" in text_of(ada.get(again))
    assert [one.state for one in find_customers(sort="number").rows] == ["active", "closed"]

    # Whoever may not register customers does not come near.
    assert log_in("care", name="Bo").get("imports").status_code == 403
