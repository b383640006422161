"""Client of a host network that speaks TM Forum Service Activation and Configuration (TMF640 v4)."""
