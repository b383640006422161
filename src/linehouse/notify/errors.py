"""Refusals of messages."""

from linehouse.kernel.error import DomainError, Kind


class UnknownTemplate(DomainError, code="notify.unknown_template", kind=Kind.INVALID):
    """There is no template of this name."""


class MissingVariable(DomainError, code="notify.missing_variable", kind=Kind.INVALID):
    """The template names a variable that the message does not give."""


class NoAddress(DomainError, code="notify.no_address", kind=Kind.REFUSED):
    """The customer has no address for this channel."""


class NoMailer(DomainError, code="notify.no_mailer", kind=Kind.UNAVAILABLE):
    """No mail server is configured."""
