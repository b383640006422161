"""Reading the history of business tables: who changed what, when, from what to what, and why."""
