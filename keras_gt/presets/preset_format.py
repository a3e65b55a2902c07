"""The names, versions and hashes that make up the preset format."""

import hashlib
import re

from keras_gt.presets.integrity_error import IntegrityError

FORMAT_VERSION = 1

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.weights.h5"
TASK_CONFIG_FILE = "task.json"
TASK_WEIGHTS_FILE = "task.weights.h5"
PREPROCESSOR_FILE = "preprocessor.json"
SAMPLE_FILE = "sample.npz"
TOKENIZER_FILE = "tokenizer.json"
CARD_FILE = "README.md"
METADATA_FILE = "metadata.json"
INDEX_FILE = "index.json"

MAX_FILES = 256
MAX_METADATA_BYTES = 4 * 2**20
MAX_CONFIG_BYTES = 16 * 2**20
MAX_TEXT_BYTES = 64 * 2**20

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def check_file_name(name):
    """Returns `name` if it is one plain file name, and refuses every kind of path.

    Example:

    >>> check_file_name("config.json")
    'config.json'
    """
    if not isinstance(name, str) or not _SAFE_NAME.fullmatch(name):
        raise ValueError(
            "A file of a preset must have a plain name (letters, digits, '.', '_', '-') inside "
            f"the preset's own directory. Refuse this preset. Received: file name={name!r}"
        )
    return name


def check_sha256(value, argument="sha256"):
    """Returns `value` if it is a sha256 in lower-case hexadecimal digits."""
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise ValueError(
            f"`{argument}` must be 64 lower-case hexadecimal digits. Take it from "
            f"`sha256sum metadata.json`. Received: {argument}={value!r}"
        )
    return value


def hash_bytes(content):
    return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def hash_file(path):
    """The sha256 and size of a file, as metadata.json stores them."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
    return {"sha256": digest.hexdigest(), "size": size}


def check_hash(name, expected, actual, consequence):
    """Raises `IntegrityError` unless `actual` is `expected` (both from `hash_file`)."""
    if actual["size"] != expected["size"]:
        raise IntegrityError(
            f"{name} must hold {expected['size']} bytes but holds {actual['size']}: it is "
            f"truncated or was changed. {consequence}"
        )
    if actual["sha256"] != expected["sha256"]:
        raise IntegrityError(
            f"{name} must have sha256 {expected['sha256']} but has {actual['sha256']}: it is "
            f"corrupt or was changed. {consequence}"
        )


def check_files_table(files, source):
    """Checks the `files` entry of a metadata.json or index.json: name -> sha256 and size."""
    if not isinstance(files, dict) or not files:
        raise ValueError(
            f"`files` in {source} must map each file to its sha256 and size. Save the preset "
            f"again with `keras_gt.presets.save_preset`. Received: files={files!r:.200}"
        )
    if len(files) > MAX_FILES:
        raise ValueError(
            f"`files` in {source} must name at most {MAX_FILES} files. Refuse this preset. "
            f"Received: {len(files)} files"
        )
    for name, entry in files.items():
        check_file_name(name)
        size = entry.get("size") if isinstance(entry, dict) else None
        if not isinstance(size, int) or isinstance(size, bool) or size < 0:
            raise ValueError(
                f"The entry of {name} in {source} must hold `sha256` and `size`. Save the preset "
                f"again with `keras_gt.presets.save_preset`. Received: {entry!r:.200}"
            )
        check_sha256(entry.get("sha256"), f"files[{name!r}]['sha256']")
    return files
