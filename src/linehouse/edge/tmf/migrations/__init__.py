"""Schema of the TMF edge."""
