"""SQL of the journal that the charging process shares with the house. No Django, no connection."""
