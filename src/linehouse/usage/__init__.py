"""Usage: files in, records out: collected, read, normalised, deduplicated, identified, or held in suspense with a reason."""
