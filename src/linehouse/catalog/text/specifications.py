"""Specification files: products, the services they are made of, the resources those stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from linehouse.catalog.values import (
    ParameterValue,
    ProductSpecification,
    ResourceKind,
    ResourceSpecification,
    ServiceParameter,
    ServiceSpecification,
)
from linehouse.rating.yaml_source import FieldSet, MarkedNode

SPECIFICATIONS = FieldSet("specification file", optional=("products", "services", "resources"))
PRODUCT = FieldSet("product specification", required=("name", "services"))
SERVICE = FieldSet("service specification", required=("name",), optional=("parameters", "resources"))
RESOURCE = FieldSet("resource specification", required=("name", "kind"))
PARAMETER = FieldSet("parameter", required=("default",), optional=("choices", "unit", "text"))


@dataclass(frozen=True, slots=True)
class Specifications:
    """All specifications by key, and where each was written."""

    products: dict[str, ProductSpecification] = field(default_factory=dict)
    services: dict[str, ServiceSpecification] = field(default_factory=dict)
    resources: dict[str, ResourceSpecification] = field(default_factory=dict)
    nodes: dict[tuple[str, str], MarkedNode] = field(default_factory=dict)


def parse_specifications(node: MarkedNode, found: Specifications) -> None:
    """Add the file's specifications. Raises SourceTextInvalid: a wrong word, or a key that stands elsewhere too."""
    given = node.mapping(SPECIFICATIONS)
    for key, item in _named(given, "resources", found):
        fields = item.mapping(RESOURCE)
        kind = ResourceKind(fields["kind"].choice(ResourceKind))
        found.resources[key] = ResourceSpecification(key=key, name=fields["name"].text(), kind=kind)
    for key, item in _named(given, "services", found):
        found.services[key] = _service(key, item)
    for key, item in _named(given, "products", found):
        fields = item.mapping(PRODUCT)
        services = fields["services"]
        settings = {name.key(): {} for name in services.many()} if not services.is_mapping else parse_settings(services)
        found.products[key] = ProductSpecification(key=key, name=fields["name"].text(), services=settings)


def parse_settings(node: MarkedNode) -> dict[str, dict[str, ParameterValue]]:
    """Parameters by service. Raises SourceTextInvalid."""
    return {
        service: {name: parameter_value(value) for name, value in item.keyed().items()} if item.value else {}
        for service, item in node.keyed().items()
    }


def parameter_value(node: MarkedNode) -> ParameterValue:
    """A word, a number, ``true``/``false`` (``yes``/``no``), or a list of words."""
    if node.is_list:
        return tuple(item.text() for item in node.items())
    text = node.text()
    if text.lower() in {"true", "yes"}:
        return True
    if text.lower() in {"false", "no"}:
        return False
    return int(text) if text.isascii() and text.isdigit() else text


def check_settings(node: MarkedNode, service: ServiceSpecification, given: Mapping[str, ParameterValue]) -> None:
    """Refuse a setting that the service does not know or may not take. Raises SourceTextInvalid."""
    parameters = {parameter.key: parameter for parameter in service.parameters}
    for key, value in given.items():
        item = node.entries()[key]
        if key not in parameters:
            item.fail(f"service {service.key!r} has no parameter {key!r}", ", ".join(parameters))
        _check_value(item, parameters[key], value)


def _check_value(node: MarkedNode, parameter: ServiceParameter, value: ParameterValue) -> None:
    if type(value) is not type(parameter.default):
        words = {bool: "true or false", int: "a whole number", tuple: "a list", str: "a word"}
        node.fail(f"parameter {parameter.key!r} cannot be {value!r}", words[type(parameter.default)])
    wrong = [v for v in (value if isinstance(value, tuple) else (value,)) if parameter.choices]
    if any(v not in parameter.choices for v in wrong):
        node.fail(f"parameter {parameter.key!r} cannot be {value!r}", ", ".join(map(str, parameter.choices)))


def _service(key: str, node: MarkedNode) -> ServiceSpecification:
    fields = node.mapping(SERVICE)
    parameters = tuple(
        _parameter(name, item)
        for name, item in (fields["parameters"].keyed() if "parameters" in fields else {}).items()
    )
    resources = tuple(item.key() for item in fields["resources"].many()) if "resources" in fields else ()
    return ServiceSpecification(key=key, name=fields["name"].text(), parameters=parameters, resources=resources)


def _parameter(key: str, node: MarkedNode) -> ServiceParameter:
    if not node.is_mapping:
        return ServiceParameter(key=key, default=parameter_value(node))
    fields = node.mapping(PARAMETER)
    parameter = ServiceParameter(
        key=key,
        default=parameter_value(fields["default"]),
        choices=tuple(parameter_value(item) for item in fields["choices"].many()) if "choices" in fields else (),
        unit=fields["unit"].text() if "unit" in fields else "",
        text=fields["text"].text() if "text" in fields else "",
    )
    _check_value(fields["default"], parameter, parameter.default)
    return parameter


def _named(given: Mapping[str, MarkedNode], part: str, found: Specifications) -> list[tuple[str, MarkedNode]]:
    if part not in given:
        return []
    named = list(given[part].keyed().items())
    for key, item in named:
        if (part, key) in found.nodes:
            first = found.nodes[part, key]
            item.fail(f"{key!r} is already written in {first.source}, line {first.line}")
        found.nodes[part, key] = item
    return named
