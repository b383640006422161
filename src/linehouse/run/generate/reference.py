"""The reference pages, made from what the code declares."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints

from django.apps import apps
from django.db import models

from linehouse.edge.tmf.apis import APIS
from linehouse.edge.tmf.kit.reference import page
from linehouse.edge.tmf.kit.visible import FIELDS, OWN
from linehouse.kernel.error import all_errors
from linehouse.kernel.event import all_event_types
from linehouse.kernel.lifecycle import all_lifecycles
from linehouse.kernel.quantity import Quantity
from linehouse.platform.access.grants import CLIENT, Sight
from linehouse.platform.access.permissions import PERMISSIONS, ROLES
from linehouse.platform.access.policy import FIELD_GROUPS, LIMITS, OWN_RESOURCES, OWN_ROLES, SENSITIVE, SIGHTS
from linehouse.platform.checks import all_checks
from linehouse.platform.jobs.registry import all_kinds
from linehouse.platform.outbox.registry import all_consumers
from linehouse.platform.settings import described
from linehouse.rating.lint import CHECKS
from linehouse.rating.regulation import Bound, Clause, Limit, Pack, shipped
from linehouse.run.generate.diameter_page import diameter_page
from linehouse.run.generate.personal_data import personal_data_page
from linehouse.run.house import open_house

_ERROR_CLASS = re.compile(r'^class \w+\(.*\bcode="', re.MULTILINE)
_NOTE = "This page is made from the code by `linehouse dev docs`; do not edit it.\n"


def pages() -> dict[str, str]:
    """The text of each generated page by its path below ``docs/reference``."""
    open_house()
    import_declarations()
    makers: dict[str, Callable[[], str]] = {
        "events.md": _events,
        "errors.md": _errors,
        "lifecycles.md": _lifecycles,
        "permissions.md": _permissions,
        "settings.md": _settings,
        "tables.md": _tables,
        "jobs.md": _jobs,
        "laws.md": _laws,
        "lint.md": _lint,
        "personal-data.md": personal_data_page,
        "diameter.md": lambda: diameter_page(_NOTE),
        "tmf-apis.md": lambda: page(APIS, _NOTE),
    }
    return {name: f"{make().strip()}\n" for name, make in makers.items()}


def write(root: Path) -> list[Path]:
    """Write the pages below a checkout's ``docs/reference``; returns them."""
    folder = root / "docs" / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in pages()]


def import_declarations() -> None:
    """Errors, events and lifecycles register themselves when they are imported, so import all of them.

    Some errors stand beside what raises them. Without those the page would depend on what else has been imported.
    """
    package = Path(str(import_module("linehouse").__file__)).parent
    for file in sorted(package.rglob("*.py")):
        if file.stem in ("errors", "events", "lifecycle") or _ERROR_CLASS.search(file.read_text(encoding="utf-8")):
            parts = file.relative_to(package).with_suffix("").parts
            import_module(".".join(("linehouse", *parts)))


def _doc(thing: object) -> str:
    return " ".join((thing.__doc__ or "").split())


def _type(hint: object) -> str:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return " or ".join(_type(part) for part in get_args(hint))
    if origin is not None:
        parts = ", ".join(_type(part) for part in get_args(hint) if part is not ...)
        return f"{getattr(origin, '__name__', origin)} of {parts}"
    return "nothing" if hint is type(None) else str(getattr(hint, "__name__", hint))


def _events() -> str:
    lines = [
        "# Events",
        "",
        _NOTE,
        "Every fact that a room tells. Fields hold ids and facts, never personal values; schemas only grow.",
        "",
    ]
    listeners: dict[str, list[str]] = {}
    for consumer in all_consumers().values():
        for heard in consumer.events or ["every event"]:
            listeners.setdefault(heard, []).append(consumer.name)
    if everything := listeners.get("every event"):
        lines += [f"Heard by every event's listeners: {', '.join(f'`{name}`' for name in everything)}.", ""]
    for name, event in all_event_types().items():
        if not event.__module__.startswith("linehouse."):
            continue
        lines += [
            f"## `{name}` (version {event.event_version})",
            "",
            _doc(event),
            "",
            "| field | type |",
            "| --- | --- |",
        ]
        hints = get_type_hints(event)
        for field in event.__struct_fields__:
            mark = " (aggregate)" if field == event.aggregate_field else ""
            lines.append(f"| `{field}`{mark} | {_type(hints[field])} |")
        lines += [
            "",
            f"Heard by: {', '.join(f'`{who}`' for who in listeners.get(name, [])) or 'nobody in the house'}.",
            "",
        ]
    return "\n".join(lines)


def _errors() -> str:
    lines = ["# Errors", "", _NOTE]
    lines += [
        "A code never changes its meaning. The kind decides what an edge answers: invalid 400, not_found 404,",
        "conflict 409,",
        "forbidden 403, refused 422, unavailable 503; the command line exits with 2.",
        "",
        "| code | kind | meaning |",
        "| --- | --- | --- |",
    ]
    for code, error in all_errors().items():
        if error.__module__.startswith("linehouse."):
            lines.append(f"| `{code}` | {error.kind} | {_doc(error)} |")
    return "\n".join(lines)


def _lifecycles() -> str:
    lines = ["# Lifecycles", "", _NOTE, "Each is declared once as data; the database refuses every other move.", ""]
    for name, lifecycle in all_lifecycles().items():
        lines += [f"## {name}", "", "```mermaid", lifecycle.mermaid(), "```", ""]
    return "\n".join(lines)


def _permissions() -> str:
    roles = sorted(ROLES)
    lines = ["# Permissions", "", _NOTE, "What is not marked is denied.", ""]
    lines += ["| permission | meaning | " + " | ".join(roles) + " |", "| --- | --- |" + " --- |" * len(roles)]
    for name, meaning in PERMISSIONS.items():
        marks = " | ".join("✓" if name in ROLES[role] else "" for role in roles)
        lines.append(f"| `{name}` | {meaning} | {marks} |")
    return "\n".join((*lines, *_amounts(), *_field_groups(roles), *_reach()))


def _amounts() -> list[str]:
    lines = [
        "",
        "## Amounts",
        "",
        "Up to this amount a role acts by itself; beyond it, or in another currency, somebody else approves.",
    ]
    lines += ["", "| role | permission | limit |", "| --- | --- | --- |"]
    for role, limits in LIMITS.items():
        for permission, amounts in limits.items():
            shown = ", ".join(str(amount) for amount in amounts) or "none: always approved"
            lines.append(f"| {'an API client' if role == CLIENT else role} | `{permission}` | {shown} |")
    return lines


def _field_groups(roles: list[str]) -> list[str]:
    lines = ["", "## Field groups", "", "What is not seen plainly can be neither filtered nor sorted by."]
    lines += ["", "| field group | fields | " + " | ".join(roles) + " |", "| --- | --- |" + " --- |" * len(roles)]
    for group, meaning in FIELD_GROUPS.items():
        seen = " | ".join(SIGHTS[role].get(group, Sight.HIDDEN).value for role in roles)
        lines.append(f"| `{group}` | {meaning} | {seen} |")
    lines += ["", "| TM Forum resource | attribute | field group |", "| --- | --- | --- |"]
    for kind, fields in FIELDS.items():
        lines += [f"| {kind} | `{attribute}` | `{group}` |" for attribute, group in fields.items()]
    return lines


def _reach() -> list[str]:
    resources = ", ".join(f"`{name}.…`" for name in sorted(OWN_RESOURCES))
    kinds = "; ".join(f"{kind} ({', '.join(sorted(methods))})" for kind, methods in OWN.items())
    roles, sensitive = ", ".join(sorted(OWN_ROLES)), ", ".join(f"`{name}`" for name in sorted(SENSITIVE))
    dealers = (
        f"The role {roles}, and an API client that acts for a dealer, reach of {resources} only what it registered."
    )
    open_to_them = f"TM Forum resources that are open to such a client: {kinds}."
    factors = f"Where a brand asks for a second factor, holders of these need one: {sensitive}."
    return ["", "## Reach", "", f"{dealers} {open_to_them}", "", factors]


def _settings() -> str:
    lines = ["# Settings", "", _NOTE, "Settings are environment variables. An empty one counts as not set.", ""]
    lines += ["| variable | meaning | default |", "| --- | --- | --- |"]
    for setting in described():
        secret = " Secret: it is never logged." if setting.secret else ""
        lines.append(f"| `{setting.variable}` | {setting.description}{secret} | {setting.default} |")
    return "\n".join(lines)


def _tables() -> str:
    lines = [
        "# Tables",
        "",
        _NOTE,
        "Business tables by room. A *tracked* table keeps who changed what, when and why.",
        "",
    ]
    for config in sorted(apps.get_app_configs(), key=lambda c: c.label):
        if not config.name.startswith("linehouse."):
            continue
        found = [
            m
            for m in config.get_models()
            if not m.__name__.endswith("Event") or m.__module__.startswith("linehouse.platform")
        ]
        if not found:
            continue
        lines += [f"## {config.label}", ""]
        for model in found:
            tracked = any(m.__name__ == f"{model.__name__}Event" for m in config.get_models())
            lines += [f"### `{model._meta.db_table}`{' (tracked)' if tracked else ''}", "", _doc(model), ""]
            lines += ["| column | type | note |", "| --- | --- | --- |"]
            for field in model._meta.concrete_fields:
                lines.append(f"| `{field.column}` | {_column(field)} | {field.help_text} |")
            lines.append("")
    return "\n".join(lines)


def _column(field: models.Field[object, object]) -> str:
    kind = field.get_internal_type().removesuffix("Field")
    return f"{field.description}" if kind == "BigInteger" and field.description == "micro-units of money" else kind


def _jobs() -> str:
    lines = [
        "# Jobs and consumers",
        "",
        _NOTE,
        "Work that is done later, once.",
        "",
        "| job | how | meaning |",
        "| --- | --- | --- |",
    ]
    for name, kind in all_kinds().items():
        handler = kind.inside or kind.outside
        if handler is not None and handler.__module__.startswith("linehouse."):
            how = "in one transaction" if kind.inside else f"calls out, lease {kind.lease_seconds} s"
            lines.append(f"| `{name}` | {how} | {_doc(handler)} |")
    lines += ["", "| consumer | listens to | meaning |", "| --- | --- | --- |"]
    for name, consumer in all_consumers().items():
        if consumer.handler.__module__.startswith("linehouse."):
            heard = ", ".join(f"`{event}`" for event in sorted(consumer.events)) or "every event"
            lines.append(f"| `{name}` | {heard} | {_doc(consumer.handler)} |")
    return "\n".join(lines)


def _lint() -> str:
    lines = [
        "# Lint",
        "",
        _NOTE,
        "What is looked for in tariffs that can be read. An error refuses publication; a warning is shown where files",
        "are planned and tested (`linehouse catalog plan` and `test`, a draft at the desk) and refuses nothing.",
        "How much damage it notices is measured: [what lint finds](../explanation/what-lint-finds.md).",
        "",
        "| code | severity | what is wrong | what would be right |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| `{c.code}` | {c.severity}{' of a change' if c.of_change else ''} | {c.title} | {c.mend} |"
        for c in CHECKS.values()
    ]
    lines += [
        "",
        "## What the law asks",
        "",
        "The packs that come with the product. A brand is bound by those of its country unless `brand.yaml` says",
        "otherwise (`regulation`), and by its own in `regulation/*.yaml`. `until` is the first day on which a row does",
        "not hold.",
    ]
    for pack in shipped().values():
        lines += ["", f"### {pack.name} (`{pack.key}`)", "", "| clause | what it asks | from | until | source |"]
        lines += ["| --- | --- | --- | --- | --- |"]
        for clause in pack.clauses:
            for limit in clause.limits:
                asks = _asks(pack, clause, limit)
                end = limit.end or ""
                lines.append(f"| `{clause.key}` | {clause.name}: {asks} | {limit.start} | {end} | {clause.source} |")
    return "\n".join(lines)


def _asks(pack: Pack, clause: Clause, limit: Limit) -> str:
    if clause.bound is Bound.FREE:
        return "free"
    if clause.bound is Bound.LIKE:
        return "no dearer than at home"
    tax = "with VAT" if clause.tax_included else "without VAT"
    unit = Quantity(limit.unit, clause.usage_types[0].unit).human()
    each = "a message" if unit == "1 message" else unit
    parts = [f"{limit.amount} {pack.currency} for {each}"] if limit.amount is not None else []
    parts += [f"{limit.each} {pack.currency} for each"] if limit.each is not None else []
    return f"at most {' or '.join(parts)}, {tax}"


def _laws() -> str:
    lines = [
        "# Laws",
        "",
        _NOTE,
        "What must hold at every commit; `linehouse verify` checks all of it.",
        "",
        "| law | meaning |",
        "| --- | --- |",
    ]
    lines += [f"| `{name}` | {law} |" for name, law in all_checks().items()]
    return "\n".join(lines)
