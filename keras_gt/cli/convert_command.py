"""`keras-gt convert`: a trained Transformer of another library as a preset."""

from keras_gt.cli.printing import format_size, print_json


def add_parser(commands):
    parser = commands.add_parser(
        "convert",
        help="turn a directory of Hugging Face into a preset",
        description="Reads config.json, the weights and the tokenizer of BERT, RoBERTa, ALBERT, a "
        "sentence encoder made of one of them, or GPT-2, and writes them as a preset: the same "
        "numbers on every backend. Nothing is downloaded, and no code of the directory is run.",
    )
    parser.add_argument("directory", help="a directory with config.json and model.safetensors")
    parser.add_argument("preset", help="the directory to write")
    parser.add_argument("--tokenizer", metavar="FILE", help="a tokenizer.json from elsewhere")
    parser.add_argument("--licence", metavar="WORDS", help="the licence of the weights")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def run(arguments):
    from keras_gt.converters import from_hugging_face
    from keras_gt.presets import open_preset

    tokenizer = None
    if arguments.tokenizer is not None:
        with open(arguments.tokenizer, encoding="utf-8") as file:
            tokenizer = file.read()
    model = from_hugging_face(arguments.directory, tokenizer=tokenizer)
    metadata = _metadata(model, arguments.licence)
    model.save_to_preset(arguments.preset, metadata=metadata, sample=_sample(model))
    files = open_preset(arguments.preset)
    result = {
        "preset": str(files.directory),
        "class_name": type(model).__name__,
        "backbone": type(model.backbone).__name__,
        "parameters": model.count_params(),
        "size": files.check_all(),
        "tokenizer": "tokenizer.json" in files,
        "left_out": model.left_out,
    }
    if arguments.json:
        print_json(result)
        return 0
    print(
        f"{result['preset']}: {result['class_name']} on {result['backbone']}, "
        f"{result['parameters']:,} parameters, {format_size(result['size'])}"
    )
    if not result["tokenizer"]:
        print("without a tokenizer: the directory has none; --tokenizer names one")
    if result["left_out"]:
        print(f"left out, of output layers: {', '.join(result['left_out'])}")
    return 0


def _sample(model):
    """A sentence by which `keras-gt verify` checks the preset; None where its output is large."""
    from keras_gt.models import TextEmbedder
    from keras_gt.models.text_batches import padded_tokens

    if model.preprocessor is None or not isinstance(model, TextEmbedder):
        return None
    return padded_tokens(model.preprocessor.token_ids(["Who may read whom, is data."]))


def _metadata(model, licence):
    notes = ["Converted from a checkpoint in the format of Hugging Face."]
    if model.left_out:
        notes.append(f"Tensors of output layers were left out: {', '.join(model.left_out)}.")
    metadata = {"notes": notes}
    if licence is not None:
        metadata["licence"] = {"weights": licence}
    return metadata
