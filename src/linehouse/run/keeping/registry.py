"""What the control database says of one brand, as plain values: to keep with the brand, and to put back with it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core import serializers
from django.db import models, transaction

from linehouse.platform.access.models import User
from linehouse.platform.control.models import Brand
from linehouse.platform.scope import CONTROL


def _belonging() -> list[tuple[type[models.Model], str]]:
    """The control tables whose rows belong to a brand, with the column that says so."""
    return [
        (model, field.name)
        for model in apps.get_app_config("control").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is Brand
    ]


def rows_of(brand: Brand) -> list[dict[str, Any]]:
    """The brand's entry, hosts, memberships, clients and whatever else of the control database belongs to it."""
    rows = serializers.serialize("python", [brand])
    for model, column in _belonging():
        rows += serializers.serialize("python", model._default_manager.filter(**{column: brand}))
    return [_plain(row) for row in rows]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        return value if value is None or isinstance(value, str | int | bool | list | dict) else str(value)

    fields = {name: plain(value) for name, value in row["fields"].items()}
    return {"model": row["model"], "pk": plain(row["pk"]), "fields": fields}


def put_back(rows: list[dict[str, Any]], *, database: str) -> list[str]:
    """Enter a brand again whose database has been put back under this name; returns what could not be.

    Members of staff who no longer have a log-in are left out, and so is a host that another brand answers to.
    """
    left_out: list[str] = []
    with transaction.atomic(using=CONTROL):
        users = {str(each) for each in User.objects.values_list("id", flat=True)}
        for made in serializers.deserialize("python", rows, using=CONTROL):
            row = made.object
            if isinstance(row, Brand):
                row.database = database
            elif str(getattr(row, "user_id", "")) not in users | {""}:
                left_out.append(f"{row._meta.verbose_name} of a person without a log-in")
                continue
            elif type(row)._default_manager.filter(pk=row.pk).exists():
                left_out.append(f"{row._meta.verbose_name} {row.pk}: taken")
                continue
            row.save(using=CONTROL)
    return left_out


def renamed(rows: list[dict[str, Any]], key: str, new: str) -> list[dict[str, Any]]:
    """The rows for a brand under another key: its entry alone; hosts, clients and staff belong to the original."""
    if key == new:
        return rows
    entry = next(row for row in rows if row["model"] == "control.brand")
    name = f"{entry['fields']['name']} ({new})"
    return [{**entry, "pk": new, "fields": {**entry["fields"], "name": name}}]
