"""The APIs under granian: a list of 20 and a create with validation, beside bare WSGI views with one query each.

All are served by one process each with the same threads; 16 connections ask without a pause. Ours answers billing
accounts (TMF666) with host, token, rate limit, permission, their balances from the journal, JSON checked against the
declared body, one transaction with history, event and entity tag. The bare views know none of that: one SELECT of the
same 20 rows, or one INSERT of a row; one is a WSGI callable with SQL, the other a view of Django with its ORM.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

import click
from ground import BRAND, brand, headed
from load import Bytes, request, run

HERE = Path(__file__).resolve().parent
CONNECTIONS = 16
ROUNDS = 5
LISTS, CREATES = 200, 100
HOST = "bench.localhost"
ACCOUNTS = "/tmf-api/accountManagement/v4/billingAccount"
TARGETS = {"list of 20": 0.60, "create": 0.40}
P95_SECONDS = 0.050


@contextmanager
def served(name: str, port: int, threads: int, database_url: str, home: str) -> Iterator[int]:
    """An application in a process of its own, until the block ends."""
    environment = {
        **os.environ,
        "LINEHOUSE_HOME": home,
        "LINEHOUSE_PORT": str(port),
        "LINEHOUSE_DATABASE_URL": database_url,
        "BENCH_BRAND": BRAND,
        "PYTHONPATH": os.pathsep.join((str(HERE), str(HERE.parent / "src"))),
    }
    script = HERE / "api_served.py"
    process = subprocess.Popen([sys.executable, str(script), name, str(port), str(threads)], env=environment, cwd=HERE)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int) -> None:
    deadline = monotonic() + 40
    while monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except (URLError, OSError):
            sleep(0.2)
    raise RuntimeError("the server does not answer")


def _filled(home: str) -> tuple[str, list[str]]:
    """Customers with accounts, and a client; its token and the customers' ids."""
    from datetime import date

    from linehouse.catalog.service import apply_files
    from linehouse.customer.service import register_customer
    from linehouse.customer.values import RegisterCustomer
    from linehouse.party.values import NewIndividual, PostalAddress
    from linehouse.platform.access.permissions import PERMISSIONS
    from linehouse.platform.access.service import create_client
    from linehouse.platform.control.models import ApiClient, BrandHost
    from linehouse.platform.personal import masters
    from linehouse.platform.sql import brand_cursor
    from linehouse.platform.work import SYSTEM

    masters.use(masters.MasterKeys(Path(home) / "keys"))
    BrandHost.objects.get_or_create(host=HOST, defaults={"brand_id": BRAND})
    apply_files(Path(__file__).resolve().parents[1] / "brands" / "robin", actor=SYSTEM)
    customers = []
    for number in range(40):
        address = PostalAddress(street1="Keizersgracht 1", postcode="1015 CJ", city="Amsterdam", country="NL")
        person = NewIndividual(
            given_name="Jane",
            family_name=f"Jansen {number}",
            email=f"jane{number}@example.org",
            birth_date=date(1967, 9, 26),
            language="nl",
            address=address,
        )
        customers.append(str(register_customer(RegisterCustomer(party=person), actor=SYSTEM).customer_id))
    with brand_cursor() as cursor:
        cursor.execute("CREATE TABLE bench_account (id uuid PRIMARY KEY, name text, party uuid)")
    token = create_client("bench", BRAND, frozenset(PERMISSIONS))
    ApiClient.objects.update(per_minute=1_000_000)
    return token, customers


def main() -> None:
    """Ask ours and the bare views in turns, and tell the ratio and the 95th percentile."""
    from linehouse.platform.settings import Settings

    threads = Settings(home=HERE).web_threads
    with TemporaryDirectory(prefix="linehouse-bench-home-") as home, brand() as key:
        from django.db import connections

        token, customers = _filled(home)
        found = connections[key].settings_dict
        url = f"postgresql://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}/postgres"
        with (
            served("linehouse", 18531, threads, url, home) as ours,
            served("bare", 18541, threads, url, home) as theirs,
            served("django_view", 18551, threads, url, home) as views,
        ):
            ports = {"ours": ours, "WSGI": theirs, "Django": views}
            headed(f"apis: {CONNECTIONS} connections, one process with {threads} threads each")
            listing = request("GET", f"{ACCOUNTS}?limit=20", HOST, token)
            _compare("list of 20", ports, lambda _: listing, b"206", LISTS)

            def create(number: int) -> bytes:
                # Each for another customer: whoever opens an account holds the customer's row until it is written.
                chosen = customers[number % len(customers)]
                party = [{"id": chosen, "role": "customer", "@referredType": "Customer"}]
                body = json.dumps({"name": f"Account {number}", "relatedParty": party}).encode()
                return request("POST", ACCOUNTS, HOST, token, body)

            _compare("create", ports, create, b"201", CREATES)


def _compare(what: str, ports: dict[str, int], make: Bytes, expected: bytes, count: int) -> None:
    rates: dict[str, list[float]] = {name: [] for name in ports}
    times: list[float] = []
    for number in range(-1, ROUNDS):
        for name, port in ports.items():
            status = expected if name == "ours" else b"200"
            seconds, each = run(port, make, connections=CONNECTIONS, count=count, expected=status)
            if number >= 0:
                rates[name].append(count / seconds)
                times += each if name == "ours" else []
    here = median(rates["ours"])
    p95 = quantiles(times, n=20)[-1] * 1000
    click.echo(f"  {what}: {here:,.0f}/s, 95 of 100 within {p95:.0f} ms (target {P95_SECONDS * 1000:.0f} ms)")
    for name in ("WSGI", "Django"):
        there = median(rates[name])
        click.echo(
            f"    bare {name} view with one query {there:,.0f}/s: {here / there:.0%} of it (target {TARGETS[what]:.0%})"
        )


if __name__ == "__main__":
    main()
