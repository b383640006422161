"""Who may do what: log-ins of a realm, roles, and the permissions that they carry."""
