"""Founds the brand whose subscribers are charged live, and tells the simulated gateway of them.

A process of its own, started by the simulators when somebody lets the phones be used. Repeating changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linehouse.kernel.numbering import Iccid
from linehouse.run import environment
from linehouse.run.at_work import installation
from linehouse.simulators.gateway.target import Folder, Line, Target

if TYPE_CHECKING:
    from linehouse.inventory.values import ProductView

BRAND = "live"
REALM = "live.example"
GATEWAY = f"pgw.{REALM}"
NUMBERS = 31_610_900_000
"""Where their numbers begin: none of them is another brand's."""
PLANS = ("robin-sim-only-20",) * 8 + ("robin-prepaid-start",) * 4
"""What the subscribers have: two thirds pay afterwards, one third has a start credit that comes to its end."""


def main() -> None:
    """Found the brand with its subscribers, unless it is there."""
    home = environment.settings().home
    with installation() as found:
        from linehouse.platform.access.diameter import PeerView, allow_peer, serve_realm
        from linehouse.platform.access.service import create_client
        from linehouse.platform.control.models import Brand
        from linehouse.platform.scope import brand_scope
        from linehouse.platform.work import SYSTEM
        from linehouse.resource.service import import_numbers, import_sims
        from linehouse.run.bootstrap import ROOT, make_demo_staff
        from linehouse.run.founding import found_brand

        if not Brand.objects.filter(key=BRAND).exists():
            files = ROOT / "brands" / "robin"
            # The bank is not told: an account is one brand's, and this one is Robin's.
            found_brand(found, BRAND, files, actor=SYSTEM, name="Robin Live (simulated)")
            make_demo_staff(BRAND)
            with brand_scope(BRAND):
                import_numbers(f"+{NUMBERS}", f"+{NUMBERS + len(PLANS) - 1}", actor=SYSTEM)
                import_sims(_cards(), actor=SYSTEM)
        with brand_scope(BRAND):
            lines = _lines()
        allow_peer(PeerView(host=GATEWAY, brand=BRAND), actor=SYSTEM, reason="the simulated gateway")
        serve_realm(REALM, BRAND, {}, actor=SYSTEM, reason="the simulated gateway")
        token = create_client("Simulated gateway", BRAND, frozenset({"charging.write"}))
        Folder(home).aim(Target(brand=BRAND, token=token, realm=REALM, peer=GATEWAY, lines=lines))


def _cards() -> str:
    """As many cards, as a vendor's file; their IMSIs are no other brand's either."""
    rows = ["iccid,imsi,puk"]
    for number in range(1, len(PLANS) + 1):
        iccid = Iccid.with_check_digit(f"893108{900_000_000_000 + number}").digits
        rows.append(f"{iccid},20404{9_000_000_000 + number},{number:08d}")
    return "\n".join(rows) + "\n"


def _lines() -> list[Line]:
    """The subscribers' lines; those that are missing are made as an order would have delivered them."""
    from linehouse.inventory.service import search_products

    known, _ = search_products(limit=100)
    made = list(known) or [_subscribe(number, plan) for number, plan in enumerate(PLANS, 1)]
    return [
        Line(one.msisdn.digits, one.imsi.digits, one.offering_key == PLANS[-1])
        for one in made
        if one.msisdn is not None and one.imsi is not None
    ]


def _subscribe(number: int, plan: str) -> ProductView:
    """A customer with an active line."""
    from linehouse.catalog.service import published
    from linehouse.customer.service import register_customer
    from linehouse.customer.values import AccountWishes, RegisterCustomer
    from linehouse.inventory import service as inventory
    from linehouse.inventory.values import CreateProduct
    from linehouse.party.values import NewIndividual, PostalAddress
    from linehouse.platform.work import SYSTEM, unit_of_work
    from linehouse.resource import service as resources

    person = NewIndividual(
        given_name="Subscriber",
        family_name=f"Simulated {number}",
        email=f"simulated-{number}@live.example",
        address=PostalAddress(street1="Oudegracht 12", postcode="3511 AB", city="Utrecht", country="NL"),
        language="en",
        birth_date="1990-04-01",
    )
    customer = register_customer(RegisterCustomer(party=person, account=AccountWishes(cycle_day=1)), actor=SYSTEM)
    catalogue = published()
    sold = catalogue.offering(plan)
    with unit_of_work(SYSTEM, "simulated subscriber"):
        made = inventory.create_product(
            CreateProduct(
                order_item=f"live/{number}",
                kind=sold.kind,
                customer_id=customer.customer_id,
                billing_account_id=customer.billing_account_id,
                billing_account_number=customer.billing_account_number,
                offering_key=plan,
                offering_name=sold.name,
                catalog_version=catalogue.version,
                tariff_key=sold.tariff,
                billing_mode=sold.billing_mode,
                parent_product_id=None,
            ),
            actor=SYSTEM,
        )
        resources.reserve_number(made.number, actor=SYSTEM)
        resources.reserve_sim(made.number, actor=SYSTEM)
        inventory.activate_product(made.id, actor=SYSTEM)
    return inventory.find_product(id=made.id)


if __name__ == "__main__":
    main()
