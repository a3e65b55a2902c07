"""The error of a pickle that asks for more than arrays."""


class RefusedPickleError(ValueError):
    """A pickle names a class or function that is not on the list of what its format needs."""
