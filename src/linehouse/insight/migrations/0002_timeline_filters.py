"""Entries know their kind, channel and words; those that are there get them from their events."""

from django.db import migrations, models

FILL = """
UPDATE insight_timelinerow SET
    kind = CASE split_part(event, '.', 1)
        WHEN 'activation' THEN 'network' WHEN 'resource' THEN 'network' WHEN 'balance' THEN 'allowance'
        WHEN 'billing' THEN 'bill' WHEN 'charging' THEN 'usage' WHEN 'usage' THEN 'usage'
        WHEN 'customer' THEN 'customer' WHEN 'party' THEN 'customer' WHEN 'inventory' THEN 'product'
        WHEN 'notify' THEN 'message' WHEN 'ordering' THEN 'order' WHEN 'payment' THEN 'payment' ELSE 'other' END,
    channel = left(coalesce(nullif(facts->>'channel', ''), facts->>'method', ''), 30),
    direction = CASE
        WHEN event IN ('payment.payment.received', 'ordering.order.captured') THEN 'inbound'
        WHEN event LIKE 'notify.%' THEN 'outbound' ELSE '' END,
    words = lower(translate(event, '._', '  ') || ' ' || facts::text || ' ' || actor)
"""


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="timelinerow",
            name="kind",
            field=models.CharField(max_length=20, db_default="other", help_text="what sort of thing happened"),
        ),
        migrations.AddField(
            model_name="timelinerow", name="channel", field=models.CharField(max_length=30, blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="timelinerow", name="direction", field=models.CharField(max_length=10, blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="timelinerow",
            name="words",
            field=models.TextField(blank=True, db_default="", help_text="title and text in lower case, to be searched"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="timelinerow",
            index=models.Index(fields=["customer_id", "kind", "-at", "-position"], name="timeline_of_kind"),
        ),
    ]
