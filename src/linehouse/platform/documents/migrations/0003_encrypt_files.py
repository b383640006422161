"""Usage files and bank statements tell of many people; they are encrypted under the brand's own key."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.personal.file_conversion import encrypt_files


def encrypt(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Seal what is there."""
    encrypt_files(schema_editor.connection, ["usage.raw", "bank.statement"], "t.id", Purpose.HOUSE)


class Migration(migrations.Migration):
    phase = "switch"
    why = "values are encrypted from here on; the previous release can neither read nor write them"

    dependencies = [
        ("documents", "0002_storeddocument_sealed"),
        ("personal", "0001_initial"),
        ("clock", "0001_initial"),
    ]

    operations = [migrations.RunPython(encrypt, migrations.RunPython.noop)]
