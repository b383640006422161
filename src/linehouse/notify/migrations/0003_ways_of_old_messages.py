"""Messages that were written before there were several channels get their one way, so that they can still be sent, and
their words are encrypted."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from linehouse.platform.personal.conversion import Plain, encrypt_table

FORWARD = """
    UPDATE notify_message SET owner_id = coalesce(party_id, id);
    UPDATE notify_messageevent SET owner_id = coalesce(party_id, id);
    INSERT INTO notify_delivery (id, created_at, changed_at, message_id, owner_id, position, channel, language, version,
                                 subject, text, html, state, attempts, recipient_masked, reason)
    SELECT gen_random_uuid(), created_at, changed_at, id, owner_id, 0, channel, language, 0, subject, text, '',
           CASE state WHEN 'completed' THEN 'accepted' WHEN 'failed' THEN 'failed' ELSE 'waiting' END,
           attempts, recipient_masked, ''
    FROM notify_message
"""


def encrypt(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Seal the words."""
    for table in ("notify_message", "notify_delivery"):
        columns = {name: f"{table}.{name}" for name in ("subject", "text")}
        encrypt_table(schema_editor.connection, Plain(table=table, columns=columns, subject="t.owner_id"))


class Migration(migrations.Migration):
    phase = "switch"
    why = "columns without a default in the database: rows that the previous release writes would lack them"

    dependencies = [("notify", "0002_notices"), ("clock", "0001_initial"), ("personal", "0001_initial")]

    operations = [
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
        migrations.RunPython(encrypt, migrations.RunPython.noop),
    ]
