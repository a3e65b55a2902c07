"""Fetching one file over https, checked while it arrives."""

import hashlib
import http.client
import ipaddress
import os
import socket
import time
import urllib.error
import urllib.parse
import urllib.request

from keras_gt.presets.no_network_error import NoNetworkError
from keras_gt.presets.preset_format import check_hash

TIMEOUT_SECONDS = 30.0
SLOWEST_BYTES_PER_SECOND = 4096
_CHUNK = 1 << 16


def is_loopback(host):
    """Whether a host name or address is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def check_url(url):
    """Returns the split URL if it is https, or http to this very machine."""
    parts = urllib.parse.urlsplit(url)
    secure = parts.scheme == "https" and parts.hostname
    if not secure and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ValueError(
            "The address of a preset must be https:// (http:// only to this machine). Use an "
            f"https:// address, or download the directory and pass its path. Received: {url!r}"
        )
    return parts


def file_url(base_url, name):
    """The URL of a file below a base URL; a query such as an access token is kept."""
    parts = check_url(base_url)
    path = f"{parts.path.rstrip('/')}/{urllib.parse.quote(name)}"
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def shown_url(url):
    """A URL without user name, password and query, for messages."""
    parts = urllib.parse.urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urllib.parse.urlunsplit((parts.scheme, host, parts.path, "", ""))


class _CheckedRedirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to where a preset may come from."""

    def redirect_request(self, request, file, code, message, headers, new_url):
        check_url(new_url)
        return super().redirect_request(request, file, code, message, headers, new_url)


def _open(url, timeout):
    handlers = [_CheckedRedirects()]
    if is_loopback(check_url(url).hostname):
        handlers.append(urllib.request.ProxyHandler({}))
    opener = urllib.request.build_opener(*handlers)
    request = urllib.request.Request(url, headers={"User-Agent": "keras_gt"})
    return opener.open(request, timeout=timeout)


def _explain(error, url, timeout):
    """The error to raise for a failed download."""
    shown = shown_url(url)
    reason = getattr(error, "reason", error)
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        if error.code in (404, 410):
            return FileNotFoundError(f"{shown} does not exist (HTTP {error.code}).")
        return OSError(f"The server refused {shown}: HTTP {error.code} {error.reason}.")
    if isinstance(reason, TimeoutError):
        return TimeoutError(
            f"{shown} did not answer within {timeout:g} s. Try again, or download the directory "
            "and pass its path."
        )
    if isinstance(error, http.client.IncompleteRead | ConnectionResetError):
        return ConnectionError(f"The connection broke while reading {shown}. Try again.")
    if isinstance(reason, socket.gaierror | ConnectionError) or _is_unreachable(reason):
        return NoNetworkError(f"no network: {shown} could not be reached ({reason}).")
    return OSError(f"{shown} could not be fetched: {reason}.")


def _is_unreachable(reason):
    return isinstance(reason, OSError) and "unreachable" in str(reason).lower()


def _receive(url, expected, limit, timeout, sink):
    """Writes the body of a URL to `sink`; returns its hash and size."""
    digest, size = hashlib.sha256(), 0
    most = limit if expected is None else expected["size"]
    deadline = time.monotonic() + timeout + most / SLOWEST_BYTES_PER_SECOND
    with _open(url, timeout) as response:
        while block := response.read1(_CHUNK):
            size += len(block)
            digest.update(block)
            sink(block)
            if size > most:
                break
            if time.monotonic() > deadline:
                raise TimeoutError("too slow")
        missing = response.length
    if expected is None and size > limit:
        raise OSError(f"the answer is larger than {limit} bytes")
    if expected is None and missing:
        raise http.client.IncompleteRead(b"", missing)
    return {"sha256": digest.hexdigest(), "size": size}


def fetch(url, *, expected=None, limit=None, sink, timeout=None):
    """Fetches one URL and checks it.

    Args:
        url: str, https (http only to this machine); redirects obey the same rule.
        expected: dict with `sha256` and `size`, or None where no hash is known.
        limit: int, the most bytes to read where no size is known.
        sink: function of bytes that stores what arrives.
        timeout: float or None, the longest silence in seconds; default `TIMEOUT_SECONDS`.

    Raises:
        NoNetworkError: if the host cannot be reached.
        TimeoutError: if the server is silent or far too slow.
        FileNotFoundError: if the server has no such file.
        IntegrityError: if size or sha256 differ from `expected`.
        OSError: for every other failure.
    """
    timeout = TIMEOUT_SECONDS if timeout is None else timeout
    try:
        actual = _receive(url, expected, limit, timeout, sink)
    except (OSError, http.client.HTTPException) as error:
        raise _explain(error, url, timeout) from error
    if expected is not None:
        check_hash(shown_url(url), expected, actual, "It was deleted; try again or tell its owner.")


def fetch_bytes(url, limit, timeout=None):
    """The body of a small file, as bytes."""
    blocks = []
    fetch(url, limit=limit, sink=blocks.append, timeout=timeout)
    return b"".join(blocks)


def fetch_file(url, path, expected, timeout=None):
    """Fetches a file to `path`; deletes it again if it is not what was expected."""
    try:
        with open(path, "xb") as file:
            fetch(url, expected=expected, sink=file.write, timeout=timeout)
    except BaseException:
        if os.path.exists(path):
            os.unlink(path)
        raise
