"""Every migration since the previous release says when it may run, where it does more than add."""

from __future__ import annotations

import inspect
from functools import cache
from pathlib import Path

import pytest
from django.db import migrations, models

from linehouse.platform.postgres.migrating import Phase, on_disk, phase_of, possible
from tests.upgrade.previous import members

SOURCE = Path(__file__).resolve().parents[2] / "src"
TAKES_AWAY = (
    migrations.RunPython,
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterField,
    migrations.AlterModelTable,
)


@cache
def new() -> list[tuple[str, str]]:
    """The migrations that the previous release did not have."""
    known = members()
    return [
        key
        for key, migration in on_disk().items()
        if (file := Path(inspect.getfile(type(migration)))).is_relative_to(SOURCE)
        and str(file.relative_to(SOURCE.parent)) not in known
    ]


@cache
def newly_made() -> set[tuple[str, str]]:
    """The models that the previous release does not know: it writes none of their rows."""
    return {
        (app, operation.name_lower)
        for app, name in new()
        for operation in on_disk()[app, name].operations
        if isinstance(operation, migrations.CreateModel)
    }


def demanding(app: str, operation: object) -> str:
    """Why the previous release might not live with it; empty when it only adds."""
    model = getattr(operation, "model_name", "") or getattr(operation, "name", "")
    if (app, model.lower()) in newly_made():
        return ""
    if isinstance(operation, TAKES_AWAY):
        return type(operation).__name__
    if isinstance(operation, migrations.AddField):
        field = operation.field
        # The previous release writes rows without the new column.
        fills_itself = field.null or field.db_default is not models.NOT_PROVIDED or field.many_to_many
        return "" if fills_itself else f"AddField {operation.name} without a default in the database"
    return ""


@pytest.mark.parametrize("key", new(), ids=".".join)
def test_what_does_more_than_add_is_marked(key: tuple[str, str]) -> None:
    migration = on_disk()[key]
    demands = [why for operation in migration.operations if (why := demanding(key[0], operation))]
    marked = "phase" in vars(type(migration))
    assert marked or not demands, f"{key} must say its phase: {demands}"
    if marked and (demands or phase_of(migration) is not Phase.BEFORE):
        assert len(getattr(migration, "why", "")) > 20, f"{key} must say why it is of its phase"


def test_an_early_phase_never_waits_for_a_later_one_unnoticed() -> None:
    plan = list(on_disk().values())
    early = {(m.app_label, m.name) for m in possible(plan, frozenset({Phase.BEFORE}))}
    late = [key for key in new() if phase_of(on_disk()[key]) is Phase.BEFORE and key not in early]
    for key in late:
        behind = {dependency for dependency in on_disk()[key].dependencies if dependency not in early}
        assert behind, f"{key} waits for nothing and yet does not run early"
