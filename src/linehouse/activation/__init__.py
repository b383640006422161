"""What we ask of the host network: the desired state of each line, asked for until it is confirmed."""
