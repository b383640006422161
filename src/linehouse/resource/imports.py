"""Numbers and SIM cards out of files, row by row."""

from __future__ import annotations

import csv
import io
from typing import Any

from linehouse.kernel.numbering import Msisdn
from linehouse.platform.imports.kinds import ImportKind, Row, declare_kind
from linehouse.platform.imports.values import Applied, Field
from linehouse.platform.work import Actor
from linehouse.resource.service import import_numbers, import_sims, withdraw_number, withdraw_sim


def _number_fields() -> tuple[Field, ...]:
    return (Field("msisdn", "Number", required=True, aliases=("phone number", "nummer"), example="+31610200001"),)


def _sim_fields() -> tuple[Field, ...]:
    return (
        Field("iccid", "ICCID", required=True, aliases=("card", "sim"), example="8931080000000000018"),
        Field("imsi", "IMSI", required=True, example="204040000000001"),
        Field("puk", "PUK", required=True, aliases=("puk1",), example="12345678"),
    )


def _take_number(row: Row, actor: Actor) -> Applied:
    number = Msisdn.parse(row["msisdn"])
    taken = import_numbers(number.e164, number.e164, actor=actor)
    return Applied(number.digits, known=not taken.taken)


def _take_sim(row: Row, actor: Actor) -> Applied:
    text = io.StringIO()
    csv.writer(text).writerows([("iccid", "imsi", "puk"), (row["iccid"], row["imsi"], row["puk"])])
    taken = import_sims(text.getvalue(), actor=actor)
    return Applied(row["iccid"], known=not taken.taken)


def _give_number_up(ref: str, before: dict[str, Any], actor: Actor, reason: str) -> None:
    withdraw_number(ref, actor=actor, reason=reason)


def _give_sim_up(ref: str, before: dict[str, Any], actor: Actor, reason: str) -> None:
    withdraw_sim(ref, actor=actor, reason=reason)


NUMBERS = declare_kind(
    ImportKind(
        name="numbers",
        label="Numbers",
        permission="resource.write",
        fields=_number_fields,
        apply=_take_number,
        undo=_give_number_up,
        help="Subscriber numbers that the brand was given, in international form.",
    )
)
SIMS = declare_kind(
    ImportKind(
        name="sims",
        label="SIM cards",
        permission="resource.write",
        fields=_sim_fields,
        apply=_take_sim,
        undo=_give_sim_up,
        help="A vendor's delivery: ICCID, IMSI and PUK of each card.",
    )
)
