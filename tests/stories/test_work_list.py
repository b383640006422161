"""A night in which much goes wrong: everything that needs a person is one list, and ends when it is mended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from linehouse.activation import service as activation
from linehouse.activation.connector import set_factory
from linehouse.activation.values import Action, DesiredState, LineService, NewRequest
from linehouse.billing import service as billing
from linehouse.customer import service as customers
from linehouse.edge.network.tmf640.connector import Tmf640Connector
from linehouse.edge.partner.bank import inbox
from linehouse.edge.partner.bank.intake import receive
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.kernel.numbering import Iccid, Imsi, Msisdn
from linehouse.payment import service as payments
from linehouse.platform.checks import verify
from linehouse.platform.clock.service import business_now
from linehouse.platform.outbox import registry
from linehouse.platform.runner import drain
from linehouse.platform.work import Actor
from linehouse.platform.worklist import reading, service, truth
from linehouse.platform.worklist.models import Task
from linehouse.platform.worklist.values import TaskFilter, TaskView
from linehouse.simulators.bank.statement import BankTransfer, write
from linehouse.simulators.host_network.server import HostNetwork
from linehouse.usage import service as usage
from tests.billing.house import customer, product, publish
from tests.conftest import ROBIN
from tests.simulators.host_network.running import running_host

LINE = "S-000001"
BANK = "NL40FICT0123456789"


def live() -> dict[str, TaskView]:
    return {task.kind: task for task in reading.tasks(TaskFilter(), limit=200)[0]}


def everything_agrees() -> None:
    assert [(r.name, r.verdict.findings) for r in verify() if not r.holds] == []


@pytest.fixture
def night(brand: str, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> str:
    """The brand with its catalogue and feeds, where billing and payments listen to events."""
    listening = {n: c for n, c in registry._consumers.items() if n.startswith(("billing.", "payment."))}
    monkeypatch.setattr(registry, "_consumers", listening)
    publish(actor)
    usage.apply_feeds(ROBIN / "feeds", actor=actor)
    return brand


@pytest.fixture
def host(night: str, tmp_path: Path) -> Iterator[HostNetwork]:
    """The host network."""
    with running_host(tmp_path / "host", later=False) as running:
        set_factory(lambda: Tmf640Connector(running.url, timeout_seconds=2))
        yield running
        set_factory(None)


def test_what_the_bank_and_the_usage_partner_send_wrong(night: str, actor: Actor, tmp_path: Path) -> None:
    entry = BankTransfer("B1", Money.of("45.95", "EUR"), date(2026, 11, 1), payer="J.", reference="", text="thanks")
    receive("a.xml", write("1", BANK, Money.zero("EUR"), [entry], datetime(2026, 11, 2, 5, tzinfo=UTC)), actor=actor)
    (tmp_path / "broken.xml").write_bytes(b"<no statement>")
    inbox.poll(tmp_path, stable_seconds=0)
    bad = usage.receive_file("CDDEUD2NLDRM00001", b"no TAP file at all", "", actor=actor)
    usage.process_file(bad, actor=actor)
    tasks = live()
    assert set(tasks) == {"payment.unmatched", "payment.refused_file", "usage.refused_file"}
    assert tasks["payment.unmatched"].evidence["amount"] == "45.95 EUR"
    everything_agrees()

    customer(actor)
    account = customers.find_billing_accounts().rows[0]
    payments.assign_entry(payments.entries()[0][0].id, account.id, actor=actor, reason="he called")
    assert live().keys() == {"payment.refused_file", "usage.refused_file"}
    assert service.find_task(tasks["payment.unmatched"].id).outcome == "mended: he called"
    with pytest.raises(Exception, match="statement"):
        service.retry(tasks["payment.refused_file"].id, actor=actor)
    assert live()["payment.refused_file"].attempts == 1
    assert "refused" in service.retry(tasks["usage.refused_file"].id, actor=actor)
    service.dismiss(tasks["usage.refused_file"].id, "a test of the partner", actor=actor)
    service.dismiss(tasks["payment.refused_file"].id, "the bank sends it anew", actor=actor)
    assert live() == {}
    everything_agrees()


def test_a_line_out_of_step_with_the_network_until_it_is_brought_in_line(host: HostNetwork, actor: Actor) -> None:
    state = DesiredState(
        msisdn=Msisdn("31610200001"),
        imsi=Imsi("204040000000001"),
        iccid=Iccid.with_check_digit("893108000000000001"),
        services=frozenset({LineService.VOICE, LineService.DATA}),
        apns=("internet.robin",),
        speed_profile="lte-50",
    )
    activation.request(NewRequest("k1", LINE, new_id(), new_id(), Action.CREATE, state), actor=actor)
    drain()
    assert activation.check_line(LINE, actor=actor) == ()
    assert live() == {}
    ref = activation.find_line(LINE).network_ref
    host.network.delete(ref, "by-hand")
    found = activation.check_line(LINE, actor=actor)
    assert [one.attribute for one in found] == ["line"]
    task = live()["activation.line"]
    assert task.evidence["line"] == "wanted present, found absent"
    everything_agrees()
    assert "asked again" in service.retry(task.id, actor=actor)
    drain()
    assert live() == {}
    assert activation.check_lines(actor=actor) == (1, 0)
    everything_agrees()


def test_a_run_waits_for_its_decision_and_what_is_older_than_its_task_is_filled_in(
    night: str, actor: Actor, advance: Callable[[datetime], object]
) -> None:
    product(actor, customer(actor))
    drain()
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC))
    run = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    task = live()["billing.run"]
    assert (task.reason, task.evidence["gross"]) == ("to be approved", "45.95 EUR")
    billing.approve(run, actor=actor)
    assert live()["billing.run"].reason == "to be posted"
    Task.objects.all().delete()
    assert [r.name for r in verify() if not r.holds] == ["worklist.complete"]
    truth.reconcile()
    everything_agrees()
    billing.post(run, actor=actor)
    drain()
    assert "billing.run" not in live()
    assert business_now() < datetime(2026, 12, 1, 8, tzinfo=UTC) + timedelta(days=1)
