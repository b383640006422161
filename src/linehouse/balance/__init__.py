"""Balance: what subscribers may still use, in units and in money, and every movement of it."""
