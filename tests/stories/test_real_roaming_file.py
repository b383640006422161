"""A real roaming file through the whole chain: from its octets to a settled invoice, every figure reconciled."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from linehouse.billing import service as billing
from linehouse.charging import service as charging
from linehouse.customer import service as customers
from linehouse.customer.values import RegisterCustomer
from linehouse.edge.partner.bank import inbox as bank_inbox
from linehouse.inventory import service as inventory
from linehouse.kernel.money import Money
from linehouse.kernel.numbering import Iccid
from linehouse.kernel.period import day_start
from linehouse.ordering import service as ordering
from linehouse.ordering.values import CaptureOrder, OrderItemRequest
from linehouse.party.values import NewIndividual, PostalAddress
from linehouse.platform.advance import advance
from linehouse.platform.checks import verify
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.runner import drain
from linehouse.platform.scope import brand_scope
from linehouse.resource import service as resources
from linehouse.run.founding import found_brand
from linehouse.run.story import scenes
from linehouse.run.story.scenes import ZONE
from linehouse.run.story.stage import CHECKER, PLAYER, Stage, stage
from linehouse.usage import service as usage
from tests.conftest import ROBIN

pytestmark = pytest.mark.specs

NAME = "CDDNKTDSWETR90904"
TRAVELLERS = ("240015295183690", "240010778029641", "240012123625410", "24001108133957")
"""The subscribers of the file, by IMSI."""


@pytest.fixture
def then(installation: Installation, tmp_path: Path) -> Iterator[Stage]:
    """The brand as it would have stood in November 2015, as the file's recipient."""
    clock = datetime(2015, 11, 1, 8, tzinfo=UTC)
    files = tmp_path / "robin"
    shutil.copytree(ROBIN, files)
    for file in files.glob("catalog/*.yaml"):
        file.write_text(file.read_text().replace("2026-", "2015-"))
    for file in files.glob("tariffs/*.yaml"):
        tariff = yaml.safe_load(file.read_text())
        tariff.pop("examples")  # they tell of today's Union
        file.write_text(yaml.safe_dump(tariff | {"valid-from": date(2015, 1, 1)}, sort_keys=False))
    for file in files.glob("zones/*.yaml"):
        # The United Kingdom was a member then; Guernsey, Jersey and Man share its country code.
        file.write_text(file.read_text().replace(" GB, GG,", "").replace(" GB,", "").replace(" IM, JE,", ""))
    found_brand(installation, "robin", files, actor=PLAYER, home=tmp_path, clock=clock)
    described = yaml.safe_load((ROBIN / "feeds" / "roaming-tap.yaml").read_text())
    described |= {"key": "swedish-tap", "files": ["*SWETR*"], "recipients": ["SWETR"], "home-networks": ["240-01"]}
    feeds = tmp_path / "feeds"
    feeds.mkdir()
    (feeds / "swedish.yaml").write_text(yaml.safe_dump(described))
    with brand_scope("robin"), stage("robin", tmp_path, files, clock, "2015") as made:
        usage.apply_feeds(feeds, actor=PLAYER)
        yield made


def line_of(imsi: str, serial: int) -> str:
    """A customer whose SIM card has this IMSI; returns the product's number."""
    iccid = Iccid.with_check_digit(f"893108{serial:012d}")
    resources.import_sims(f"iccid,imsi,puk\n{iccid},{imsi},12345678\n", actor=PLAYER)
    person = NewIndividual(
        given_name=f"Traveller {serial}",
        family_name="Berg",
        email=f"traveller{serial}@mail.example",
        address=PostalAddress(street1="Lindengracht 7", postcode="1015 KB", city="Amsterdam", country="NL"),
        birth_date=date(1980, 1, serial),
        language="en",
    )
    made = customers.register_customer(RegisterCustomer(party=person), actor=PLAYER)
    wanted = OrderItemRequest(ref="1", offering_key=scenes.POSTPAID, iccid=iccid.digits)
    ordering.capture_order(CaptureOrder(made.customer_id, made.billing_account_id, (wanted,)), actor=PLAYER)
    drain()
    (product,) = inventory.products_of_customer(made.customer_id)
    assert (product.state, product.imsi and product.imsi.digits) == ("active", imsi)
    return product.number


def test_from_octets_to_a_settled_invoice(then: Stage, specs_dir: Path) -> None:
    resources.import_numbers("+31610200000", "+31610200009", actor=PLAYER)
    lines = {line_of(imsi, serial): imsi for serial, imsi in enumerate(TRAVELLERS, 1)}
    advance(datetime(2015, 11, 16, 12, tzinfo=UTC), actor=PLAYER)
    data = (specs_dir.parent / "data" / "tap" / NAME).read_bytes()
    file_id = usage.receive_file(NAME, data, "swedish-tap", actor=PLAYER)
    drain()

    file = usage.find_file(file_id)
    assert (file.state, file.source, file.records, file.duplicates) == ("processed", "swedish-tap", 5, 0)
    found = usage.reconcile(file_id)
    assert found.counts_add_up
    assert (found.currency, found.declared, found.summed) == ("XDR", Fraction(21, 1000), Fraction(21, 1000))
    assert sum(found.by_outcome.values()) == found.summed
    assert (found.rated, found.suspended) == (3, 2)
    waiting, _ = usage.list_suspense()
    assert {row.reason for row in waiting} == {"unrated"}, "no tariff prices supplementary services"

    records = charging.rated_usage(limit=10)[0]
    assert {(r.subscription, r.usage_type, r.direction, r.network, r.network_zone) for r in records} == {
        (number, kind, direction, "238-01", "roaming-union")
        for number, kind, direction in zip(
            sorted(lines)[1:], ("voice", "sms", "data"), ("in", "out", "out"), strict=True
        )
    }
    assert {r.amount for r in records} == {Money.zero("EUR")}, "within the Union one roams like at home"

    month_end = day_start(date(2015, 12, 1), ZONE) + timedelta(hours=6)
    advance(month_end, actor=PLAYER)
    run = billing.start_run(date(2015, 12, 1), actor=PLAYER)
    drain()
    billing.approve(run, actor=CHECKER)
    billing.post(run, actor=PLAYER)
    drain()
    invoices, total = billing.search_invoices(limit=10)
    assert (total, {invoice.gross for invoice in invoices}) == (4, {Money.of("45.95", "EUR")})
    for mail in then.world.mailbox.mails():
        if then.world.payable(mail.key):
            then.world.pay_mail(mail.key)
    assert bank_inbox.poll(then.bank_inbox, stable_seconds=0) == 4
    drain()
    assert {invoice.state for invoice in billing.search_invoices(limit=10)[0]} == {"settled"}
    assert [(r.name, r.verdict.findings) for r in verify() if not r.holds] == []
