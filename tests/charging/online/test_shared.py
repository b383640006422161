"""Lines that share an allowance, charged while it happens: one state of a bucket however many draw on it."""

from __future__ import annotations

import pytest

from linehouse.balance import service as balance
from linehouse.catalog import service as catalog
from linehouse.rating.session.answers import Refusal
from tests.balance.house import activate, family_files, register, sell_to_families
from tests.charging.online.conftest import Said, figures, lawful, rows, used
from tests.charging.test_shared import FAMILY, LINE, PATH, SHARED

MB, GB = 10**6, 10**9


@pytest.fixture
def family(shop, actor, drain):
    """A family with its plan and more lines, and how its data allowance begins."""

    def make(lines=1, text=SHARED):
        files = family_files()
        files[PATH] = files[PATH].replace(SHARED, text)
        catalog.apply_texts(files, actor=actor, base_version=1)
        who = register(actor)
        plans = [activate(actor, who, offering) for offering in (FAMILY, *[LINE] * lines)]
        drain()
        return plans

    return make


def pool(plan):
    return f"{plan.number}/data/2026-11-01"


def parts(plan):
    return {line: (part.used, part.reserved) for line, part in sorted(balance.bucket(pool(plan)).parts.items())}


def test_two_sessions_of_two_lines_see_each_other(family, nodes, ask):
    mother, child = family()
    first = ask(mother, "start", session="m", want=25 * GB)
    second = ask(child, "start", session="c", want=25 * GB)
    assert (first.granted, second.granted) == (25 * GB, 25 * GB)
    assert figures(pool(mother)) == (0, 50 * GB, 0)
    assert parts(mother) == {mother.number: (0, 25 * GB), child.number: (0, 25 * GB)}
    lawful()
    ask(mother, "finish", session="m", key="2", used=used(1 * GB))
    ask(child, "finish", session="c", key="2", used=used(2 * GB))
    assert figures(pool(mother)) == (47 * GB, 0, 3 * GB)
    assert parts(mother) == {mother.number: (1 * GB, 0), child.number: (2 * GB, 0)}
    moved = rows(
        "SELECT member, amount, record_id IS NOT NULL FROM balance_movement WHERE kind = 'use' ORDER BY position"
    )
    assert moved == [(mother.number, 1 * GB, True), (child.number, 2 * GB, True)]
    lawful()


def test_a_cap_holds_in_an_open_session(family, ask):
    mother, child = family()
    begun = ask(child, "start", want=29 * GB)
    assert begun.granted == 29 * GB
    going = ask(child, "update", key="2", used=used(29 * GB), want=5 * GB)
    # 1 GB more is within the cap of 30 GB; the rest is paid from the balance at 0.004 a MB, postpaid.
    assert (going.granted, going.charged) == (5 * GB, 0)
    assert parts(mother)[child.number] == (29 * GB, 1 * GB)
    other = ask(child, "start", session="s2", want=1 * GB)
    assert parts(mother)[child.number] == (29 * GB, 1 * GB)
    assert other.granted == 1 * GB
    ended = ask(child, "finish", key="3", used=used(3 * GB))
    assert ended.charged == 8_000_000
    assert parts(mother)[child.number] == (30 * GB, 0)
    ask(child, "finish", session="s2", key="2")
    lawful()


def test_giving_back_goes_to_the_part_of_the_line(family, ask):
    mother, child = family()
    ask(child, "start", want=10 * GB)
    ask(child, "update", key="2", used=used(8 * GB), totals=True, want=1 * GB)
    ask(child, "finish", key="3", used=used(5 * GB), totals=True)
    assert parts(mother)[child.number] == (5 * GB, 0)
    assert figures(pool(mother)) == (45 * GB, 0, 5 * GB)
    ask(child, "refund", key="4")
    assert parts(mother)[child.number] == (0, 0)
    assert figures(pool(mother)) == (50 * GB, 0, 0)
    lawful()


def test_three_nodes_never_overdraw_one_pool(family, nodes):
    text = SHARED.replace("50 GB", "1 GB").replace("    cap-per-member: 30 GB\n", "    when-empty: block\n")
    lines = family(lines=3, text=text)
    said = [Said(lines[n % 4], "debit-all", session=f"s{n}", used=used(30 * MB), wants=False) for n in range(48)]
    answers = nodes(*said, *said, nodes=3)
    paid = [one for one in answers[:48] if one.services[0].refusal is None]
    assert answers[:48] == answers[48:]
    assert len(paid) == 33
    assert figures(pool(lines[0])) == (10 * MB, 0, 990 * MB)
    assert sum(took for took, _ in parts(lines[0]).values()) == 990 * MB
    refused = {one.services[0].refusal for one in answers[:48]} - {None}
    assert refused <= {Refusal.CREDIT_LIMIT, Refusal.DENIED}
    lawful()


def test_lines_of_one_batch_draw_on_one_state(family, nodes):
    text = SHARED.replace("50 GB", "1 GB").replace("    cap-per-member: 30 GB\n", "    when-empty: block\n")
    lines = family(lines=3, text=text)
    answers = nodes(*(Said(line, "start", session=line.number, want=400 * MB) for line in lines))
    granted = [one.services[0].granted for one in answers]
    assert sum(granted or 0 for granted in granted) == 1 * GB
    assert figures(pool(lines[0]))[:2] == (0, 1 * GB)
    lawful()


def test_what_a_line_keeps_when_it_leaves_the_group_stays_its_own(shop, actor, drain, nodes, ask):
    sell_to_families(actor)
    files = family_files()
    files[PATH] = files[PATH].replace("shared: account", "shared: group")
    catalog.apply_texts(files, actor=actor, base_version=2)
    mother = activate(actor, register(actor), FAMILY)
    friend = activate(actor, register(actor, "Joris"), LINE)
    drain()
    before = ask(friend, "start", session="before", want=1 * GB)
    balance.join(mother, friend, actor=actor, reason="a friend")
    assert before.granted == 1 * GB
    assert figures(pool(mother))[1] == 0
    ask(friend, "start", session="in", want=2 * GB)
    assert parts(mother)[friend.number] == (0, 2 * GB)
    balance.leave(mother.id, friend.id, actor=actor, reason="no more")
    ask(friend, "start", session="after", want=1 * GB)
    assert parts(mother)[friend.number] == (0, 2 * GB)
    ended = ask(friend, "finish", session="in", key="2", used=used(3 * GB))
    assert parts(mother)[friend.number] == (2 * GB, 0)
    assert ended.charged == 4_000_000
    lawful()
