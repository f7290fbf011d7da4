"""All sessions of a person together: what each was in short, where it has brought them, trends."""
