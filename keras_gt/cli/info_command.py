"""`keras-gt info`: the model card of a preset."""

from keras_gt.cli.printing import print_json
from keras_gt.presets import open_preset
from keras_gt.presets.card import make_card


def add_parser(commands):
    parser = commands.add_parser("info", help="the model card of a preset")
    parser.add_argument("preset", help="a name from `keras-gt list`, a directory or an address")
    parser.add_argument("--sha256", help="the hash that its metadata.json must have")
    parser.add_argument("--json", action="store_true", help="print metadata.json")
    return parser


def run(arguments):
    files = open_preset(arguments.preset, sha256=arguments.sha256)
    if arguments.json:
        print_json({**files.metadata, "sha256": files.sha256})
        return 0
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    if console.is_terminal:
        console.print(Markdown(make_card(files.metadata)))
    else:
        print(make_card(files.metadata))
    return 0
