"""Characteristics that a brand adds to the main entities: declared as data, typed, searchable; no fork is needed."""
