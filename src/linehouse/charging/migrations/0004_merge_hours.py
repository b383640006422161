"""Sums of one hour that came in many statements may be put together, and by nothing else are they ever taken away."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION charging_hours_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('linehouse.merging_hours', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'sums of usage are append-only' USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER charging_usage_hour_append_only ON charging_usage_hour;
CREATE TRIGGER charging_usage_hour_append_only BEFORE UPDATE OR DELETE ON charging_usage_hour
    FOR EACH ROW EXECUTE FUNCTION charging_hours_stay();
"""
BACKWARD = """
DROP TRIGGER charging_usage_hour_append_only ON charging_usage_hour;
CREATE TRIGGER charging_usage_hour_append_only BEFORE UPDATE OR DELETE ON charging_usage_hour
    FOR EACH ROW EXECUTE FUNCTION charging_refuse_change();
DROP FUNCTION charging_hours_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("charging", "0003_cost_and_hours")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
