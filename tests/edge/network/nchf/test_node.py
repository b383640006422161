"""A session through real node processes: over HTTP, from one to the other, with and without TLS."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import time
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from linehouse.edge.network.nchf import BASE
from tests.edge.network.nchf.bodies import call, container, data, group, request
from tests.edge.network.nchf.conftest import Function
from tests.edge.network.nchf.test_sessions import lawful, left, rows

MB = 10**6
PLACE = f"{BASE}/chargingdata"


def test_a_session_goes_from_one_process_to_another(line, smf, node, contract):
    first, second = (f"http://127.0.0.1:{node(nchf_trusted='127.0.0.1=robin').port}" for _ in range(2))
    who = {"subscriberIdentifier": smf.subscriber}
    with httpx.Client(timeout=20) as http:
        asked = data(0, group(want=100 * MB), **who)
        begun = http.post(f"{first}{PLACE}", json=asked)
        assert begun.status_code == 201
        place = begun.headers["location"]
        assert place.startswith(f"{first}{PLACE}/robin.")
        again = http.post(f"{second}{PLACE}", json=asked)
        assert (again.json(), again.headers["location"]) == (begun.json(), place.replace(first, second))
        used = data(1, group(10, container(1, totalVolume=60 * MB), want=100 * MB), **who)
        went_on = [http.post(f"{place.replace(first, one)}/update", json=used) for one in (second, first, second)]
        assert [one.status_code for one in went_on] == [200] * 3
        assert left(line, "data")[1:] == (100 * MB, 60 * MB)
        ended = http.post(f"{place}/release", json=data(2, group(10, container(2, totalVolume=MB), ask=False), **who))
        assert (ended.status_code, ended.content) == (204, b"")
        assert left(line, "data")[1:] == (0, 61 * MB)
        for method, path, status in (
            ("GET", PLACE, 405),
            ("DELETE", f"{PLACE}/robin.1/update", 405),
            ("POST", f"{BASE}/chargingdata/robin.1", 404),
            ("POST", "/nchf-convergedcharging/v2/chargingdata", 404),
        ):
            told = http.request(method, f"{first}{path}")
            assert (told.status_code, told.headers["content-type"]) == (status, "application/problem+json"), path
            assert told.json()["status"] == status
            if contract is not None:
                contract.check(method, path, status, told.headers["content-type"], told.json())
        assert http.get(f"{first}{PLACE}").headers["allow"] == "POST"
    lawful()
    # The network's engineers see it, and nobody by it.
    deadline = time.monotonic() + 20
    while not (seen := rows("SELECT way, name, result, detail::text FROM charging_trace WHERE name = 'release'")):
        assert time.monotonic() < deadline, "nothing is observed"
        time.sleep(0.2)
    assert {(way, result) for way, _, result, _ in seen} == {("in", ""), ("out", "204")}
    traced = rows("SELECT detail::text FROM charging_trace WHERE door = 'nchf'")
    assert not any(str(line.imsi) in text or str(line.imsi)[-8:] in text for (text,) in traced if text)


def test_the_node_asks_for_a_token(line, smf, node):
    url = f"http://127.0.0.1:{node().port}{PLACE}"
    asked = data(0, group(want=MB), subscriberIdentifier=smf.subscriber)
    assert httpx.post(url, json=asked).status_code == 401
    assert httpx.post(url, json=asked, headers={"authorization": f"Bearer {smf.token}"}).status_code == 201


def test_an_answer_that_was_lost_with_its_process_is_given_by_another(line, smf, node):
    """The first process dies when its second request is committed and nobody was answered."""
    dying, living = (
        f"http://127.0.0.1:{one.port}"
        for one in (
            node(nchf_trusted="127.0.0.1=robin", charging_fault="committed:2"),
            node(nchf_trusted="127.0.0.1=robin"),
        )
    )
    who = {"subscriberIdentifier": smf.subscriber}
    with httpx.Client(timeout=20) as http:
        place = http.post(f"{dying}{PLACE}", json=call(0, want=120) | who).headers["location"]
        used = call(1, container(1, time=61), want=60) | who
        with pytest.raises(httpx.HTTPError):
            http.post(f"{place}/update", json=used)
        assert left(line) == (3_500_000, 500_000, 1_000_000)
        again = http.post(f"{place.replace(dying, living)}/update", json=used | {"retransmissionIndicator": True})
        assert (again.status_code, again.json()["multipleUnitInformation"][0]["grantedUnit"]) == (200, {"time": 60})
        assert left(line) == (3_500_000, 500_000, 1_000_000)
        released = http.post(f"{place.replace(dying, living)}/release", json=call(2, ask=False) | who)
        assert (released.status_code, left(line)) == (204, (4_000_000, 0, 1_000_000))
    lawful()


@pytest.mark.peers
def test_curl_speaks_http_2_by_prior_knowledge_and_by_alpn(line, smf, node, tmp_path):
    authority = Authority(tmp_path)
    certificate, key = authority.issue("server")
    mine, my_key = authority.issue("smf")
    plain = node(nchf_trusted="127.0.0.1=robin")
    assert curl(plain.port, smf, "--http2-prior-knowledge") == ("2", 201)
    tls = {
        "charging_tls_certificate": str(certificate),
        "charging_tls_key": str(key),
        "charging_tls_clients": str(authority.file),
    }
    safe = node(module="charging_tls", **tls)
    trusting = ["--cacert", str(authority.file)]
    shown = [*trusting, "--cert", str(mine), "--key", str(my_key)]
    assert curl(safe.port, smf, *shown, scheme="https") == ("2", 201)
    with pytest.raises(subprocess.CalledProcessError):
        curl(safe.port, smf, *trusting, scheme="https")


def curl(port: int, smf: Function, *options: str, scheme: str = "http") -> tuple[str, int]:
    """By what version it was answered, and how."""
    asked = json.dumps(request(0, subscriberIdentifier=smf.subscriber, **data(0, group(want=MB))))
    told = subprocess.run(
        [
            *("curl", "-sS", "-o", "/dev/null", "-w", "%{http_version} %{http_code}", "-d", "@-", *options),
            *("-H", "content-type: application/json", f"{scheme}://127.0.0.1:{port}{PLACE}"),
        ],
        input=asked.encode(),
        capture_output=True,
        check=True,
        timeout=30,
    )
    version, status = told.stdout.decode().split()
    return version, int(status)


class Authority:
    """Issues certificates for this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self.file = folder / "authority.pem"
        made = self._built(self._name, self._key.public_key(), authority=True)
        self.file.write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str) -> tuple[Path, Path]:
        """A certificate and its key, as files."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        files = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        made = self._built(subject, key.public_key(), authority=False)
        files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
        return files

    def _built(self, subject: x509.Name, key: Any, *, authority: bool) -> x509.Certificate:
        now = dt.datetime.fromisoformat("2020-01-01T00:00:00+00:00")
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + dt.timedelta(days=20_000))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if not authority:
            here = x509.IPAddress(ip_address("127.0.0.1"))
            builder = builder.add_extension(x509.SubjectAlternativeName([here]), critical=False)
        return builder.sign(self._key, hashes.SHA256())
