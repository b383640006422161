"""Vouchers from the batch to the line: once, whoever asks; guessing is locked out; every cent is in the journal."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.db import DatabaseError, connections, transaction

from linehouse.balance import service as balance
from linehouse.balance.errors import AmountNotPossible
from linehouse.balance.service import SaleRequest
from linehouse.kernel.clock import MachineClock
from linehouse.kernel.error import DomainError
from linehouse.ledger import service as ledger
from linehouse.platform.backup.keyring import open_bundle
from linehouse.platform.documents.service import load
from linehouse.platform.scope import brand_scope, current_brand
from linehouse.platform.sql import brand_cursor
from linehouse.resource import service as resources
from linehouse.resource.errors import (
    BadRecipient,
    BatchExported,
    BatchInvalid,
    BatchNotReady,
    PinsLocked,
    VoucherNotPossible,
    VoucherStopped,
    VoucherUnknown,
    VoucherUsed,
)
from linehouse.resource.vouchers import NewBatch, VoucherKind, check_digit
from tests.balance.money_house import broken_laws, eur, left, prepaid_line, put, use_robins_rules

PASSPHRASE = "nine green bottles"
NEXT_YEAR = datetime(2027, 11, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _verified(shop, actor):
    use_robins_rules(actor)
    yield
    assert broken_laws() == []


@pytest.fixture
def line(actor, drain):
    found = prepaid_line(actor)
    drain()
    return found


def batch_of(actor, drain, count=5, *, credit_days=None):
    """A batch that was made."""
    made = resources.create_batch(
        NewBatch(
            name="Kiosk, November",
            kind=VoucherKind.PHYSICAL,
            face=eur("10.00"),
            count=count,
            expires_at=NEXT_YEAR,
            credit_days=credit_days,
        ),
        actor=actor,
    )
    drain()
    return made.number


def opened(number, actor):
    """The serials and PINs of a batch, as the printer reads them."""
    document = load(resources.export_pins(number, resources.Recipient(passphrase=PASSPHRASE), actor=actor))
    rows = open_bundle(document.content, PASSPHRASE)[f"{number}.csv"].decode().splitlines()
    return dict(row.split(",")[:2] for row in rows[1:])


@pytest.fixture
def pins(actor, drain):
    """Ten sold vouchers: PINs by serial."""
    number = batch_of(actor, drain, 10)
    found = opened(number, actor)
    resources.activate_vouchers(number, actor=actor)
    serials = sorted(found)
    balance.sell_vouchers(
        SaleRequest(batch=number, first=serials[0], last=serials[-1], price=eur("9.20"), once="s", dealer="D-001"),
        actor=actor,
    )
    return found


def redeem(actor, line, pin, channel="desk", once=""):
    return balance.redeem(pin, line.number, channel=channel, once=once, actor=actor)


def test_a_batch_is_made_in_parts_exported_once_and_activated(actor, drain, events):
    number = batch_of(actor, drain, 1_200)
    view = resources.voucher_batch(number)
    assert (view.state, view.made, view.percent, view.states) == ("ready", 1_200, 100, {"generated": 1_200})
    with pytest.raises(BatchNotReady):
        resources.activate_vouchers(number, actor=actor)
    with pytest.raises(BadRecipient):
        resources.export_pins(number, resources.Recipient(passphrase="short"), actor=actor)
    found = opened(number, actor)
    assert len(found) == len(set(found.values())) == 1_200
    assert all(len(pin) == 16 and check_digit(serial[:-1]) == serial[-1] for serial, pin in found.items())
    with pytest.raises(BatchExported):
        resources.export_pins(number, resources.Recipient(passphrase=PASSPHRASE), actor=actor)
    with brand_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM resource_voucherpins")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT string_agg(v::text, ' ') FROM resource_voucher v")
        everything = cursor.fetchone()[0]
    assert not any(pin in everything for pin in found.values())
    assert resources.activate_vouchers(number, actor=actor) == 1_200


def test_the_printers_own_tool_opens_the_file(actor, drain, tmp_path: Path):
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Printer")])
    now = MachineClock().now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    number = batch_of(actor, drain, 3)
    with pytest.raises(BadRecipient):
        resources.export_pins(number, resources.Recipient(certificate="hello"), actor=actor)
    document = load(resources.export_pins(number, resources.Recipient(certificate=pem), actor=actor))
    (tmp_path / "file.cms").write_bytes(document.content)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "key.pem").write_bytes(private)
    command = ["openssl", "cms", "-decrypt", "-inform", "DER", "-in", "file.cms", "-inkey", "key.pem"]
    plain = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout.decode()
    assert plain.splitlines()[0] == "serial,pin,value,currency,last-day"
    assert len(plain.splitlines()) == 4


def test_a_sold_voucher_is_owed_until_it_is_on_a_line(actor, line, pins):
    assert ledger.balance("voucher/VB-00001", "EUR") == 100_000_000
    assert ledger.balance("till/dealer-D-001", "EUR") == 92_000_000
    assert ledger.balance("cost/voucher-margin", "EUR") == 8_000_000
    serial, pin = next(iter(pins.items()))
    made = redeem(actor, line, f"{pin[:4]} {pin[4:8]}-{pin[8:]}")
    assert (made.reference, made.amount) == (serial, eur("10.00"))
    assert left(f"{line.number}/main") == "10.00"
    assert ledger.balance("voucher/VB-00001", "EUR") == 90_000_000
    with pytest.raises(VoucherUsed):
        redeem(actor, line, pin)


def test_twenty_ask_at_the_same_time_and_one_gets_it(actor, line, pins, brand, drain):
    other = prepaid_line(actor, "Joost")
    drain()
    pin, ready = next(iter(pins.values())), Barrier(20)

    def one(place: int) -> tuple[str, int]:
        with brand_scope(brand):
            try:
                with brand_cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    (backend,) = cursor.fetchone()
                ready.wait(60)
                return redeem(actor, line if place % 2 else other, pin, channel=f"c{place}").number, backend
            except DomainError as refusal:
                return refusal.code, backend
            finally:
                connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(one, range(20)))
    assert len({backend for _, backend in results}) == 20
    assert sorted(said for said, _ in results) == ["TU-000001", *["resource.voucher_used"] * 19]
    assert balance.top_ups()[1] == 1
    both = [balance.bucket(f"{one.number}/main").left or 0 for one in (line, other)]
    assert sorted(both) == [0, 10_000_000]


def test_five_wrong_pins_lock_the_line_and_a_right_one_is_not_looked_at(actor, line, pins, advance, events):
    good = iter(pins.values())
    for _ in range(4):
        with pytest.raises(VoucherUnknown):
            redeem(actor, line, "0000 0000 0000 0000")
    redeem(actor, line, next(good))
    for _ in range(5):
        with pytest.raises(VoucherUnknown):
            redeem(actor, line, "12")
    assert "resource.pins.locked" in events()
    pin = next(good)
    with pytest.raises(PinsLocked):
        redeem(actor, line, pin)
    advance(datetime(2026, 11, 2, 8, 0, 1, tzinfo=UTC))
    assert redeem(actor, line, pin).number == "TU-000002"


def test_guesses_at_the_same_time_are_counted_one_by_one(actor, line, pins, brand):
    def one(_: int) -> str:
        with brand_scope(brand):
            try:
                redeem(actor, line, "0000000000000000", channel="web")
            except DomainError as refusal:
                return refusal.code
            finally:
                connections.close_all()
            return ""

    with ThreadPoolExecutor(12) as pool:
        said = list(pool.map(one, range(12)))
    assert sorted(said) == ["resource.pins_locked"] * 7 + ["resource.voucher_unknown"] * 5
    assert resources.unlock("line", line.number, actor=actor, reason="was the customer")
    redeem(actor, line, next(iter(pins.values())))


def test_a_channel_that_guesses_on_many_lines_is_locked(actor, line, pins):
    rules = "currency: EUR\npins: {wrong: 5, wrong-of-channel: 3}\n"
    balance.apply_money_file(rules, actor=actor)
    for _ in range(3):
        with pytest.raises(VoucherUnknown):
            redeem(actor, line, "1", channel="bot")
    pin = next(iter(pins.values()))
    with pytest.raises(PinsLocked):
        redeem(actor, line, pin, channel="bot")
    redeem(actor, line, pin, channel="desk")


def test_what_was_never_sold_is_unknown_and_what_is_stopped_stays_so(actor, line, drain):
    number = batch_of(actor, drain, 4)
    found = opened(number, actor)
    serials = sorted(found)
    with pytest.raises(VoucherUnknown):
        redeem(actor, line, found[serials[0]])
    resources.activate_vouchers(number, serials[0], serials[1], actor=actor)
    with pytest.raises(VoucherUnknown):
        redeem(actor, line, found[serials[0]])
    sale = SaleRequest(batch=number, first=serials[0], last=serials[2], price=eur("10.00"), once="s")
    with pytest.raises(VoucherNotPossible):
        balance.sell_vouchers(sale, actor=actor)
    assert ledger.balance(f"voucher/{number}", "EUR") == 0
    sale = SaleRequest(batch=number, first=serials[0], last=serials[1], price=eur("10.00"), once="s")
    assert balance.sell_vouchers(sale, actor=actor).number == balance.sell_vouchers(sale, actor=actor).number
    resources.block_vouchers(number, serials[0], actor=actor, reason="stolen")
    with pytest.raises(VoucherStopped):
        redeem(actor, line, found[serials[0]])
    resources.move_batch(number, "frozen", actor=actor, reason="printer was broken into")
    with pytest.raises(VoucherStopped):
        redeem(actor, line, found[serials[1]])
    resources.move_batch(number, "ready", actor=actor, reason="found again")
    redeem(actor, line, found[serials[1]])
    assert resources.unblock_voucher(serials[0], actor=actor, reason="found again").state == "sold"
    redeem(actor, line, found[serials[0]])
    too_dear = SaleRequest(batch=number, first=serials[2], last="", price=eur("10.01"), once="t")
    resources.activate_vouchers(number, serials[2], actor=actor)
    with pytest.raises(AmountNotPossible):
        balance.sell_vouchers(too_dear, actor=actor)


def test_a_use_on_the_wrong_line_is_taken_back_and_used_on_the_right_one(actor, line, pins, drain):
    other = prepaid_line(actor, "Joost")
    drain()
    serial, pin = next(iter(pins.items()))
    wrong = redeem(actor, other, pin)
    balance.reverse_top_up(wrong.number, actor=actor, reason="mistyped number")
    assert ledger.balance("voucher/VB-00001", "EUR") == 100_000_000
    assert resources.voucher(serial).state == "sold"
    assert redeem(actor, line, pin).number == "TU-000002"
    assert (left(f"{other.number}/main"), left(f"{line.number}/main")) == ("0.00", "10.00")


def test_a_voucher_is_bought_back_for_what_was_paid(actor, line, pins):
    serial, pin = next(iter(pins.items()))
    assert balance.refund_voucher(serial, actor=actor, reason="shop closes").state == "refunded"
    assert ledger.balance("till/dealer-D-001", "EUR") == 82_800_000
    with pytest.raises(VoucherStopped):
        redeem(actor, line, pin)


def test_at_their_end_sold_ones_are_breakage_and_used_ones_stay(actor, line, pins, advance):
    redeem(actor, line, next(iter(pins.values())))
    advance(NEXT_YEAR)
    assert resources.voucher_batch("VB-00001").states == {"expired": 9, "redeemed": 1}
    assert ledger.balance("voucher/VB-00001", "EUR") == 0
    assert ledger.balance("revenue/breakage", "EUR") == 90_000_000
    with pytest.raises(VoucherStopped):
        redeem(actor, line, list(pins.values())[1])


def test_the_credit_has_an_end_of_its_own(actor, line, drain, advance):
    number = batch_of(actor, drain, 1, credit_days=30)
    found = opened(number, actor)
    resources.activate_vouchers(number, actor=actor)
    (serial,) = found
    balance.sell_vouchers(SaleRequest(batch=number, first=serial, last="", price=eur("10.00"), once="s"), actor=actor)
    made = redeem(actor, line, found[serial])
    assert made.valid_to == datetime(2026, 12, 1, 8, tzinfo=UTC)
    put(actor, line, "5.00", "k")
    advance(made.valid_to + timedelta(seconds=1))
    assert (left(made.bucket_ref), left(f"{line.number}/main")) == ("0.00", "5.00")


def test_the_database_refuses_a_move_that_is_not_declared(actor, pins):
    with pytest.raises(DatabaseError), transaction.atomic(using=current_brand()), brand_cursor() as cursor:
        cursor.execute("UPDATE resource_voucher SET state = 'generated'")


@pytest.mark.parametrize(
    ("changed", "field"), [({"count": 0}, "count"), ({"face": eur("0")}, "value"), ({"name": " "}, "name")]
)
def test_a_batch_that_cannot_be_is_refused_by_field(actor, changed, field):
    given = {"name": "x", "kind": VoucherKind.PHYSICAL, "face": eur("1"), "count": 1, "expires_at": NEXT_YEAR} | changed
    with pytest.raises(BatchInvalid) as refused:
        resources.create_batch(NewBatch(**given), actor=actor)
    assert refused.value.field == field
