"""People and organisations: who they are, how they are reached, by what they are identified."""
