"""What each kind of step does, and what winds it back. Everything here may be done twice and has one effect.

A function says True when it is done, False when the answer comes later as an event. It raises a DomainError when it is
refused: then the step is parked with that reason, and what it had changed is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable

from linehouse.activation import service as activation
from linehouse.activation.values import Action, DesiredState, NewRequest
from linehouse.balance import service as balance
from linehouse.catalog import service as catalog
from linehouse.catalog.values import ServiceNeed
from linehouse.inventory import service as inventory
from linehouse.inventory.values import ServiceToCreate
from linehouse.ordering.errors import NotDelivered
from linehouse.ordering.models import Item, Step
from linehouse.ordering.provisioning import desired_state, shown
from linehouse.ordering.service.sheet import Sheet
from linehouse.ordering.values import Compensation, ItemAction, StepKind
from linehouse.resource import service as resources

_Do = Callable[[Sheet, Step], bool]


def act(sheet: Sheet, step: Step) -> bool:
    """Do the step."""
    return _DO[StepKind(step.kind)](sheet, step)


def undo(sheet: Sheet, step: Step) -> bool:
    """Wind the step back."""
    return _UNDO[Compensation(step.compensation)](sheet, step)


def _needs(sheet: Sheet, item: Item) -> tuple[ServiceNeed, ...]:
    # By the version under which the order was taken: what is published meanwhile is sold from then on only.
    return catalog.version(sheet.order.catalog_version).decompose(item.offering_key)


def _reserve_msisdn(sheet: Sheet, step: Step) -> bool:
    resources.reserve_number(step.item.product_number, wish=step.item.msisdn, actor=sheet.work.actor)
    return True


def _reserve_sim(sheet: Sheet, step: Step) -> bool:
    resources.reserve_sim(step.item.product_number, wish=step.item.iccid, actor=sheet.work.actor)
    return True


def _desired(sheet: Sheet, step: Step) -> DesiredState:
    held = resources.holding(step.item.product_number)
    if held.msisdn is None or held.imsi is None or held.iccid is None:
        raise NotDelivered("number or card is not reserved", field="product", value=step.item.product_number)
    return desired_state(_needs(sheet, step.item), held.msisdn, held.imsi, held.iccid)


def _provision(sheet: Sheet, step: Step) -> bool:
    return _ask_network(sheet, step, Action.CREATE, _desired(sheet, step))


def _deprovision(sheet: Sheet, step: Step) -> bool:
    return _ask_network(sheet, step, Action.REMOVE, None)


def _ask_network(sheet: Sheet, step: Step, action: Action, desired: DesiredState | None) -> bool:
    # Each try has a key of its own: a network may remember its refusal by the key.
    key = f"{sheet.order.number}/{step.key}/{step.attempts}"
    activation.request(
        NewRequest(
            key=key,
            line=step.item.product_number,
            product_id=step.item.product_id,
            customer_id=sheet.order.customer_id,
            action=action,
            desired=desired,
            followed=True,
        ),
        actor=sheet.work.actor,
    )
    step.request_key = key
    step.save(update_fields=["request_key"])
    return False


def _activate(sheet: Sheet, step: Step) -> bool:
    network_refs = [s.network_ref for s in sheet.of_item(step.item) if s.kind == StepKind.PROVISION_NETWORK]
    services = [
        ServiceToCreate(
            specification_key=need.specification.key,
            name=need.specification.name,
            characteristics=shown(need),
            network_ref=network_refs[0] if network_refs else "",
        )
        for need in _needs(sheet, step.item)
    ]
    offering = catalog.version(sheet.order.catalog_version).offering(step.item.offering_key)
    if offering.paid_from_balance:
        # Paid, alive and granted in one commit; a balance that does not hold the price parks the step.
        balance.start_pack(step.item.product_id, services, actor=sheet.work.actor)
    else:
        inventory.activate_product(step.item.product_id, services, actor=sheet.work.actor)
    return True


def _terminate(sheet: Sheet, step: Step) -> bool:
    inventory.terminate_product(step.item.product_id, actor=sheet.work.actor)
    return True


def _retire_sim(sheet: Sheet, step: Step) -> bool:
    resources.retire_sim(step.item.product_number, actor=sheet.work.actor)
    return True


def _quarantine(sheet: Sheet, step: Step) -> bool:
    resources.quarantine_number(step.item.product_number, actor=sheet.work.actor)
    return True


def _complete(_sheet: Sheet, step: Step) -> bool:
    """The last look: what was promised stands."""
    product = inventory.find_product(id=step.item.product_id)
    wanted = "active" if step.item.action == ItemAction.ADD else "terminated"
    if product.state != wanted:
        raise NotDelivered(f"the product is {product.state}", field="product", value=product.number, expected=wanted)
    return True


def _release_number(sheet: Sheet, step: Step) -> bool:
    resources.release_number(step.item.product_number, actor=sheet.work.actor)
    return True


def _release_sim(sheet: Sheet, step: Step) -> bool:
    resources.release_sim(step.item.product_number, actor=sheet.work.actor)
    return True


_DO: dict[StepKind, _Do] = {
    StepKind.RESERVE_MSISDN: _reserve_msisdn,
    StepKind.RESERVE_SIM: _reserve_sim,
    StepKind.PROVISION_NETWORK: _provision,
    StepKind.ACTIVATE_PRODUCT: _activate,
    StepKind.DEPROVISION_NETWORK: _deprovision,
    StepKind.TERMINATE_PRODUCT: _terminate,
    StepKind.RETIRE_SIM: _retire_sim,
    StepKind.QUARANTINE_MSISDN: _quarantine,
    StepKind.COMPLETE: _complete,
}
_UNDO: dict[Compensation, _Do] = {
    Compensation.RELEASE_MSISDN: _release_number,
    Compensation.RELEASE_SIM: _release_sim,
    Compensation.DEPROVISION_NETWORK: _deprovision,
}
