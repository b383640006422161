"""The only rooms that wire things and read the environment: command line, supervisor and process entry points."""
