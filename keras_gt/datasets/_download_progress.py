"""The progress bar of a download."""


class DownloadProgress:
    """A bar on the terminal with the methods that pooch's downloader calls.

    Args:
        description: str, what is being downloaded.
    """

    def __init__(self, description):
        import sys

        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            console=Console(file=sys.stderr),
            transient=True,
        )
        self._task = self._progress.add_task(description, total=None)
        self.total = 0

    def __enter__(self):
        self._progress.start()
        return self

    def __exit__(self, *error):
        self._progress.stop()

    def update(self, num_bytes):
        """Adds `num_bytes` to what has arrived."""
        self._progress.update(self._task, total=self.total or None, advance=num_bytes)

    def reset(self):
        """Sets what has arrived back to nothing."""
        self._progress.reset(self._task)

    def close(self):
        """Ends the bar."""
        self._progress.stop()
