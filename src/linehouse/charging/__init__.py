"""Charging: usage is priced, buckets and balances pay, the journal knows, and every figure can be explained."""
