"""Names of customers and accounts are encrypted under the key of their party."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from linehouse.platform.personal.conversion import Plain, encrypt_table

TABLES = (
    Plain(
        table="customer_customer",
        columns={"name": "customer_customer.name", "state_reason": "customer_customer.state_reason"},
        subject="t.party_id",
    ),
    Plain(
        table="customer_billingaccount",
        columns={"name": "customer_billingaccount.name"},
        subject="(SELECT c.party_id FROM customer_customer c WHERE c.id = t.customer_id)",
    ),
)


def encrypt(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Seal what is there."""
    for table in TABLES:
        encrypt_table(schema_editor.connection, table)


class Migration(migrations.Migration):
    phase = "switch"
    why = "the previous release cannot read what is encrypted"

    dependencies = [("customer", "0003_encrypted_columns"), ("party", "0004_encrypt_values")]

    operations = [migrations.RunPython(encrypt, migrations.RunPython.noop)]
