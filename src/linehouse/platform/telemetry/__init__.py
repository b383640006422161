"""What the running processes tell: logs without personal values, metrics, traces."""
