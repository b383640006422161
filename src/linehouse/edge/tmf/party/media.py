"""`ContactMedium` (TMF632, TMF629): how a party is reached."""

from __future__ import annotations

from collections.abc import Iterable

from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import Shape, TimePeriod
from linehouse.party.values import ContactMedium as Medium
from linehouse.party.values import MediumKind, PostalAddress

_TYPES = {MediumKind.EMAIL: "email", MediumKind.PHONE: "phone", MediumKind.POSTAL: "postalAddress"}


class MediumCharacteristic(Shape):
    """`MediumCharacteristic`: the address or number itself."""

    email_address: str | None = None
    phone_number: str | None = None
    street1: str | None = None
    street2: str | None = None
    post_code: str | None = None
    city: str | None = None
    state_or_province: str | None = None
    country: str | None = None


class ContactMedium(Shape):
    """`ContactMedium`: `mediumType` is email, phone or postalAddress; what the characteristic holds decides."""

    medium_type: str | None = None
    preferred: bool | None = None
    characteristic: MediumCharacteristic
    valid_for: TimePeriod | None = None


def represented(media: Iterable[Medium]) -> list[ContactMedium] | None:
    """The media of a party; None when there are none."""
    return [_one(medium) for medium in media] or None


def _one(medium: Medium) -> ContactMedium:
    address = medium.address
    if address is not None:
        characteristic = MediumCharacteristic(
            street1=address.street1,
            street2=address.street2 or None,
            post_code=address.postcode,
            city=address.city,
            state_or_province=address.region or None,
            country=address.country,
        )
    elif medium.kind is MediumKind.EMAIL:
        characteristic = MediumCharacteristic(email_address=medium.value)
    else:
        characteristic = MediumCharacteristic(phone_number=medium.value)
    return ContactMedium(
        medium_type=_TYPES[medium.kind],
        preferred=medium.preferred,
        characteristic=characteristic,
        valid_for=TimePeriod(start_date_time=medium.valid_from, end_date_time=medium.valid_to),
    )


class Contact(Shape):
    """What a body's contact media say: at most one of each."""

    email: str = ""
    phone: str = ""
    address: PostalAddress | None = None


def contact(media: Iterable[ContactMedium]) -> Contact:
    """The e-mail address, the number and the postal address; raises ApiProblem 400 for a second of a kind."""
    emails: list[str] = []
    phones: list[str] = []
    addresses: list[PostalAddress] = []
    for position, medium in enumerate(media):
        found = medium.characteristic
        if found.email_address:
            emails.append(found.email_address)
        if found.phone_number:
            phones.append(found.phone_number)
        if found.street1 or found.post_code or found.city:
            addresses.append(_address(found))
        if max(len(emails), len(phones), len(addresses)) > 1:
            raise bad_body(f"/contactMedium/{position}", "one contact medium of each kind is kept")
    return Contact(email="".join(emails), phone="".join(phones), address=addresses[0] if addresses else None)


def _address(found: MediumCharacteristic) -> PostalAddress:
    return PostalAddress(
        street1=found.street1 or "",
        street2=found.street2 or "",
        postcode=found.post_code or "",
        city=found.city or "",
        region=found.state_or_province or "",
        country=found.country or "",
    )


POINTERS = {
    "identification": "/individualIdentification",
    "identification.number": "/individualIdentification/0/identificationId",
    "identification.country": "/individualIdentification/0/issuingAuthority",
    "identification.kind": "/individualIdentification/0/identificationType",
    "identification.valid_until": "/individualIdentification/0/validFor/endDateTime",
    "email": "/contactMedium",
    "phone": "/contactMedium",
    "address": "/contactMedium",
    "address.street1": "/contactMedium/characteristic/street1",
    "address.postcode": "/contactMedium/characteristic/postCode",
    "address.city": "/contactMedium/characteristic/city",
    "address.country": "/contactMedium/characteristic/country",
    "language": "/languageAbility",
    "birth_date": "/birthDate",
    "state": "/status",
}
"""Where the party room's field names stand in a body."""
