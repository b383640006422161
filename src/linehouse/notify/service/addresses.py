"""Where a message goes by a channel: what the caller said, else what is known of the customer now."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from linehouse.catalog import service as catalog
from linehouse.customer import service as customers
from linehouse.inventory import service as inventory
from linehouse.kernel.error import Invalid
from linehouse.kernel.numbering import Msisdn
from linehouse.notify.errors import NoAddress
from linehouse.notify.models import Message
from linehouse.notify.values import Channel


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody's name and their address by the channel: an e-mail address, or a number with its plus sign."""

    name: str
    value: str


def address_of(row: Message, channel: Channel) -> Address:
    """The address. An SMS goes to the customer's first active line, else to the number they gave. Raises NoAddress."""
    given = row.recipient_email if channel is Channel.EMAIL else row.recipient_phone
    if given:
        return Address(row.recipient_name, _number(given) if channel is Channel.SMS else given)
    if row.customer_id is None:
        raise _none(channel)
    party = customers.customer_view(row.customer_id).party
    if channel is Channel.EMAIL:
        found = party.email
    else:
        found = _line(row) or _number(party.phone or "")
    if not found:
        raise _none(channel)
    return Address(party.name, found)


def _line(row: Message) -> str:
    if row.customer_id is None:
        return ""
    lines = [one for one in inventory.products_of_customer(row.customer_id) if one.state == "active" and one.msisdn]
    about = next((one for one in lines if one.number == row.subject_ref), None)
    chosen = about or (lines[0] if lines else None)
    return chosen.msisdn.e164 if chosen and chosen.msisdn else ""


def _number(text: str) -> str:
    if not text:
        return ""
    try:
        return Msisdn.parse(text, catalog.published().brand.country).e164
    except Invalid:
        return ""


def _none(channel: Channel) -> NoAddress:
    expected = "an e-mail address" if channel is Channel.EMAIL else "a mobile number"
    return NoAddress(f"there is no address for {channel}", field=channel.value, expected=expected)


def zone_for(row: Message, zone_of: str) -> ZoneInfo:
    """Whose clock says whether it is night."""
    brand = catalog.published().brand.zone
    if zone_of == "brand" or row.customer_id is None:
        return brand
    accounts = customers.customer_view(row.customer_id).accounts
    return accounts[0].zone if accounts else brand
