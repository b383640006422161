"""Approval: a change that one person proposes and another decides."""
