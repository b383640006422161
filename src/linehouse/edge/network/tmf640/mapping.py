"""A line's desired state as a TMF640 service and back; no I/O.

The service is named by our line; the rest are characteristics. Their names are the host's, fixed here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linehouse.activation.values import Bar, DesiredState, LineService
from linehouse.kernel.error import DomainError, Kind
from linehouse.kernel.numbering import Iccid, Imsi, Msisdn

SPECIFICATION = "mobile-line"
"""Id of the host's service specification."""
IDENTITIES = frozenset({"msisdn", "imsi", "iccid"})
"""Characteristics that name a person's line: never recorded in full."""


class WireWrong(DomainError, code="tmf640.wire_wrong", kind=Kind.INVALID):
    """The network sent something that is no TMF640 answer, or a service that we cannot read."""


def to_create(line: str, desired: DesiredState) -> dict[str, Any]:
    """The body of POST /service (Service_Create)."""
    return {
        "@type": "Service",
        "name": line,
        "category": "ResourceFacingService",
        "serviceType": "mobile",
        "state": "active",
        "serviceSpecification": {"id": SPECIFICATION, "@type": "ServiceSpecificationRef"},
        "serviceCharacteristic": characteristics(desired),
    }


def to_update(desired: DesiredState) -> dict[str, Any]:
    """The body of PATCH /service/{id} (Service_Update): a merge patch replaces the whole array (RFC 7396)."""
    return {"state": "active", "serviceCharacteristic": characteristics(desired)}


def characteristics(desired: DesiredState) -> list[dict[str, Any]]:
    """The characteristics in a fixed order, so that the same state is the same body."""
    return [
        _characteristic("msisdn", desired.msisdn.digits),
        _characteristic("imsi", desired.imsi.digits),
        _characteristic("iccid", desired.iccid.digits),
        _characteristic("services", sorted(desired.services)),
        _characteristic("bars", sorted(desired.bars)),
        _characteristic("apns", list(desired.apns)),
        _characteristic("speedProfile", desired.speed_profile),
    ]


def _characteristic(name: str, value: str | list[str]) -> dict[str, Any]:
    return {"name": name, "valueType": "array" if isinstance(value, list) else "string", "value": value}


def from_service(service: Mapping[str, Any]) -> DesiredState:
    """The state that a service describes. Raises WireWrong, naming what is missing or unknown."""
    listed = service.get("serviceCharacteristic")
    if not isinstance(listed, list):
        raise WireWrong("the service has no characteristics", field="serviceCharacteristic")
    values = {str(c.get("name")): c.get("value") for c in listed if isinstance(c, dict)}
    try:
        return DesiredState(
            msisdn=Msisdn(_text(values, "msisdn")),
            imsi=Imsi.parse(_text(values, "imsi")),
            iccid=Iccid.parse(_text(values, "iccid")),
            services=frozenset(LineService(name) for name in _texts(values, "services")),
            bars=frozenset(Bar(name) for name in _texts(values, "bars")),
            apns=tuple(_texts(values, "apns")),
            speed_profile=_text(values, "speedProfile"),
        )
    except (ValueError, DomainError) as error:
        raise WireWrong(f"the service cannot be read: {error}", field="serviceCharacteristic") from error


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str):
        raise WireWrong(f"the service has no {name}", field=name, expected="a text")
    return value


def _texts(values: Mapping[str, Any], name: str) -> list[str]:
    value = values.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise WireWrong(f"the service has no {name}", field=name, expected="a list of texts")
    return value


def last_segment(address: str) -> str:
    """The id at the end of an href or Location. Raises WireWrong when there is none."""
    name = address.split("?", 1)[0].rstrip("/").rsplit("/", 1)[-1]
    if not name:
        raise WireWrong("the address names nothing", field="href", value=address)
    return name
