"""Host operators' CDR files as separated text: a YAML layout says which column is what."""
