"""PUKs are secrets of whoever gets the card; they are encrypted under the brand's own key."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.personal.conversion import Plain, encrypt_table

SIMS = Plain(
    table="resource_simcard", columns={"puk": "resource_simcard.puk"}, subject="t.id", purpose=Purpose.HOUSE
)


def encrypt(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Seal what is there."""
    encrypt_table(schema_editor.connection, SIMS)


class Migration(migrations.Migration):
    phase = "switch"
    why = "values are encrypted from here on; the previous release can neither read nor write them"

    dependencies = [("resource", "0002_encrypted_puk"), ("personal", "0001_initial"), ("clock", "0001_initial")]

    operations = [migrations.RunPython(encrypt, migrations.RunPython.noop)]
