"""A simulated packet gateway, SMF and application that charge subscribers live, at the charging process's doors."""
