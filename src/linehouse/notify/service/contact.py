"""Use cases of what a customer wishes and what a brand allows: preferred channels, quiet hours and caps."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from linehouse.kernel.ids import new_id
from linehouse.kernel.outcome import InvalidFields, Problem
from linehouse.notify.contact_rules import DEFAULTS
from linehouse.notify.events import PreferenceChanged
from linehouse.notify.models import Preference, Rules
from linehouse.notify.values import Channel, ChannelRules, PreferenceView
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work

ZONES = ("recipient", "brand")


def preference(customer_id: UUID) -> PreferenceView:
    """By which channels the customer wants to be reached."""
    row = Preference.objects.filter(customer_id=customer_id).first()
    if row is None:
        return PreferenceView(customer_id=customer_id, channels=())
    return PreferenceView(
        customer_id=customer_id, channels=tuple(Channel(one) for one in row.channels), changed_at=row.changed_at
    )


def set_preference(
    customer_id: UUID, channels: Sequence[Channel | str], *, actor: Actor, reason: str
) -> PreferenceView:
    """Set the channels, the dearest first; none leaves it to each notice. Raises InvalidFields."""
    try:
        wanted = tuple(dict.fromkeys(Channel(one) for one in channels))
    except ValueError as error:
        expected = ", ".join(Channel)
        raise InvalidFields((Problem("notify.channel", str(error), "channels", "", expected),)) from None
    with unit_of_work(actor, reason) as work:
        row = Preference.objects.select_for_update().filter(customer_id=customer_id).first()
        if row is None:
            row = Preference(id=new_id(), created_at=work.now, customer_id=customer_id)
        if tuple(row.channels) != tuple(one.value for one in wanted) or row.changed_at is None:
            row.channels, row.changed_at = [one.value for one in wanted], work.now
            row.save()
            emit(
                PreferenceChanged(preference_id=row.id, customer_id=customer_id, channels=tuple(map(str, row.channels)))
            )
        return preference(customer_id)


def rules_of(channel: Channel) -> ChannelRules:
    """What holds for the channel: the brand's decision, else what the product suggests."""
    row = Rules.objects.filter(channel=channel).first()
    if row is None:
        return DEFAULTS[channel]
    return ChannelRules(
        channel=channel,
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
        zone_of=row.zone_of,
        cap=row.cap,
        cap_days=row.cap_days,
        hold_hours=row.hold_hours,
        receipt_hours=row.receipt_hours,
    )


def set_rules(rules: ChannelRules, *, actor: Actor, reason: str) -> ChannelRules:
    """Decide quiet hours, caps and patience of a channel. Raises InvalidFields."""
    problems = []
    if (rules.quiet_from is None) != (rules.quiet_until is None):
        expected = "both times, or neither"
        problems.append(Problem("notify.quiet", "quiet hours need a begin and an end", "quiet_until", "", expected))
    if rules.zone_of not in ZONES:
        problems.append(Problem("notify.zone", "whose zone?", "zone_of", rules.zone_of, ", ".join(ZONES)))
    for field, least, most in (
        ("cap", 0, 100),
        ("cap_days", 1, 366),
        ("hold_hours", 0, 720),
        ("receipt_hours", 1, 168),
    ):
        if not least <= getattr(rules, field) <= most:
            value = str(getattr(rules, field))
            problems.append(Problem("notify.range", "out of range", field, value, f"{least} to {most}"))
    if problems:
        raise InvalidFields(tuple(problems))
    with unit_of_work(actor, reason) as work:
        row = Rules.objects.select_for_update().filter(channel=rules.channel).first()
        if row is None:
            row = Rules(id=new_id(), created_at=work.now, channel=rules.channel)
        for field in ("quiet_from", "quiet_until", "zone_of", "cap", "cap_days", "hold_hours", "receipt_hours"):
            setattr(row, field, getattr(rules, field))
        row.changed_at = work.now
        row.save()
        return rules_of(rules.channel)
