class NoNetworkError(ConnectionError):
    """The host of a preset could not be reached at all."""
