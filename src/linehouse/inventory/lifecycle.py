"""The states of a product (TMF637) and of a service (TMF638)."""

from __future__ import annotations

from linehouse.kernel.lifecycle import Lifecycle

#: ProductStatusType of TMF637. A suspended product may also be ended directly.
PRODUCT = Lifecycle(
    "inventory.product",
    states=(
        "created",
        "pendingActive",
        "active",
        "suspended",
        "pendingTerminate",
        "terminated",
        "cancelled",
        "aborted",
    ),
    initial=("created", "pendingActive"),
    transitions=(
        ("created", "pendingActive"),
        ("created", "active"),
        ("pendingActive", "active"),
        ("pendingActive", "aborted"),
        ("pendingActive", "cancelled"),
        ("active", "suspended"),
        ("active", "pendingTerminate"),
        ("active", "terminated"),
        ("suspended", "active"),
        ("suspended", "pendingTerminate"),
        ("suspended", "terminated"),
        ("pendingTerminate", "terminated"),
    ),
)

#: ServiceStateType of TMF638: any state may be the first, moves go forward, an active service may rest and come back.
SERVICE = Lifecycle(
    "inventory.service",
    states=(
        "feasibilityChecked",
        "designed",
        "reserved",
        "inactive",
        "active",
        "terminated",
    ),
    initial=("feasibilityChecked", "designed", "reserved", "inactive", "active"),
    transitions=(
        ("feasibilityChecked", "designed"),
        ("feasibilityChecked", "reserved"),
        ("feasibilityChecked", "inactive"),
        ("feasibilityChecked", "active"),
        ("designed", "reserved"),
        ("designed", "inactive"),
        ("designed", "active"),
        ("reserved", "inactive"),
        ("reserved", "active"),
        ("inactive", "active"),
        ("active", "inactive"),
        ("active", "terminated"),
        ("terminated", "active"),
    ),
)
