"""What payers and their banks wrote is encrypted."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.personal.conversion import Plain, encrypt_table

ENTRY = ("reference", "text", "payer", "payer_account", "end_to_end")
TABLES = (
    Plain(
        table="payment_bankentry",
        columns={name: f"payment_bankentry.{name}" for name in ENTRY},
        subject="t.id",
        purpose=Purpose.HOUSE,
    ),
    Plain(
        table="payment_payment",
        columns={"reference": "payment_payment.reference"},
        subject="t.customer_id",
        purpose=Purpose.LAW,
    ),
)


def encrypt(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Seal what is there."""
    for table in TABLES:
        encrypt_table(schema_editor.connection, table)


class Migration(migrations.Migration):
    phase = "switch"
    why = "values are encrypted from here on; the previous release can neither read nor write them"

    dependencies = [("payment", "0003_encrypted_payers"), ("personal", "0001_initial"), ("clock", "0001_initial")]

    operations = [migrations.RunPython(encrypt, migrations.RunPython.noop)]
