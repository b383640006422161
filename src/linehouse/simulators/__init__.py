"""The counterparts of a brand, over the same wires and files as the real ones: for demo, tests and rehearsal."""
