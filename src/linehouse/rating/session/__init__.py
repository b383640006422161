"""The bucket function: what a session may use, what it reserves and what it pays. Pure: values in, values out."""
