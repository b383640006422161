"""The control database: which brands exist, their hosts, who works for them, which API clients may call."""
