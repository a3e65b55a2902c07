"""What is known about one original file."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class FileRecord:
    """One original file of a data set.

    Args:
        name: str, file name.
        url: str, public address, pinned to a commit.
        sha256: str, hexadecimal.
        bytes: int, size.
    """

    name: str
    url: str
    sha256: str
    bytes: int
