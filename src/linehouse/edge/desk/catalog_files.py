"""A brand's catalog files in an uploaded archive."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, gettext_lazy

from linehouse.edge.desk.shown import read_upload
from linehouse.kernel.error import Invalid

LARGEST_FILE: Final = 4 * 1024 * 1024
LARGEST_SUM: Final = 64 * 1024 * 1024
MOST_FILES: Final = 500
LONGEST_NUMBER: Final = 9
BASE_FILE: Final = "base-version"
FOLDERS: Final = ("catalog", "tariffs", "zones", "regulation", "controls")
DECKS: Final = "zones"


class FilesForm(forms.Form):
    """The files of a brand's folder as one archive."""

    archive = forms.FileField(
        label=gettext_lazy("Catalog files"),
        help_text=gettext_lazy("A .zip of the brand's folder with brand.yaml and all below."),
    )
    base = forms.IntegerField(
        label=gettext_lazy("Made from version"),
        required=False,
        min_value=0,
        help_text=gettext_lazy(
            "Needed where the archive does not say it itself, as an exported one does. 0 for a first version."
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("What is new, for whoever reads the list of versions."),
    )


def files_of(upload: UploadedFile[bytes]) -> tuple[dict[str, str], int | None]:
    """Return the archive's text files by their path in the brand's folder, and the version that they were made from.

    Raises Invalid for what is no archive, for names that leave the folder, and for unreasonable sizes.
    """
    _, data = read_upload(upload)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise Invalid(
            gettext("this is no zip archive"), field="archive", expected=gettext("a .zip of the brand's folder")
        ) from None
    members = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(members) > MOST_FILES:
        raise Invalid(
            gettext("the archive holds too many files"),
            field="archive",
            expected=gettext("at most %(MOST_FILES)s") % {"MOST_FILES": MOST_FILES},
        )
    if sum(entry.file_size for entry in members) > LARGEST_SUM:
        raise Invalid(
            gettext("the archive unpacks to too much"),
            field="archive",
            expected=gettext("at most %(LARGEST_SUM)s bytes") % {"LARGEST_SUM": LARGEST_SUM},
        )
    found: dict[str, str] = {}
    for entry in members:
        path = PurePosixPath(entry.filename)
        if path.is_absolute() or ".." in path.parts or entry.file_size > LARGEST_FILE:
            raise Invalid(
                gettext("%(filename)s cannot be taken") % {"filename": entry.filename},
                field="archive",
                expected=gettext("a small file inside the folder"),
            )
        try:
            found[str(path)] = archive.read(entry).decode("utf-8")
        except UnicodeDecodeError:
            raise Invalid(
                gettext("%(filename)s is no text") % {"filename": entry.filename},
                field="archive",
                expected=gettext("text in UTF-8"),
            ) from None
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
            # Damaged, encrypted (RuntimeError), or packed in a way that is not known here (a RuntimeError as well).
            raise Invalid(
                gettext("%(filename)s cannot be unpacked") % {"filename": entry.filename},
                field="archive",
                expected=gettext("a sound archive without a password"),
            ) from None
    prefix = next((name.removesuffix("brand.yaml") for name in found if PurePosixPath(name).name == "brand.yaml"), "")
    inside = {name.removeprefix(prefix): text for name, text in found.items() if name.startswith(prefix)}
    base = inside.get(BASE_FILE, "").strip()
    files = {name: text for name, text in inside.items() if name == "brand.yaml" or _is_catalog_file(name)}
    return files, int(base) if base.isascii() and base.isdigit() and len(base) <= LONGEST_NUMBER else None


def archive_of(files: Mapping[str, str], version: int) -> bytes:
    """Return a version's files as an archive that can be uploaded again after a change."""
    text = io.BytesIO()
    with zipfile.ZipFile(text, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, BASE_FILE: f"{version}\n"}.items():
            # A fixed time makes two exports of one version the same bytes.
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    return text.getvalue()


def _is_catalog_file(name: str) -> bool:
    parts = PurePosixPath(name).parts
    deck = parts[0] == DECKS and name.endswith(".csv")
    return name == "logo.svg" or (len(parts) == 2 and parts[0] in FOLDERS and (deck or name.endswith(".yaml")))
