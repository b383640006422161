"""The edges: every protocol and screen through which the outside talks to the rooms."""
