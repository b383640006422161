"""What of parties waits for a person: requests of data subjects, until they are answered."""

from django.utils.translation import gettext_lazy as _

from linehouse.platform.worklist.kinds import task_kind

SUBJECT_REQUEST = "party.subject_request"

ERASED_AGAIN = "party.erased_again"

task_kind(
    SUBJECT_REQUEST,
    queue="privacy",
    title=_("Request about one's own data"),
    permission="privacy.write",
    read="privacy.read",
    due=None,
    link=lambda task: f"privacy/requests/{task.key}",
)
task_kind(
    ERASED_AGAIN,
    queue="privacy",
    title=_("An erased person has contracts after a restore"),
    permission="privacy.write",
    read="privacy.read",
    link=lambda task: f"privacy/requests/{task.key}",
    dismissible=True,
)
