"""What stands before every web request: whose log-ins are meant, is the house alive, who is that."""
