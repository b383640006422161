"""Refusals of messages."""

from linehouse.kernel.error import DomainError, Kind


class UnknownTemplate(DomainError, code="notify.unknown_template", kind=Kind.INVALID):
    """There is no notice of this name, or it has no wording for the channel."""


class MissingVariable(DomainError, code="notify.missing_variable", kind=Kind.INVALID):
    """The notice needs a variable that the message does not give."""


class WrongValue(DomainError, code="notify.wrong_value", kind=Kind.INVALID):
    """A variable's value is not of the kind that the notice declares."""


class NoAddress(DomainError, code="notify.no_address", kind=Kind.REFUSED):
    """The customer has no address for this channel."""


class NoMailer(DomainError, code="notify.no_mailer", kind=Kind.UNAVAILABLE):
    """No mail server is configured."""


class NoSmsCentre(DomainError, code="notify.no_sms_centre", kind=Kind.UNAVAILABLE):
    """No SMS centre is configured."""


class NoticeExists(DomainError, code="notify.notice_exists", kind=Kind.CONFLICT):
    """There is a notice of this name already."""


class NothingDrafted(DomainError, code="notify.nothing_drafted", kind=Kind.CONFLICT):
    """There is no draft to publish or to discard."""


class AlreadyOnItsWay(DomainError, code="notify.already_on_its_way", kind=Kind.CONFLICT):
    """The message has been handed over: it can be neither changed nor cancelled any more."""
