"""What bounds a line's usage while it happens: spend caps, bars, attempts, and counters for policy. No Django."""
