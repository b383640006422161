"""What a product is made of: product, service and resource specifications (TMF620, TMF633, TMF634)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

ParameterValue = str | int | bool | tuple[str, ...]
"""What a provisioning parameter may hold."""


class ResourceKind(StrEnum):
    """What kind of resource a service needs."""

    MSISDN = "msisdn"
    SIM = "sim"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSpecification:
    """A resource that is taken from stock and assigned (TMF634)."""

    key: str
    name: str
    kind: ResourceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceParameter:
    """A provisioning parameter of a service: its default and, where given, the values it may take."""

    key: str
    default: ParameterValue
    choices: tuple[ParameterValue, ...] = ()
    unit: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSpecification:
    """A technical service as the network knows it (TMF633): parameters to provision, resources it stands on."""

    key: str
    name: str
    parameters: tuple[ServiceParameter, ...] = ()
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSpecification:
    """What a product is made of (TMF620): service specifications by key, each with the parameters that it sets."""

    key: str
    name: str
    services: Mapping[str, Mapping[str, ParameterValue]]


@dataclass(frozen=True, slots=True)
class ServiceNeed:
    """One service that an ordered offering needs, its parameters settled, and the resources beneath it."""

    specification: ServiceSpecification
    parameters: Mapping[str, ParameterValue]
    resources: tuple[ResourceSpecification, ...]
