"""The host operator's provisioning system: a TMF640 v4 server that finishes later and misbehaves on request."""
