"""The acts that lists of several rooms offer for many rows: each is the act of the single screen, once for each row."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy, ngettext

from linehouse.edge.desk.access import DeskRequest
from linehouse.edge.ui.bulk import BulkAction
from linehouse.kernel.error import Invalid
from linehouse.notify import service as notify
from linehouse.notify.values import MessageView
from linehouse.ordering import service as ordering
from linehouse.ordering.values import OrderView
from linehouse.resource import service as resources
from linehouse.resource.values import NumberView
from linehouse.usage import service as usage
from linehouse.usage.values import SuspenseView

FAILED_STEPS = frozenset({"failed", "compensationFailed"})


class WhyForm(forms.Form):
    """The reason that the history keeps for each row."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, help_text=gettext_lazy("It is kept in the history of each row.")
    )


def retry_orders(request: DeskRequest) -> tuple[str, BulkAction[OrderView]]:
    """Try the failed steps of orders again."""

    def act(order: OrderView, given: Mapping[str, Any]) -> str:
        failed = [step.key for step in order.steps if step.state in FAILED_STEPS]
        if not failed:
            raise Invalid(gettext("no step of this order has failed"), field="order", value=order.number)
        for step in failed:
            ordering.retry_step(order.id, step, reason=given["reason"], actor=request.desk.actor)
        return ngettext("%(count)s step is tried again.", "%(count)s steps are tried again.", len(failed)) % {
            "count": len(failed)
        }

    return "order.write", BulkAction(
        key="retry",
        label=gettext("Try failed steps again"),
        text=gettext("Each failed step of these orders is tried once more; the orders then go on by themselves."),
        icon="retry",
        act=act,
        form=WhyForm,
    )


def resubmit_suspense(request: DeskRequest) -> tuple[str, BulkAction[SuspenseView]]:
    """Send suspended usage round again."""

    def act(waiting: SuspenseView, given: Mapping[str, Any]) -> str:
        if usage.resubmit(waiting.id, actor=request.desk.actor, reason=given["reason"]):
            return gettext("It went through; it is being priced.")
        raise Invalid(gettext("it came back for the same or another reason"), field="record", value=str(waiting.id))

    return "usage.write", BulkAction(
        key="resubmit",
        label=gettext("Send round again"),
        text=gettext("Each record is read, guided and priced once more. What cannot be priced comes back here."),
        icon="retry",
        act=act,
        form=WhyForm,
    )


def resend_messages(request: DeskRequest) -> tuple[str, BulkAction[MessageView]]:
    """Send failed messages again."""

    def act(message: MessageView, given: Mapping[str, Any]) -> str:
        notify.send_again(message.id, actor=request.desk.actor, reason=given["reason"])
        return gettext("It will be sent again.")

    return "message.write", BulkAction(
        key="resend",
        label=gettext("Send again"),
        text=gettext("Each failed message is tried once more by the same way."),
        icon="mail",
        act=act,
        form=WhyForm,
    )


def release_numbers(request: DeskRequest) -> tuple[str, BulkAction[NumberView]]:
    """Put numbers back on sale that rest or were set aside."""

    def act(number: NumberView, given: Mapping[str, Any]) -> str:
        resources.put_back(number.msisdn.digits, actor=request.desk.actor, reason=given["reason"])
        return gettext("It is on sale again.")

    return "resource.write", BulkAction(
        key="release",
        label=gettext("Put back on sale"),
        text=gettext(
            "Numbers that rest or were set aside can be given to customers at once. "
            "Whoever calls the former holder may then reach somebody else."
        ),
        icon="phone",
        act=act,
        form=WhyForm,
        danger=True,
    )
