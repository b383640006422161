"""What orders asked for is looked after by their steps; only corrections are nobody else's."""

from django.db import migrations


class Migration(migrations.Migration):
    """Marks the requests that are there already."""

    dependencies = (("activation", "0002_drift"),)

    operations = (
        migrations.RunSQL(
            "UPDATE activation_request SET followed = true WHERE key NOT LIKE '%%/correction/%%'",
            migrations.RunSQL.noop,
        ),
    )
