"""A brand adds fields of its own: from its files and at the desk, with every way in and every way to find."""

from __future__ import annotations

from collections.abc import Callable

from linehouse.customer.service import customer_by_number
from linehouse.platform.characteristics.files import read_file
from linehouse.platform.characteristics.service import apply, values_of
from linehouse.platform.work import Actor
from tests.conftest import ROBIN
from tests.edge.desk.conftest import Staff, text_of


def test_a_brand_needs_no_fork(selling: str, log_in: Callable[..., Staff], actor: Actor) -> None:
    declared = read_file((ROBIN / "characteristics.yaml").read_text())
    assert len(apply(declared, actor=actor)["declared"]) == 5
    ada = log_in("admin")

    # A product manager declares one more, which every customer must have.
    wish = {
        "entity": "customer", "key": "favourite-club", "label": "Favourite club", "kind": "choice",
        "choices": "ajax = Ajax\nsparta = Sparta Rotterdam", "required": "on", "searchable": "on",
    }  # fmt: skip
    refused = ada.post("characteristics/new", {**wish, "choices": ""})
    assert "A choice needs its values; expected: 1 to 200 values" in text_of(refused)
    assert ada.post("characteristics/new", wish)["Location"] == "/b/robin/characteristics/customer/favourite-club"

    # Registration asks for it; what is wrong stands at its field.
    missing = ada.register()
    assert 'id="id_characteristic-favourite-club_error"' in missing.content.decode()
    own = {"characteristic-favourite-club": "sparta", "characteristic-loyalty-tier": "gold"}
    assert ada.register(**own)["Location"] == "/b/robin/customers/C-000001"
    ada.register(
        **(own | {"email": "joris@mail.example", "given_name": "Joris", "characteristic-favourite-club": "ajax"})
    )
    page = text_of(ada.get("customers/C-000001"))
    assert "Favourite club Sparta Rotterdam" in page
    assert "Loyalty tier Gold" in page

    # The list is narrowed by it, and the page of the characteristic names who has it.
    listed = text_of(ada.get("customers?characteristic.favourite-club=ajax"))
    assert "Joris de Vries" in listed
    assert "Fenna de Vries" not in listed
    assert "Fenna de Vries" in text_of(ada.get("characteristics/customer/favourite-club?q=sparta"))

    # Values change with a reason; another role sees no personal ones.
    form = {"favourite-club": "ajax", "loyalty-tier": "", "heard-of-us": "", "newsletter-day": "31", "reason": "moved"}
    assert "At most 28" in text_of(ada.post("customers/C-000001/characteristics", form)).replace("at most", "At most")
    ada.post("customers/C-000001/characteristics", {**form, "newsletter-day": "7"})
    fenna = customer_by_number("C-000001")
    assert {held.spec.key: held.value for held in values_of("customer", fenna.id)} == {
        "favourite-club": "ajax",
        "newsletter-day": 7,
    }
    marketing = log_in("marketing", name="Bo")
    page = text_of(marketing.get("customers/C-000001"))
    assert "Day of the newsletter hidden: personal" in page
    assert marketing.post("customers/C-000001/characteristics", form).status_code == 403

    # Retired, it is asked of nobody any more.
    ada.post("characteristics/customer/favourite-club/retire")
    assert ada.register(email="third@mail.example", given_name="Kees").status_code == 302
