"""Small values that several screens hand to their templates, and reading an upload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils.translation import gettext
from django_stubs_ext import StrOrPromise

from linehouse.kernel.error import Invalid
from linehouse.platform.settings import Settings

LARGEST_UPLOAD: Final = 64 * 1024 * 1024
"""Octets of one uploaded file; larger ones go through the inbox folder."""


@dataclass(frozen=True, slots=True)
class Action:
    """A button of a page's head that leads somewhere."""

    label: StrOrPromise
    url: str
    icon: str


def read_upload(upload: UploadedFile[bytes]) -> tuple[str, bytes]:
    """Return an uploaded file's name and content. Raises Invalid for an empty or a very large one."""
    size = upload.size or 0
    if not size:
        raise Invalid(gettext("the file is empty"), field="file", expected=gettext("a file with content"))
    if size > LARGEST_UPLOAD:
        raise Invalid(
            gettext("the file is too large for an upload"),
            field="file",
            expected=gettext("at most 64 MB; use the inbox folder"),
        )
    return upload.name or "upload", upload.read()


def outside_world(request: HttpRequest) -> str:
    """The address of the simulated outside world (mailbox, bank), or nothing where there is none."""
    mine: Settings = settings.SETTINGS
    if not mine.demo:
        return ""
    host, _ = split_domain_port(request.get_host())
    return f"http://{host}:{mine.simulators_port}/"
