"""What can go wrong with products and services."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class ProductNotFound(DomainError, code="inventory.product_not_found", kind=Kind.NOT_FOUND):
    """No product with that id or number."""


class ServiceNotFound(DomainError, code="inventory.service_not_found", kind=Kind.NOT_FOUND):
    """No service with that id."""


class ProductDiffers(DomainError, code="inventory.product_differs", kind=Kind.CONFLICT):
    """The order item has its product already, and this request describes another one."""


class ParentNotActive(DomainError, code="inventory.parent_not_active", kind=Kind.REFUSED):
    """An add-on needs a plan that is active and belongs to the same customer."""


class ListUnknown(DomainError, code="inventory.list_unknown", kind=Kind.NOT_FOUND):
    """The brand has no list of that name: brand.yaml declares them as `friend-lists`."""


class ListFull(DomainError, code="inventory.list_full", kind=Kind.REFUSED):
    """The list holds as many numbers as the brand allows."""


class ListedAlready(DomainError, code="inventory.listed_already", kind=Kind.CONFLICT):
    """The number stands on that list of the line."""


class NotListed(DomainError, code="inventory.not_listed", kind=Kind.NOT_FOUND):
    """The number does not stand on that list of the line."""


class NoFriend(DomainError, code="inventory.no_friend", kind=Kind.INVALID):
    """Not a number that a list can hold: only telephone numbers of others, with their country."""


class GroupUnknown(DomainError, code="inventory.group_unknown", kind=Kind.NOT_FOUND):
    """There is no closed user group of that key."""


class GroupExists(DomainError, code="inventory.group_exists", kind=Kind.CONFLICT):
    """A closed user group has that key already."""


class GroupKeyInvalid(DomainError, code="inventory.group_key_invalid", kind=Kind.INVALID):
    """A key is small letters, digits and hyphens, as tariffs write it."""


class MemberAlready(DomainError, code="inventory.member_already", kind=Kind.CONFLICT):
    """It belongs to the group."""


class NoMember(DomainError, code="inventory.no_member", kind=Kind.NOT_FOUND):
    """It does not belong to the group."""
