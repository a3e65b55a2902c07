class IntegrityError(ValueError):
    """A file of a preset is not the file that its metadata, or its pin, names."""
