"""Messages that were written before there were several channels get their one way, so that they can still be sent."""

from django.db import migrations

FORWARD = """
    INSERT INTO notify_delivery (id, created_at, changed_at, message_id, position, channel, language, version, subject,
                                 text, html, state, attempts, recipient_masked, reason)
    SELECT gen_random_uuid(), created_at, changed_at, id, 0, channel, language, 0, subject, text, '',
           CASE state WHEN 'completed' THEN 'accepted' WHEN 'failed' THEN 'failed' ELSE 'waiting' END,
           attempts, recipient_masked, ''
    FROM notify_message
"""


class Migration(migrations.Migration):
    dependencies = [("notify", "0002_notices")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
