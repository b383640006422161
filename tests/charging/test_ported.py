"""Where a tariff asks for the network of a number, ported numbers are in their new one."""

from __future__ import annotations

from pathlib import Path

from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.charging import service as charging
from linehouse.usage import service as usage
from tests.balance.house import ROBIN, activate, register
from tests.charging.host import Cdr

SOUTH_ZONE = """  nl-south:
    name: Numbers of South
    networks: [204-16]
"""
SOUTH_RULE = """  - rule: calls-to-south
    when: {usage-type: voice, direction: out, number-zone: nl-south}
    price: {steps: [{price: 0.30, unit: 1 min, block: 60 s}]}
  - rule: calls-among-us
    when: {usage-type: voice, direction: out, on-net: true}
    price: {steps: [{price: 0.01, unit: 1 min, block: 60 s}]}
"""


def test_ported_numbers_change_zone_and_on_net(shop, take, actor, drain, later, tmp_path: Path) -> None:
    files = dict(read_folder(ROBIN))
    files["zones/numbers.yaml"] = files["zones/numbers.yaml"].replace("  nl-mobile:", f"{SOUTH_ZONE}  nl-mobile:", 1)
    standard = files["tariffs/robin-standard.yaml"]
    files["tariffs/robin-standard.yaml"] = standard.replace("rules:\n", f"rules:\n{SOUTH_RULE}", 1)
    catalog.apply_texts(files, actor=actor, base_version=1)
    one = activate(actor, register(actor), "robin-prepaid-start")
    two = activate(actor, register(actor, "Piet"), "robin-prepaid-start")
    drain()
    later(days=7)
    assert two.msisdn is not None
    number = two.msisdn.digits
    moves = tmp_path / "moves.csv"
    moves.write_text(f"number,network,since\n+{number},204-16,2026-11-04\n", encoding="utf-8")
    assert usage.load_ported(moves, actor=actor) == 1
    take(
        Cdr(one, "VOICE", 60, start="2026-11-03 12:00:00", party=f"00{number}"),
        Cdr(one, "VOICE", 60, start="2026-11-04 12:00:00", party=f"00{number}"),
    )
    rows = sorted(charging.rated_usage(subscription_id=one.id)[0], key=lambda row: row.started_at)
    assert [row.rule for row in rows] == ["calls-among-us", "calls-to-south"]
    assert rows[1].number_zone == "nl-south"
