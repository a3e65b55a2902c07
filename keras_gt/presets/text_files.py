"""Long texts of a config, such as a tokenizer's vocabulary, as files of their own in a preset.

A class says by `preset_files`, a dictionary from an argument to a file name, which of its arguments
are such texts. The config then holds None for them; metadata.json holds the file's hash.
"""

import keras


def move_texts_out(config, directory):
    """Writes the texts of a serialised object, and of those inside it, to files.

    Args:
        config: what `keras_gt.presets.safe_config.serialize` returned; changed in place.
        directory: `pathlib.Path` of the preset.

    Raises:
        ValueError: if two objects have different texts for one file.
    """
    for arguments, name, file in _texts(config):
        if arguments.get(name) is None:
            continue
        path, content = directory / file, arguments[name].encode("utf-8")
        if path.is_file() and path.read_bytes() != content:
            raise ValueError(
                f"`{name}` must be one text in a preset, which keeps it as {file}. Save the models "
                "as presets of their own. Received: two different ones"
            )
        path.write_bytes(content)
        arguments[name] = None


def put_texts_back(config, files):
    """Fills in the texts of a checked config from the preset's files.

    Args:
        config: parsed and checked JSON of a preset; changed in place.
        files: `keras_gt.presets.PresetFiles`.
    """
    for arguments, name, file in _texts(config):
        if arguments.get(name) is None and file in files:
            arguments[name] = files.read_text(file)


def _texts(config):
    """(arguments, argument, file name) of each text in a config."""
    registered, found, pending = keras.saving.get_custom_objects(), [], [config]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            cls = registered.get(item.get("registered_name"))
            for name, file in getattr(cls, "preset_files", {}).items():
                found.append((item["config"], name, file))
            pending += item.values()
        elif isinstance(item, list):
            pending += item
    return found
