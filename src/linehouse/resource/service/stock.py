"""Taking deliveries into stock."""

from __future__ import annotations

import hashlib

from linehouse.kernel.ids import new_id
from linehouse.kernel.numbering import Iccid, Imsi
from linehouse.kernel.outcome import Problem, Refused
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work
from linehouse.resource import store
from linehouse.resource.delivery import number_range, read_sims
from linehouse.resource.errors import NumberNotFound, SimNotFound, StockFileWrong, StockInUse
from linehouse.resource.events import StockImported, StockWithdrawn
from linehouse.resource.models import Assignment, Number, SimCard
from linehouse.resource.values import Imported, ResourceKind, SimRow

#: How many problems of a file are told in the error's sentence; a file that is wrong throughout needs no more.
_TOLD = 5


def import_numbers(first: str, last: str, *, actor: Actor) -> Imported:
    """Take a range of numbers into stock, both ends included; numbers that the brand has already are left alone.

    Raises RangeWrong, Invalid.
    """
    numbers = number_range(first, last)
    with unit_of_work(actor, "import of a number range") as work:
        taken, known = store.insert_numbers(numbers, work.now)
        emit(StockImported(delivery_id=new_id(), kind="number", taken=taken, known=known, imported_at=work.now))
    return Imported(taken, known)


def import_sims(text: str, *, actor: Actor) -> Imported:
    """Take a vendor's CSV file of cards into stock (iccid, imsi, puk); cards that the brand has already are left alone.

    Raises StockFileWrong, naming each wrong row; then nothing of the file was taken.
    """
    match read_sims(text):
        case Refused(problems):
            raise _wrong(problems)
        case ok:
            return _take(ok.value, actor)


def _take(rows: list[SimRow], actor: Actor) -> Imported:
    with unit_of_work(actor, "import of SIM cards") as work:
        known = {
            card.iccid: card.imsi
            for card in SimCard.objects.filter(iccid__in=[row.iccid.digits for row in rows]).order_by("iccid")
        }
        in_use = set(SimCard.objects.filter(imsi__in=[row.imsi.digits for row in rows]).values_list("imsi", flat=True))
        problems = tuple(
            Problem(
                "resource.imsi_taken",
                f"IMSI {row.imsi.masked} is on another card",
                "imsi",
                row.imsi.masked,
                "a new one",
            )
            for row in rows
            if row.imsi.digits in in_use and known.get(row.iccid.digits) != row.imsi.digits
        )
        if problems:
            raise _wrong(problems)
        taken = len(store.insert_sims([row for row in rows if row.iccid.digits not in known], work.now))
        emit(StockImported(delivery_id=new_id(), kind="sim", taken=taken, known=len(known), imported_at=work.now))
    return Imported(taken, len(known))


def withdraw_number(digits: str, *, actor: Actor, reason: str) -> None:
    """Take a number that nobody ever held out of stock. Raises NumberNotFound, StockInUse."""
    with unit_of_work(actor, reason) as work:
        row = Number.objects.select_for_update().filter(digits=digits.lstrip("+")).first()
        if row is None:
            raise NumberNotFound("the brand does not own that number", field="msisdn", value=digits)
        held = Assignment.objects.filter(kind=str(ResourceKind.MSISDN), digits=row.digits).exists()
        if row.state != "available" or held:
            raise StockInUse(
                "somebody holds or held the number", field="msisdn", value=digits, expected="an unused one"
            )
        emit(StockWithdrawn(resource_id=row.id, kind="number", withdrawn_at=work.now))
        row.delete()


def withdraw_sim(iccid: str, *, actor: Actor, reason: str) -> None:
    """Take a card that nobody ever held out of stock. Raises SimNotFound, StockInUse."""
    with unit_of_work(actor, reason) as work:
        row = SimCard.objects.select_for_update().filter(iccid=iccid).first()
        if row is None:
            raise SimNotFound("the brand does not own that card", field="iccid", value=iccid)
        held = Assignment.objects.filter(kind=str(ResourceKind.IMSI), digits=row.imsi).exists()
        if row.state != "available" or held:
            raise StockInUse("somebody holds or held the card", field="iccid", value=iccid, expected="an unused one")
        emit(StockWithdrawn(resource_id=row.id, kind="sim", withdrawn_at=work.now))
        row.delete()


def _wrong(problems: tuple[Problem, ...]) -> StockFileWrong:
    told = "; ".join(f"{p.message} ({p.expected})" if p.expected else p.message for p in problems[:_TOLD])
    more = f"; and {len(problems) - _TOLD} more" if len(problems) > _TOLD else ""
    return StockFileWrong(f"{len(problems)} rows are wrong: {told}{more}", field=problems[0].field)


#: The demo brand's stock: a range of Dutch mobile numbers, cards of issuer 31 08, IMSIs of PLMN 204-04.
_SEED_SIZE = 200
_SEED_FIRST_NUMBER = 31_610_200_000
_SEED_ICCID_PREFIX = "893108"
_SEED_IMSI_PREFIX = "20404"


def seed_stock(*, actor: Actor) -> tuple[Imported, Imported]:
    """Give a demo brand 200 numbers and 200 cards (PUKs follow from the ICCID); a second time changes nothing."""
    numbers = import_numbers(f"+{_SEED_FIRST_NUMBER}", f"+{_SEED_FIRST_NUMBER + _SEED_SIZE - 1}", actor=actor)
    rows = []
    for serial in range(1, _SEED_SIZE + 1):
        iccid = Iccid.with_check_digit(f"{_SEED_ICCID_PREFIX}{serial:012d}")
        puk = int(hashlib.sha256(iccid.digits.encode()).hexdigest(), 16) % 10**8
        rows.append(SimRow(iccid, Imsi.parse(f"{_SEED_IMSI_PREFIX}{serial:010d}"), f"{puk:08d}"))
    return numbers, _take(rows, actor)
