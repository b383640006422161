"""A morning at the desk: found by e-mail, in one's own language, many rows at once, taken back, seen by all."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from linehouse.customer import service as customers
from linehouse.platform.audit.service import history
from linehouse.resource import service as resources
from linehouse.resource.models import Number
from linehouse.run.story.stage import Stage
from tests.edge.desk.conftest import Staff, text_of


@pytest.fixture
def brand(place: Stage) -> str:
    """The founded brand of the stories."""
    return "robin"


def undo(staff: Staff) -> None:
    """Press the first button of what can be undone."""
    found = re.search(r'action="(/b/robin/undo/[0-9a-f-]+)"', staff.get("undo").content.decode())
    assert found
    staff.client.post(found.group(1))


def test_a_morning_at_the_desk(place: Stage, selling: str, log_in: Callable[..., Staff]) -> None:
    ada, bea = log_in("admin", name="Ada Example"), log_in("care", name="Bea Example")

    # Her own language, and what she looks for by what she has: an e-mail address.
    assert ada.client.post("/language", {"language": "de"}).status_code == 302
    ada.register()
    assert "Fenna de Vries" in text_of(ada.get("palette?q=fenna@mail.example"))
    assert "Kunde registriert" in text_of(ada.get("activity?actor=people"))

    # A filter is kept under a name and shared; a colleague sees it in her own language.
    kept = {"screen": "numbers", "query": "q=6102000&state=reserved", "name": "Zurückgelegt", "shared": "yes"}
    ada.post("filters/save", kept)
    seen = text_of(bea.get("numbers"))
    assert "Zurückgelegt Ada Example" in seen
    assert "Saved filters" in bea.get("numbers").content.decode()

    # Three numbers are set aside, and put back on sale at once; each says what came of it.
    three = [f"3161020000{digit}" for digit in (5, 6, 7)]
    for digits in three:
        ada.post(f"numbers/{digits}/move", {"move": "aside", "reason": "für einen Laden"})
    confirm = ada.post("numbers?q=6102000&state=reserved", {"bulk": "release", "all": "yes"})
    assert "3 Zeilen sind ausgewählt." in text_of(confirm)
    once = re.search(r'name="once" value="([^"]+)"', confirm.content.decode())
    assert once
    answer = ada.post(
        "numbers?q=6102000&state=reserved",
        {"bulk": "release", "row": three, "once": once.group(1), "confirmed": "yes", "reason": "der Laden ist zu"},
    )
    assert "3 erledigt" in text_of(ada.client.get(answer["Location"]))
    assert {resources.find_number(digits).state for digits in three} == {"available"}
    number = Number.objects.get(digits=three[0])
    assert history("resource.Number", number.id)[0].reason == "der Laden ist zu"

    # What was done by mistake is taken back by an act of its own.
    ada.post("customers/C-000001/suspend", {"reason": "Irrtum"})
    assert customers.customer_by_number("C-000001").state == "suspended"
    undo(ada)
    assert customers.customer_by_number("C-000001").state == "active"

    # Her dashboard shows what she chose; her colleague's is that of her role.
    ada.post("dashboard/arrange", {"tile-numbers.available": "yes"})
    assert "Rufnummern im Verkauf 200" in text_of(ada.get())
    assert "Messages not delivered" in text_of(bea.get())

    # The same house from right to left.
    bea.client.post("/language", {"language": "ar"})
    page = bea.get("customers").content.decode()
    assert '<html lang="ar" dir="rtl"' in page
    assert "العملاء" in page
