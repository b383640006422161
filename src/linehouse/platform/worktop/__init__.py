"""What each reader has arranged in a brand: saved filters, the tiles of the dashboard, acts that can be undone."""
