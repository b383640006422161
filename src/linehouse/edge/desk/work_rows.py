"""Tasks of the work list as rows, with what can be done to many of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from linehouse.customer import service as customers
from linehouse.edge.desk.access import DeskRequest
from linehouse.edge.desk.bulk import offering
from linehouse.edge.ui.bulk import BulkAction
from linehouse.edge.ui.status import readable
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Slice, Source, Table
from linehouse.kernel.error import NotFound
from linehouse.platform.access.errors import NotAllowed
from linehouse.platform.access.service import staff_of
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.platform.worklist import reading, service
from linehouse.platform.worklist.kinds import all_kinds, all_queues, kind_named, visible_kinds
from linehouse.platform.worklist.lifecycle import TASK
from linehouse.platform.worklist.values import TaskFilter, TaskView

QUEUES: Final = {
    "usage": gettext_lazy("Usage"),
    "orders": gettext_lazy("Orders"),
    "billing": gettext_lazy("Billing"),
    "payments": gettext_lazy("Payments"),
    "network": gettext_lazy("Network"),
    "operations": gettext_lazy("Operations"),
    "approvals": gettext_lazy("Approvals"),
    "messages": gettext_lazy("Messages"),
}
AGES: Final = {
    "0-1": gettext_lazy("Up to 1 day"),
    "1-3": gettext_lazy("1 to 3 days"),
    "3-7": gettext_lazy("3 to 7 days"),
    "7+": gettext_lazy("Over 7 days"),
}


def queue_name(queue: str) -> str:
    """The queue for people."""
    return str(QUEUES.get(queue, readable(queue).capitalize()))


def seen(request: DeskRequest) -> frozenset[str]:
    """The kinds whose tasks the reader sees."""
    return visible_kinds(request.desk.permissions)


def worked(request: DeskRequest) -> frozenset[str]:
    """The kinds on which the reader may work."""
    kinds = all_kinds()
    return frozenset(name for name in seen(request) if kinds[name].permission in request.desk.permissions)


def may_work(request: DeskRequest, task: TaskView) -> bool:
    """Whether the reader may act on the task."""
    return "work.write" in request.desk.permissions and kind_named(task.kind).permission in request.desk.permissions


def need_work(request: DeskRequest, task: TaskView) -> None:
    """Ask for what acting on the task needs. Raises NotAllowed."""
    if not may_work(request, task):
        permission = kind_named(task.kind).permission
        raise NotAllowed(f"this needs the permission {permission}", field="permission", value=permission)


def colleagues(brand: str) -> list[tuple[str, str]]:
    """Everybody who works for the brand: actor's id and name."""
    with realm_scope(CONTROL):
        return [(str(user.id), user.name or user.email) for user, _roles in staff_of(brand)]


def tasks_table(request: DeskRequest, *, of_customer: bool = False) -> Table[TaskView]:
    """The work list, of the brand or of one customer."""
    brand = request.desk.brand.key
    kinds = all_kinds()
    titled = sorted(((name, str(kinds[name].title)) for name in seen(request)), key=lambda one: one[1])
    table = Table[TaskView](
        key="tasks",
        caption=gettext("Work list"),
        columns=(
            Column(
                "subject",
                gettext("Task"),
                sort=True,
                link=lambda t: reverse("desk:task", args=(brand, t.id)),
                note=lambda t: f"{t.title}: {t.reason}"[:160],
            ),
            Column("queue", gettext("Queue"), sort=True, value=lambda t: queue_name(t.queue), shown=Shown.FROM_TABLET),
            Column("state", gettext("State"), Kind.STATUS, sort=True, value=shown_state),
            Column("owner_name", gettext("Owner"), sort=True, shown=Shown.FROM_TABLET),
            Column("occurred_at", gettext("Since"), Kind.INSTANT, sort=True),
            Column("due_at", gettext("Due"), Kind.INSTANT, sort=True, shown=Shown.FROM_TABLET),
            Column("occurrences", gettext("Times"), Kind.NUMBER, sort=True, shown=Shown.FROM_DESKTOP),
        ),
        filters=()
        if of_customer
        else (
            Filter("queue", gettext("Queue"), tuple((queue, queue_name(queue)) for queue in all_queues())),
            Filter("kind", gettext("Kind"), tuple(titled)),
            Filter(
                "state",
                gettext("State"),
                (*((state, readable(state).capitalize()) for state in TASK.states), ("any", gettext("Any"))),
            ),
            Filter("owner", gettext("Owner"), lambda: [("nobody", gettext("Nobody")), *reading.owners()]),
            Filter("age", gettext("Age"), tuple((age, str(name)) for age, name in AGES.items())),
            Filter("overdue", gettext("Overdue"), (("yes", gettext("Overdue only")),)),
        ),
        search_label="" if of_customer else gettext("Text, object, or a customer's number"),
        sort="occurred_at",
        empty=Empty(
            gettext("Nothing waits for you"),
            gettext("Whatever needs a person, in any part of the house, comes up here."),
            "check-circle",
        ),
        size=50,
    )
    if of_customer:
        return table
    return offering(request, table, *_offers(request), row_id=lambda t: t.id, row_name=lambda t: t.subject)


def shown_state(task: TaskView) -> str:
    """The state, or that the task is overdue while nobody has it."""
    return "overdue" if task.overdue and task.state in ("open", "taken") else task.state


def wanted(query: Query, **changes: Any) -> TaskFilter:
    """The filter that a query of the list asks for. A customer's number as search text means that customer."""
    given = query.filters
    state = given.get("state", "")
    owner = given.get("owner", "")
    fields: dict[str, Any] = {
        "queue": given.get("queue", ""),
        "kind": given.get("kind", ""),
        "state": "" if state == "any" else state or "live",
        "owner_id": "" if owner == "nobody" else owner,
        "unowned": owner == "nobody",
        "age": given.get("age", ""),
        "overdue": given.get("overdue", "") == "yes",
        "text": query.search,
    }
    customer = _customer(query.search)
    if customer is not None:
        fields |= {"customer_id": customer, "text": ""}
    return TaskFilter(**(fields | changes))


def _customer(text: str) -> UUID | None:
    if not text.upper().startswith("C"):
        return None
    try:
        return customers.customer_by_number(text.strip().upper()).id
    except NotFound:
        return None


def tasks_source(kinds: frozenset[str], **changes: Any) -> Source[TaskView]:
    """The tasks of these kinds; the room sorts by itself."""

    def source(query: Query) -> Slice[TaskView]:
        sort = ("-" if query.descending else "") + query.sort
        rows, total = reading.tasks(
            wanted(query, **changes), kinds=kinds, sort=sort, offset=query.offset, limit=query.limit
        )
        return Slice(rows, total)

    return source


class WhyForm(forms.Form):
    """What came of it."""

    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, help_text=gettext_lazy("Kept with each task."))


def _offers(request: DeskRequest) -> list[tuple[str, BulkAction[TaskView]]]:
    actor = request.desk.actor
    brand = request.desk.brand.key

    class AssignForm(forms.Form):
        owner = forms.ChoiceField(label=gettext("To whom"), choices=lambda: colleagues(brand))

    def take(task: TaskView, _given: Mapping[str, Any]) -> str:
        need_work(request, task)
        service.take(task.id, actor=actor)
        return gettext("It is yours.")

    def assign(task: TaskView, given: Mapping[str, Any]) -> str:
        need_work(request, task)
        name = dict(colleagues(brand))[given["owner"]]
        service.assign(task.id, given["owner"], name, actor=actor)
        return gettext("It is %(name)s's.") % {"name": name}

    def retry(task: TaskView, _given: Mapping[str, Any]) -> str:
        need_work(request, task)
        return service.retry(task.id, actor=actor)

    def dismiss(task: TaskView, given: Mapping[str, Any]) -> str:
        need_work(request, task)
        service.dismiss(task.id, given["note"], actor=actor)
        return gettext("It has been set aside.")

    return [
        ("work.write", BulkAction(key="take", label=gettext("Take"), icon="check", act=take)),
        ("work.write", BulkAction(key="assign", label=gettext("Assign"), icon="users", act=assign, form=AssignForm)),
        (
            "work.write",
            BulkAction(
                key="retry",
                label=gettext("Try again"),
                icon="retry",
                act=retry,
                text=gettext("What failed is repeated; its result settles the task or brings it up to date."),
            ),
        ),
        (
            "work.write",
            BulkAction(
                key="dismiss",
                label=gettext("Set aside"),
                icon="close",
                act=dismiss,
                danger=True,
                form=WhyForm,
                text=gettext("Nothing will be done about them. A task whose object must be mended stays."),
            ),
        ),
    ]


PAUSES: Final[Mapping[str, timedelta]] = {
    "4h": timedelta(hours=4),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
}
"""How long a task may be put off."""

Act = Callable[[DeskRequest, TaskView, str], str]
