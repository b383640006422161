"""The columns of a rated record, as every writer fills them."""

from __future__ import annotations

WRITTEN = """
record_id uuid, record_key text, file_id uuid, customer_id uuid, subscription_id uuid, subscription text,
account_id uuid, account text, billing_mode text, usage_type text, direction text, started_at timestamptz,
quantity bigint, unit text, peer text, network text, number_zone text, network_zone text, tariff text,
catalog_version int, rule text, verdict text, line_group text, label jsonb, clause text, covered_by text,
currency text, tax_mode text, tax_category text, tax_code text, gl text, amount bigint, net bigint, gross bigint,
uncollected bigint, loss bigint, blocked bigint, unit_takes jsonb, money_takes jsonb, explanation jsonb,
offering text, segment text, device text, cost bigint, cost_rule text, cost_reason text,
throttled bigint, redirected bigint, reason text, counted jsonb, counted_in date, told jsonb
"""
NAMES = ", ".join(column.split()[0] for column in WRITTEN.split(","))
