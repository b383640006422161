"""Encrypting files that are kept already: for migrations, as ``conversion`` is for columns."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.personal.seal import seal_octets

_PLACE = "documents_storeddocument.content"


def encrypt_files(connection: BaseDatabaseWrapper, kinds: list[str], subject: str, purpose: Purpose) -> int:
    """Seal every plain file of the kinds; ``subject`` is an SQL expression over the row ``t``. Returns how many."""
    count = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                f"SELECT t.id, {subject}, t.content FROM documents_storeddocument t"  # noqa: S608  # from a migration
                f" WHERE t.kind = ANY(%s) AND NOT t.sealed AND {subject} IS NOT NULL ORDER BY t.id LIMIT 20",
                [kinds],
            )
            rows = cursor.fetchall()
            if not rows:
                return count
            for key, owner, content in rows:
                sealed = seal_octets(bytes(content), _PLACE, owner, purpose)
                cursor.execute(
                    "UPDATE documents_storeddocument SET content = %s, sealed = true WHERE id = %s", [sealed, key]
                )
            count += len(rows)
