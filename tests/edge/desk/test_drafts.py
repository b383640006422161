"""A product manager changes a price at the desk: sees a red example, mends it, sees the difference, publishes."""

from __future__ import annotations

from typing import Any

from tests.edge.desk.conftest import Staff, text_of

from linehouse.catalog import service as catalog

STANDARD = "tariffs/robin-standard.yaml"


def begin(ada: Staff, name: str = "Dearer calls") -> str:
    answer = ada.post("catalog/drafts/new", {"name": name})
    assert answer.status_code == 302
    return str(answer.headers["Location"]).rpartition("/")[2]


def sheet(ada: Staff, number: str) -> dict[str, Any]:
    """The price sheet as a browser would send it back."""
    form = ada.get(f"catalog/drafts/{number}/file?path={STANDARD}").context["form"]
    return {"revision": form.initial["revision"], **{figure.field: figure.value for figure in form.figures}}


def change_calls(ada: Staff, number: str, amount: str) -> Any:
    sent = sheet(ada, number)
    text = catalog.draft(number).files[STANDARD]
    field = next(
        figure.field
        for figure in catalog.figures_of(text)
        if (figure.clause, figure.what) == ("Calls to Dutch numbers", "price")
    )
    return ada.post(f"catalog/drafts/{number}/file?path={STANDARD}", {**sent, field: amount})


def test_from_a_price_to_a_version(ada: Staff) -> None:
    number = begin(ada)
    page = text_of(ada.get(f"catalog/drafts/{number}"))
    assert "Nothing changed yet" in page
    assert change_calls(ada, number, "0.18").status_code == 302

    shown = ada.get(f"catalog/drafts/{number}")
    page = text_of(shown)
    assert "Would be refused" in page
    red = [failed for _, failed, _ in shown.context["red"] if failed]
    assert red
    assert f"«{red[0].example.sentence}», but it{red[0].outcome}" in page
    assert "+" in "".join(line for _, lines, _more in shown.context["diffs"] for _, line in lines)

    refused = ada.post(
        f"catalog/drafts/{number}/publish",
        {"revision": str(catalog.draft(number).revision), "note": ""},
        HTTP_REFERER="",
    )
    assert refused.status_code in {302, 409, 422}
    assert catalog.draft(number).state == "open"

    while red:
        one = red[0]
        sent = {"revision": str(catalog.draft(number).revision), "path": one.file, "line": str(one.example.line)}
        ada.post(f"catalog/drafts/{number}/outcome", sent)
        red = [failed for _, failed, _ in ada.get(f"catalog/drafts/{number}").context["red"] if failed]
    assert "Can be published" in text_of(ada.get(f"catalog/drafts/{number}"))
    answer = ada.post(
        f"catalog/drafts/{number}/publish", {"revision": str(catalog.draft(number).revision), "note": "dearer"}
    )
    assert answer.headers["Location"].endswith("/catalog/versions/2")
    assert catalog.exported_files()[STANDARD].count("0.18") >= 1
    assert "Published as version 2" in text_of(ada.get(f"catalog/drafts/{number}"))
    assert number in text_of(ada.get("catalog/drafts"))


def test_what_is_no_amount_stands_beside_its_field(ada: Staff) -> None:
    number = begin(ada)
    page = text_of(change_calls(ada, number, "cheap"))
    assert "This is no amount" in page
    assert catalog.draft(number).changes == {}


def test_a_file_is_changed_as_text(ada: Staff) -> None:
    number = begin(ada)
    assert "text" in ada.get(f"catalog/drafts/{number}/file?path={STANDARD}&as=text").context["form"].fields
    broken = {"revision": "1", "path": STANDARD, "text": "tariff: ["}
    assert ada.post(f"catalog/drafts/{number}/file?path={STANDARD}&as=text", broken).status_code == 302
    page = text_of(ada.get(f"catalog/drafts/{number}"))
    assert "Would be refused" in page
    assert STANDARD in page
    again = ada.post(f"catalog/drafts/{number}/file?path={STANDARD}&as=text", broken)
    assert "somebody else changed the draft" in text_of(again).lower()
    ada.post(f"catalog/drafts/{number}/restore", {"revision": "2", "path": STANDARD})
    assert catalog.draft(number).changes == {}
    added = {"revision": "3", "path": "zones/mine.yaml", "text": "number-zones: {}\n"}
    ada.post(f"catalog/drafts/{number}/file", added)
    assert catalog.draft(number).files["zones/mine.yaml"] == "number-zones: {}\n"
    ada.post(f"catalog/drafts/{number}/discard")
    assert "Take up again" in text_of(ada.get(f"catalog/drafts/{number}"))


def test_a_draft_begins_at_a_tariff(ada: Staff) -> None:
    assert "Change its prices" in text_of(ada.get("catalog/tariffs/robin-standard"))
    answer = ada.post(f"catalog/drafts/new?path={STANDARD}", {"name": "x"})
    assert "/file?path=tariffs%2Frobin-standard.yaml" in answer.headers["Location"]
    assert ada.get("catalog/drafts/DRAFT-0999").status_code == 404
    assert ada.get("catalog/drafts/DRAFT-0001/file?path=zones/none.yaml").status_code == 404


def test_a_warning_is_beside_its_price_and_stands_for_a_reason(ada: Staff) -> None:
    number = begin(ada)
    assert change_calls(ada, number, "1.50").status_code == 302
    shown = ada.get(f"catalog/drafts/{number}")
    jump = next(row for row in shown.context["notes"] if row.note.code == "price-jump")
    assert jump.note.item == "nl-calls"
    assert "0.15 EUR becomes 1.50 EUR" in jump.note.message
    page = text_of(shown)
    assert "A price is several times what it was, or a part of it" in page
    # What the demo brand let stand is not so any more: calls to ordinary numbers are dearer now.
    assert "accepted-nothing" in [row.note.code for row in shown.context["notes"]]
    beside = ada.get(jump.sheet.partition("/b/robin/")[2].partition("#")[0])
    assert f'id="{jump.sheet.partition("#")[2]}"' in beside.content.decode()
    assert "0.15 EUR becomes 1.50 EUR" in text_of(beside)

    place = jump.stand.partition("/b/robin/")[2]
    form = ada.get(place)
    assert form.status_code == 200
    sent = {"revision": form.context["form"].initial["revision"], "reason": "it is: meant", "until": "2030-06-30"}
    wrong = ada.post(place, {**sent, "until": "2020-01-01"})
    assert "day is past" in text_of(wrong)
    assert ada.post(place, sent).status_code == 302
    text = catalog.draft(number).files[STANDARD]
    assert 'warning: price-jump\n    rule: nl-calls\n    reason: "it is: meant"\n    until: 2030-06-30' in text
    after = ada.get(f"catalog/drafts/{number}")
    assert "price-jump" not in [row.note.code for row in after.context["notes"]]
    assert ("price-jump", "it is: meant") in [(row.note.code, row.note.reason) for row in after.context["standing"]]
    assert ada.get(f"catalog/drafts/{number}/stand?code=over-cap&path={STANDARD}&item=eu-calls").status_code == 404
