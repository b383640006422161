"""GSMA NRTRDE 2.x (TD.35): roaming usage reported within hours, for control; it is never charged."""
