"""Usage: files in, records out: read, normalised, deduplicated, identified, or held in suspense with a reason."""
