"""`keras-gt download`: presets into the cache, or a copy into a directory."""

import shutil
from pathlib import Path

from keras_gt.cli.printing import format_size, print_json
from keras_gt.presets import list_presets, open_preset


def add_parser(commands):
    parser = commands.add_parser("download", help="fetch and check presets, print where they are")
    parser.add_argument(
        "presets", nargs="*", metavar="preset", help="names, directories, addresses"
    )
    parser.add_argument("--all", action="store_true", help="every preset with a name")
    parser.add_argument("--sha256", help="the hash that metadata.json must have, for one preset")
    parser.add_argument("--output", type=Path, help="copy them to folders in this directory")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def run(arguments):
    handles = list(list_presets()) if arguments.all else arguments.presets
    if bool(arguments.presets) == arguments.all:
        raise ValueError("Give the presets to download, or --all. Received: neither, or both")
    if arguments.sha256 and len(handles) != 1:
        raise ValueError(f"--sha256 must come with one preset. Received: {len(handles)} presets")
    results = []
    for handle in handles:
        files = open_preset(handle, sha256=arguments.sha256)
        size = files.check_all()
        directory = files.directory
        if arguments.output is not None:
            directory = _copy(files, arguments.output)
        results.append(
            {"preset": handle, "directory": str(directory), "size": size, "sha256": files.sha256}
        )
        if not arguments.json:
            print(f"{handle}: {format_size(size)}, {directory}")
    if arguments.json:
        print_json(results)
    return 0


def _copy(files, output):
    """Copies the checked files of a preset to a new folder of its name."""
    target = output / Path(files.metadata.get("name") or files.directory.name).name
    target.mkdir(parents=True)
    for name in files.files:
        shutil.copyfile(files.path(name), target / name)
    shutil.copyfile(files.directory / "metadata.json", target / "metadata.json")
    return target
