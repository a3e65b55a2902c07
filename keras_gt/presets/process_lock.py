"""A lock that processes on one machine share."""

import contextlib
import os
import time

if os.name == "nt":
    import msvcrt

    def _try_lock(descriptor):
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def process_lock(path, wait_seconds=600.0):
    """Holds an exclusive lock on the file `path` while the block runs.

    The operating system lets go of it when the process ends, however it ends. What the lock
    protects is also safe without it (files are moved into place whole), so a file system that
    cannot lock, or a wait beyond `wait_seconds`, lets the block run all the same.

    Args:
        path: the lock file, made if missing and never deleted.
        wait_seconds: float, the longest wait in seconds.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        deadline = time.monotonic() + wait_seconds
        while time.monotonic() < deadline:
            try:
                _try_lock(descriptor)
                break
            except (BlockingIOError, PermissionError):  # another process holds it
                time.sleep(0.05)
            except OSError:  # this file system has no locks
                break
        yield
    finally:
        os.close(descriptor)
