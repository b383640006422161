"""Rated usage stays append-only but for one thing: with whom it was may be emptied, and nothing else with it."""

from django.db import migrations

FORGETTING = """
CREATE FUNCTION charging_only_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.peer = '' AND to_jsonb(NEW) - 'peer' = to_jsonb(OLD) - 'peer' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rated usage is append-only' USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER charging_rated_usage_append_only ON charging_rated_usage;
CREATE TRIGGER charging_rated_usage_append_only BEFORE UPDATE OR DELETE ON charging_rated_usage
    FOR EACH ROW EXECUTE FUNCTION charging_only_forget();
"""
BEFORE = """
DROP TRIGGER charging_rated_usage_append_only ON charging_rated_usage;
CREATE TRIGGER charging_rated_usage_append_only BEFORE UPDATE OR DELETE ON charging_rated_usage
    FOR EACH ROW EXECUTE FUNCTION charging_refuse_change();
DROP FUNCTION charging_only_forget();
"""


class Migration(migrations.Migration):
    dependencies = [("charging", "0001_initial")]

    operations = [migrations.RunSQL(FORGETTING, BEFORE)]
