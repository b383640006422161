"""What charging does on its own: it charges files as they come in, and keeps what the charging process reads."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from linehouse.balance.events import BucketExpired, BucketGranted, PrepaidLineMoved
from linehouse.catalog.events import VersionPublished, VersionWithdrawn
from linehouse.catalog.service import publication_check
from linehouse.catalog.values import BARS
from linehouse.charging import laws, publication
from linehouse.charging.events import KeyReused
from linehouse.charging.service import directory, fair_use, observed, wishes
from linehouse.charging.service.charge import charge_file, charge_record
from linehouse.charging.service.consumption import forget_old_consumptions
from linehouse.charging.service.controls import controls_of_line, set_bar
from linehouse.charging.service.happened import decide_anew, happened
from linehouse.charging.service.merging import merge_hours
from linehouse.charging.service.online_usage import ONLINE_USAGE
from linehouse.charging.service.rerate_runs import APPROVAL, JOB, decided_otherwise
from linehouse.charging.values import KEY_REUSED
from linehouse.customer.events import CustomerChanged
from linehouse.inventory.events import FriendsChanged, ProductActivated, ProductTerminated
from linehouse.platform.approval.events import ChangeDecided
from linehouse.platform.characteristics.events import ValuesChanged
from linehouse.platform.jobs.registry import job
from linehouse.platform.outbox.registry import consumer
from linehouse.platform.timers import daily, timer
from linehouse.platform.work import Work
from linehouse.platform.worklist.service import raise_task
from linehouse.usage import service as usage
from linehouse.usage.events import UsageFileProcessed, UsageRecordResubmitted

__all__ = ["laws"]

RERATE = JOB
"""Imported, so that every process knows the job."""

usage.also_usage(ONLINE_USAGE)

publication_check("charging.tellable")(publication.tellable)
publication_check("charging.fair_use")(fair_use.fair_abroad)


@consumer("charging.rate", on=(UsageFileProcessed,))
def charge_what_came_in(event: UsageFileProcessed, work: Work) -> None:
    """Files that only report usage are never charged."""
    if event.chargeable:
        charge_file(event.file_id, actor=work.actor)


@consumer("charging.rate_again", on=(UsageRecordResubmitted,))
def charge_what_came_back(event: UsageRecordResubmitted, work: Work) -> None:
    """A record that came out of suspense."""
    charge_record(event.file_id, event.record_id, actor=work.actor)


@consumer("charging.lines", on=(ProductActivated, ProductTerminated))
def keep_lines(event: ProductActivated | ProductTerminated, work: Work) -> None:
    """Lines come and go."""
    if isinstance(event, ProductActivated):
        directory.enter_line(event)
    else:
        directory.end_line(event)


@consumer("charging.granted", on=(BucketGranted,))
def ask_again(event: BucketGranted, work: Work) -> None:
    """What was granted in mid session is offered to it."""
    wishes.after_grant(event)


@consumer("charging.key_reused", on=(KeyReused,))
def somebody_should_look(event: KeyReused, work: Work) -> None:
    """A client that uses a key twice loses usage, or means to."""
    raise_task(
        KEY_REUSED,
        f"{event.session_id}/{sha256(event.key.encode()).hexdigest()[:16]}",
        subject=event.session[:200],
        reason=f"key {event.key[:60]} was used for another content; that request was refused and moved nothing",
        evidence={"session": event.session, "key": event.key, "door": event.door},
    )


@consumer("charging.segments", on=(CustomerChanged, ValuesChanged))
def keep_segments(event: CustomerChanged | ValuesChanged, work: Work) -> None:
    """A customer's segment decides its prices."""
    if isinstance(event, CustomerChanged):
        directory.enter_segments(event.customer_id)
    elif event.entity == "customer":
        directory.enter_segments(event.object_id)


@consumer("charging.friends", on=(FriendsChanged,))
def keep_friends(event: FriendsChanged, work: Work) -> None:
    """So do the lists of a line."""
    directory.enter_friends(event)


@consumer("charging.tariffs", on=(VersionPublished, VersionWithdrawn))
def keep_tariffs(event: VersionPublished | VersionWithdrawn, work: Work) -> None:
    """Tariffs of published catalogues."""
    if isinstance(event, VersionPublished):
        directory.enter_tariffs(event)
    else:
        directory.drop_tariffs(event)


@consumer("charging.rerate_decided", on=(ChangeDecided,))
def end_what_was_refused(event: ChangeDecided, work: Work) -> None:
    """A re-rate that nobody approved."""
    if event.kind == APPROVAL and event.state in ("refused", "withdrawn", "expired", "failed"):
        decided_otherwise(event.number, event.state)


@timer("charging.merge_hours", daily)
def put_hours_together(work: Work) -> None:
    """Sums of hours that have rested, each as one row."""
    merge_hours(work.now)


@timer("charging.forget_traces", daily)
def throw_away_observations(work: Work) -> None:
    """Messages and rates of the charging doors after the days of the setting, and answers about usage after thirty."""
    observed.forget()
    forget_old_consumptions(work)


@job("charging.tell_control")
def tell_control(payload: dict[str, Any], work: Work) -> None:
    """What a session did to a line's limits becomes an event."""
    happened(payload)


@consumer("charging.policy_of_grants", on=(BucketGranted, BucketExpired))
def decide_statuses_anew(event: BucketGranted | BucketExpired, work: Work) -> None:
    """A grant may be a turbo, or change what is left of an allowance."""
    decide_anew(event.subscription, work.now)


@consumer("charging.prepaid_life", on=(PrepaidLineMoved,))
def bar_by_life(event: PrepaidLineMoved, work: Work) -> None:
    """What a prepaid line may not do in this part of its life is barred while it is charged, and opened again."""
    bars = {bar.key: bar.on for bar in controls_of_line(event.subscription_id).bars}
    for what in BARS:
        key, wanted = f"prepaid-{what}", what in event.bars
        if bars.get(key, wanted) is not wanted:
            set_bar(event.subscription_id, key, on=wanted, actor=work.actor, reason=f"prepaid line is {event.new}")


@timer("charging.complete_tariffs", daily)
def complete_tariffs(work: Work) -> None:
    """Limits hold by catalogues of an older release, too."""
    del work
    directory.complete_tariffs()
