"""Our own API for what no TM Forum API speaks of: the business clock, and whether the books hold."""
