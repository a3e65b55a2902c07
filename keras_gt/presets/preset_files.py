"""One preset directory, read with checks."""

import json
from pathlib import Path

from keras_gt.presets.integrity_error import IntegrityError
from keras_gt.presets.preset_format import (
    FORMAT_VERSION,
    MAX_CONFIG_BYTES,
    MAX_METADATA_BYTES,
    MAX_TEXT_BYTES,
    METADATA_FILE,
    check_file_name,
    check_files_table,
    check_hash,
    check_sha256,
    hash_bytes,
    hash_file,
)


class PresetFiles:
    """The files of one preset: each is checked against its sha256 and size before it is used.

    metadata.json names every other file with its sha256 and size, so that one hash, that of
    metadata.json, pins the whole preset. Nothing outside the directory is ever opened: file
    names are plain names, and a symbolic link that leads out is refused.

    Args:
        directory: path of the preset.
        handle: str, how the user named the preset; for messages.
        sha256: str or None, the sha256 that metadata.json must have.
        boundary: path or None, the directory that links may not leave; the preset's own by
            default (the Hugging Face cache links each file to a neighbouring folder).

    Raises:
        FileNotFoundError: if there is no metadata.json.
        IntegrityError: (a ValueError) if a file differs from its hash or size.
        ValueError: if metadata.json is not that of a preset this version reads.
    """

    def __init__(self, directory, handle=None, sha256=None, boundary=None):
        self.directory = Path(directory)
        self.handle = str(handle if handle is not None else directory)
        self.boundary = Path(boundary if boundary is not None else directory).resolve()
        self._checked = set()
        content = self._read_bytes(METADATA_FILE, MAX_METADATA_BYTES)
        self.sha256 = hash_bytes(content)["sha256"]
        if sha256 is not None and self.sha256 != check_sha256(sha256):
            raise IntegrityError(
                f"{METADATA_FILE} of '{self.handle}' must have the sha256 {sha256} but has "
                f"{self.sha256}: the preset is corrupt, was changed, or is another version. "
                "Use a copy that has the expected hash."
            )
        self.metadata = parse_metadata(content, self.handle)
        self.files = self.metadata["files"]

    def __contains__(self, name):
        return name in self.files

    def path(self, name):
        """The path of a file, once its sha256 and size have been checked."""
        if name not in self.files:
            raise FileNotFoundError(
                f"The preset '{self.handle}' has no {name}. It holds: {', '.join(self.files)}."
            )
        path = self._inside(name)
        if name not in self._checked:
            actual = hash_file(self._existing(path, name))
            self._check(name, actual)
        return path

    def read_json(self, name):
        """The content of a JSON file, parsed from the same bytes that were checked."""
        if name not in self.files:
            self.path(name)
        content = self._read_bytes(name, MAX_CONFIG_BYTES)
        self._check(name, hash_bytes(content))
        return parse_json(content, f"{name} of '{self.handle}'")

    def read_text(self, name):
        """The content of a text file, from the same bytes that were checked."""
        if name not in self.files:
            self.path(name)
        content = self._read_bytes(name, MAX_TEXT_BYTES)
        self._check(name, hash_bytes(content))
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(
                f"{name} of '{self.handle}' must be UTF-8 text. Fetch it again. Received: {error}"
            ) from None

    def check_all(self):
        """Checks every file; returns their total size in bytes."""
        for name in self.files:
            self.path(name)
        return sum(entry["size"] for entry in self.files.values())

    def _check(self, name, actual):
        check_hash(
            f"{name} of '{self.handle}' ({self.directory / name})",
            self.files[name],
            actual,
            "Fetch the preset again; if you changed the file on purpose, run "
            "`keras_gt.presets.update_metadata(directory)`.",
        )
        self._checked.add(name)

    def _inside(self, name):
        path = self.directory / check_file_name(name)
        if not path.resolve().is_relative_to(self.boundary):
            raise ValueError(
                f"Every file of a preset must lie in its own directory. Refuse this preset: a "
                f"link leads out of it. Received: {path} -> {path.resolve()}"
            )
        return path

    def _existing(self, path, name):
        if not path.is_file():
            raise FileNotFoundError(
                f"'{self.handle}' has no {name} in {self.directory}. A preset is a directory "
                "that `save_to_preset` wrote; is it complete, and is the path right?"
            )
        return path

    def _read_bytes(self, name, limit):
        path = self._existing(self._inside(name), name)
        with open(path, "rb") as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise ValueError(
                f"{name} must be at most {limit} bytes. Refuse this preset. "
                f"Received: {path.stat().st_size} bytes in {path}"
            )
        return content


def parse_json(content, source):
    """Parses JSON bytes; every way to fail is a ValueError that names the source."""
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{source} must be valid JSON. Fetch it again. Received: {error}"
        ) from None


def parse_metadata(content, handle):
    """Parses and checks the bytes of a metadata.json."""
    source = f"{METADATA_FILE} of '{handle}'"
    metadata = parse_json(content, source)
    version = metadata.get("format_version") if isinstance(metadata, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ValueError(
            f"{source} must have an integer `format_version`. Use a preset that "
            f"`save_to_preset` of keras_gt wrote. Received: format_version={version!r:.100}"
        )
    if version > FORMAT_VERSION:
        raise ValueError(
            f"{source} has format version {version}; this keras_gt reads up to {FORMAT_VERSION}. "
            f"Install a newer keras_gt. Received: format_version={version}"
        )
    check_files_table(metadata.get("files"), source)
    return metadata
