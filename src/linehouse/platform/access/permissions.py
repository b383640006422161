"""Roles and what each may do, as data. Enforced in ``access.service`` alone."""

from __future__ import annotations

PERMISSIONS: dict[str, str] = {
    "customer.read": "see customers, their products, usage and bills",
    "customer.write": "register customers and change their data",
    "order.read": "see orders and their steps",
    "order.write": "capture, retry and cancel orders",
    "catalog.read": "see offerings and tariffs",
    "catalog.publish": "publish a catalog version",
    "usage.read": "see usage records and files",
    "usage.write": "load files, correct and resubmit suspended records",
    "billing.read": "see bill runs and invoices",
    "billing.run": "start and calculate bill runs",
    "billing.approve": "approve and post bill runs",
    "payment.read": "see payments and bank statements",
    "payment.write": "load bank statements and allocate payments",
    "resource.read": "see numbers and SIMs",
    "resource.write": "load numbers and SIMs",
    "network.read": "see what was asked of the network",
    "network.write": "repeat a request to the network",
    "ledger.read": "see accounts, entries and the trial balance",
    "clock.read": "see the business clock",
    "clock.advance": "move the business clock",
    "operations.read": "see events, jobs and settings",
    "operations.write": "retry failed jobs",
}
"""Every permission with its meaning."""

_READ = frozenset(name for name in PERMISSIONS if name.endswith(".read"))

ROLES: dict[str, frozenset[str]] = {
    "admin": frozenset(PERMISSIONS),
    "product": frozenset({"catalog.read", "catalog.publish", "usage.read", "customer.read", "clock.read"}),
    "care": frozenset(
        {
            "customer.read",
            "customer.write",
            "order.read",
            "order.write",
            "catalog.read",
            "usage.read",
            "billing.read",
            "payment.read",
            "resource.read",
            "network.read",
            "clock.read",
        }
    ),
    "finance": frozenset(
        {
            "customer.read",
            "catalog.read",
            "usage.read",
            "billing.read",
            "billing.run",
            "billing.approve",
            "payment.read",
            "payment.write",
            "ledger.read",
            "clock.read",
        }
    ),
    "network": frozenset(
        {
            "resource.read",
            "resource.write",
            "network.read",
            "network.write",
            "usage.read",
            "usage.write",
            "order.read",
            "operations.read",
            "operations.write",
            "clock.read",
        }
    ),
    "marketing": frozenset({"customer.read", "catalog.read", "clock.read"}),
    "auditor": _READ,
}
"""Every role with its permissions; what is not listed is denied."""
