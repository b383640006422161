"""The work list: everything that waits for a person, as one kind of task."""
