"""Ported numbers: the network of a number at an instant, files of moves, and what is on-net."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from linehouse.kernel.numbering import Plmn
from linehouse.rating.errors import SourceTextInvalid
from linehouse.rating.service import Ported, PortedNumbers, is_on_net, read_ported
from tests.rating.builders_rating import AMSTERDAM

ANNA = "31612345678"
NORTH, SOUTH, HOME = Plmn("204", "08"), Plmn("204", "16"), Plmn("204", "04")


def at(month: int, day: int = 1) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


def read(text: str) -> list[Ported]:
    return list(read_ported(text, "ported.csv", country="NL", zone=AMSTERDAM))


def test_the_last_move_before_the_instant_counts():
    known = PortedNumbers([Ported(ANNA, SOUTH, at(5)), Ported(ANNA, NORTH, at(3)), Ported(ANNA, None, at(9))])
    answers = [known.network_of(number, when) for number, when in ((ANNA, at(2)), (f"+{ANNA}", at(3)), (ANNA, at(8)))]
    assert answers == [None, NORTH, SOUTH]
    assert known.network_of(ANNA, at(10)) is None
    assert known.network_of("31600000000", at(10)) is None


@pytest.mark.parametrize(
    ("subscriber", "network", "expected"),
    [(True, None, True), (True, HOME, True), (True, NORTH, False), (False, None, False), (False, HOME, False)],
)
def test_on_net_is_a_subscriber_who_has_not_left(subscriber, network, expected):
    assert is_on_net(subscriber, network, HOME) is expected


def test_a_file_of_moves():
    moves = read("number;network;since\n+31 6 12345678;204-08;2026-03-01\n0612345678;;2026-05-01T12:00:00+02:00\n")
    assert moves == [
        Ported(ANNA, NORTH, datetime(2026, 2, 28, 23, tzinfo=UTC)),
        Ported(ANNA, None, datetime(2026, 5, 1, 10, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("number,network\n", "one column `since`"),
        ("number,network,since,when\n", "cannot be 'when'"),
        ("number,network,since\nabc,204-08,2026-03-01", "line 2: 'abc' is no telephone number"),
        ("number,network,since\n0612345678,KPN,2026-03-01", "line 2.*no network code"),
        ("number,network,since\n0612345678,204-08,2026-03-01T12:00", "line 2.*does not say where"),
        ("number,network,since\n0612345678,204-08,soon", "line 2.*no day and no instant"),
        ("number,network,since\n0612345678,204-08", "line 2.*2 of 3 columns"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text, said):
    with pytest.raises(SourceTextInvalid, match=said):
        read(text)
