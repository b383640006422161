"""The page of the outside world: the customers' mailbox, their bank, and links to what else is simulated."""
