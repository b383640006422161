"""Calls through Kamailio, which asks us over Ro for each: charged, cut when the money ends, refused without any.

Kamailio's ims_charging is an S-CSCF as it stands in networks, with its own habits (Origin-Host twice, no
Auth-Application-Id of its own, a capabilities exchange without address now and then). SIPp is both phones.
"""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest

from linehouse.inventory.values import ProductView
from linehouse.platform.access.service import create_client
from linehouse.platform.checks import verify
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.platform.sql import brand_cursor
from tests.peers.diameter.conftest import REALM, Left, Ocs, left
from tests.peers.diameter.ims import ims
from tests.peers.programs import until

pytestmark = pytest.mark.peers
ABROAD, HOME = "12125550123", "31687654321"
"""The United States: 0.50 a minute from the credit of 5.00. The Netherlands: from the minutes of the pack."""
SECOND = 500_000 // 60
"""What one costs abroad, micro-units."""


def settled() -> None:
    """Kamailio reports the end of a call after its phones have parted."""
    until(lambda: _open_sessions() == 0, 10)


def _open_sessions() -> int:
    with brand_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM charging_session WHERE closed_at IS NULL")
        [(count,)] = cursor.fetchall()
    return int(count)


def spend(node: Ocs, line: ProductView, party: str, seconds: int) -> None:
    """Spend what a call of so long costs, through the JSON door of the same node."""
    with realm_scope(CONTROL):
        token = create_client("shop", "robin", frozenset({"charging.write"}))
    assert line.msisdn is not None
    service = {"usageType": "voice", "otherParty": f"+{party}", "used": [{"quantity": f"{seconds} s"}]}
    body = {"session": f"spent-{seconds}", "key": "1", "msisdn": f"+{line.msisdn.digits}", "services": [service]}
    url = f"http://127.0.0.1:{node.process.port}/charging/v1/once"
    answer = httpx.post(url, json=body, headers={"authorization": f"Bearer {token}"}, timeout=20)
    assert answer.status_code == 200, answer.text


def test_calls_are_charged_cut_and_refused(lines, ocs, tmp_path: Path) -> None:
    node = ocs()
    caller, poor, _ = lines
    with ims(tmp_path / "ims", node.port, node.host, REALM) as network:
        # The caller is named by a tel URI; Kamailio counts whole seconds.
        network.call("caller", caller.msisdn.digits, ABROAD, seconds=3, asserted=f"tel:+{caller.msisdn.digits}")
        settled()
        first = left(caller)
        assert first.reserved == 0
        assert 2 * SECOND <= first.used <= 5 * SECOND + 1
        # By a SIP address that holds the number; at home a minute of the pack is used that has begun.
        network.call("caller", f"+{caller.msisdn.digits}", HOME, seconds=1)
        settled()
        assert (left(caller), left(caller, "minutes").used) == (first, 60_000)
        # Six seconds are left: Kamailio is granted them as the last, and hangs up after them.
        spend(node, poor, ABROAD, 594)
        begun = time.monotonic()
        network.call("cut", f"+{poor.msisdn.digits}", ABROAD)
        assert 4 <= time.monotonic() - begun <= 12
        settled()
        assert left(poor).reserved == 0
        assert left(poor).left <= SECOND
        # Nothing is left: 4012, and Kamailio refuses the call with 402.
        spend(node, poor, ABROAD, 1)
        network.call("refused", f"+{poor.msisdn.digits}", ABROAD)
        assert "charged -1" in network.log.read_text(errors="replace")
    assert left(poor) == Left(0, 0, 5_000_000)
    assert [(result.name, result.verdict.findings) for result in verify() if not result.holds] == []
