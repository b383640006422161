"""What is decided by grants, as tables."""

from __future__ import annotations

import pytest

from linehouse.kernel.money import Money
from linehouse.platform.access.grants import (
    Allowed,
    ClientTerms,
    Denied,
    Grant,
    Held,
    NeedsApproval,
    ObjectScope,
    Sight,
    client_grants,
    decide,
)
from linehouse.platform.access.permissions import PERMISSIONS, ROLES
from linehouse.platform.access.policy import (
    FIELD_GROUPS,
    GRANTS,
    LIMITED,
    LIMITS,
    OWN_RESOURCES,
    OWN_ROLES,
    SENSITIVE,
    SHARED_WITH_DEALERS,
    SIGHTS,
    held_by_roles,
)


def eur(text: str) -> Money:
    return Money.of(text, "EUR")


def test_the_data_name_only_what_is_declared() -> None:
    assert set(GRANTS) == set(ROLES)
    assert set(LIMITS) - set(ROLES) == {"client"}
    assert set(SIGHTS) == set(ROLES)
    assert ROLES.keys() >= OWN_ROLES
    assert PERMISSIONS.keys() >= LIMITED | SENSITIVE | SHARED_WITH_DEALERS
    assert {group for sights in SIGHTS.values() for group in sights} == set(FIELD_GROUPS)
    assert {name.partition(".")[0] for name in PERMISSIONS} >= OWN_RESOURCES
    for role, permissions in ROLES.items():
        assert held_by_roles([role]).permissions == permissions


def test_a_permission_that_is_not_granted_is_denied() -> None:
    assert decide(Held(), "customer.read") == Denied("this needs the permission customer.read", "customer.read")
    assert decide(held_by_roles(["marketing"]), "ledger.read").__class__ is Denied
    assert decide(held_by_roles(["emperor"]), "customer.read").__class__ is Denied
    assert decide(held_by_roles(["finance"]), "ledger.read") == Allowed()


@pytest.mark.parametrize(
    ("roles", "permission", "amount", "expected"),
    [
        (["care"], "credit.write", "25.00", Allowed()),
        (["care"], "credit.write", "-25.00", Allowed()),
        (["care"], "credit.write", "25.000001", eur("25.00")),
        (["finance"], "credit.write", "500.00", Allowed()),
        (["finance"], "credit.write", "500.01", eur("500.00")),
        (["care", "finance"], "credit.write", "499.99", Allowed()),
        (["admin"], "refund.write", "500.01", eur("500.00")),
        (["finance"], "payment.write", "1000000", Allowed()),
    ],
)
def test_an_amount_beyond_the_role_needs_approval(
    roles: list[str], permission: str, amount: str, expected: Allowed | Money
) -> None:
    found = decide(held_by_roles(roles), permission, amount=eur(amount))
    if isinstance(expected, Money):
        assert isinstance(found, NeedsApproval)
        assert found.limit == expected
        assert str(expected) in found.reason
    else:
        assert found == expected


def test_a_currency_without_a_limit_has_the_limit_nil() -> None:
    care = held_by_roles(["care"])
    assert care.limit_of("credit.write", "CHF") == Money.zero("CHF")
    assert care.limit_of("refund.write", "EUR") == Money.zero("EUR")
    assert care.limit_of("customer.read", "EUR") is None
    assert isinstance(decide(care, "credit.write", amount=Money.of("0.01", "CHF")), NeedsApproval)


def test_where_no_approval_helps_it_is_denied() -> None:
    strict = Held((Grant("till", "credit", "write", limits=(eur("5.00"),), approval=False),))
    assert decide(strict, "credit.write", amount=eur("5.00")) == Allowed()
    assert decide(strict, "credit.write", amount=eur("5.01")).__class__ is Denied


def test_a_dealer_reaches_only_its_own() -> None:
    dealer = held_by_roles(["dealer"], "D-001")
    assert dealer.reach("customer.read") is ObjectScope.OWN
    assert dealer.reach("catalog.read") is ObjectScope.ALL
    assert decide(dealer, "customer.read", owner="D-001") == Allowed()
    for owner in ("D-002", ""):
        assert decide(dealer, "order.write", owner=owner) == Denied("there is no such object", hidden=True)


def test_a_dealer_without_a_code_reaches_nothing() -> None:
    nobody = held_by_roles(["dealer"])
    assert nobody.bound_to("customer.read") == ""
    assert isinstance(decide(nobody, "customer.read", owner=""), Denied)


def test_another_role_beside_it_widens_only_what_that_role_carries() -> None:
    both = held_by_roles(["dealer", "network"], "D-001")
    assert both.bound_to("customer.read") == "D-001"
    assert both.bound_to("order.read") is None
    assert both.bound_to("order.write") == "D-001"
    assert decide(both, "order.read", owner="D-002") == Allowed()


@pytest.mark.parametrize(
    ("role", "group", "sight"),
    [
        ("admin", "sim.secrets", Sight.PLAIN),
        ("care", "sim.secrets", Sight.MASKED),
        ("marketing", "customer.personal", Sight.MASKED),
        ("marketing", "customer.financial", Sight.HIDDEN),
        ("product", "customer.personal", Sight.HIDDEN),
        ("dealer", "customer.financial", Sight.HIDDEN),
        ("auditor", "payment.account", Sight.MASKED),
    ],
)
def test_a_field_group_is_seen_as_the_role_says(role: str, group: str, sight: Sight) -> None:
    held = held_by_roles([role])
    assert held.sight(group) is sight
    readable = next(name for name in sorted(ROLES[role]) if name.endswith(".read"))
    found = decide(held, readable, fields=[group])
    assert found == Allowed() if sight is Sight.PLAIN else isinstance(found, Denied) and found.field == group


def test_the_widest_sight_of_several_roles_holds() -> None:
    assert held_by_roles(["product", "marketing"]).sight("customer.personal") is Sight.MASKED
    assert held_by_roles(["marketing", "care"]).sight("customer.personal") is Sight.PLAIN


def test_a_client_holds_its_scopes_with_its_sights_and_limits() -> None:
    terms = ClientTerms(
        frozenset({"customer.read", "credit.write", "catalog.read"}),
        {"customer.personal": Sight.MASKED},
        {"credit.write": (eur("25.00"),)},
        "D-002",
    )
    held = client_grants(terms, FIELD_GROUPS, OWN_RESOURCES)
    assert held.permissions == terms.scopes
    assert held.sight("customer.personal") is Sight.MASKED
    assert held.sight("sim.secrets") is Sight.PLAIN
    assert decide(held, "customer.read", owner="D-001").__class__ is Denied
    assert decide(held, "credit.write", amount=eur("25.01")).__class__ is NeedsApproval
    assert decide(held, "catalog.read") == Allowed()
