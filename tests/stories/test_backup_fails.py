"""A scheduled backup cannot be made: every brand's work list says so, until one is made again."""

from __future__ import annotations

import os
from pathlib import Path

from click.testing import CliRunner, Result

from linehouse.platform.backup.shelf import Shelf
from linehouse.platform.checks import verify
from linehouse.platform.postgres.databases import create_brand
from linehouse.platform.scope import brand_scope
from linehouse.platform.worklist import reading
from linehouse.platform.worklist.models import Task
from linehouse.platform.worklist.values import TaskFilter, TaskView
from linehouse.run.commands import backup
from tests.stories.keeping import Keeper, as_a_command, homes

BRANDS = ("robin", "wren")


def scheduled(home: Keeper) -> Result:
    """What the keeper starts when a backup is due."""
    with as_a_command():
        os.environ.update(home.settings.to_env())
        return CliRunner().invoke(backup.command, ["create", "--scheduled"])


def waiting(home: Keeper) -> dict[str, list[TaskView]]:
    """The open tasks of keeping, by brand."""
    found = {}
    with home.open():
        for brand in BRANDS:
            with brand_scope(brand):
                found[brand] = [t for t in reading.tasks(TaskFilter(), limit=50)[0] if t.kind == "keeping.backup"]
                assert [result.name for result in verify() if not result.holds] == []
    return found


def test_a_backup_that_fails_is_a_task_until_one_is_made(tmp_path: Path) -> None:
    with homes(tmp_path) as home:
        here = home("here")
        with here.server():
            with here.open() as found:
                create_brand(found, "robin", "Robin Mobile")
                create_brand(found, "wren", "Wren Telecom")
            # The disk of the backups is not there: where it is mounted, something else lies.
            folder = Path(here.settings.backup_folder)
            folder.write_text("no folder")
            for _ in range(2):
                assert isinstance(scheduled(here).exception, OSError)
            tasks = waiting(here)
            for brand in BRANDS:
                (task,) = tasks[brand]
                assert (task.subject, task.queue) == ("the scheduled backup", "operations")
                assert str(folder) in task.reason

            folder.unlink()
            made = scheduled(here)
            assert made.exit_code == 0, made.output
            assert waiting(here) == {"robin": [], "wren": []}
            with here.open(), brand_scope("wren"):
                settled = Task.objects.get(kind="keeping.backup")
                assert (settled.state, settled.outcome) == ("done", "a backup was made")
            assert [each.kind for each in Shelf(folder).all()] == ["physical"]
