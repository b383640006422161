"""One small change of what is published, as a new version of the same files."""

from __future__ import annotations

from linehouse.catalog import store
from linehouse.catalog.edits import with_offering
from linehouse.catalog.errors import OfferingUnknown
from linehouse.catalog.lifecycle import OFFERING
from linehouse.catalog.service.publish import Publication, apply_texts
from linehouse.catalog.service.read import exported_files, published
from linehouse.platform.work import Actor, unit_of_work


def change_offering(
    key: str,
    *,
    actor: Actor,
    note: str,
    name: str | None = None,
    text: str | None = None,
    status: str | None = None,
) -> Publication:
    """Publish the newest version again with another name, text (in the brand's language) or status of one offering.

    Everything that publishing asks is asked: examples, checks, products that live. The files keep every other byte.
    None of these changes a price, so that nothing waits for approval.
    Raises OfferingUnknown, IllegalTransition, FilesInvalid, PublishRefused, ValidFromRefused, NothingPublished.
    """
    with unit_of_work(actor, note):
        catalogue = published()
        before = catalogue.offerings.get(key)
        if before is None:
            raise OfferingUnknown("there is no such offering", field="offering", value=key)
        changes: dict[tuple[str, ...], str] = {}
        if name is not None:
            changes[("name",)] = name
        if text is not None:
            changes[("text", catalogue.brand.language)] = text
        if status is not None and status != before.status.value:
            changes[("status",)] = OFFERING.require(before.status.value, status)
        files = with_offering(exported_files(), key, changes)
        newest = store.newest()
        return apply_texts(files, actor=actor, base_version=newest.number if newest else None, note=note)
