"""The host operator's and the roaming partners' usage files, made from a seed: for demo, tests and rehearsal."""
