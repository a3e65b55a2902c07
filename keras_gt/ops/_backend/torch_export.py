"""PyTorch: .pt2 and ONNX through torch.export, with inputs by name and named open sizes."""

import warnings

import torch

FORMATS = ("torch", "onnx")


class _Inference(torch.nn.Module):
    """The model at inference as a module whose forward takes the dictionary of inputs."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, inputs):
        return self.model(inputs, training=False)


def export(model, filepath, format, signature, examples, keras_export):
    """See `keras_gt.ops.exporting.export_model`."""
    device = next(iter(model.parameters())).device
    inputs = {name: torch.as_tensor(array, device=device) for name, array in examples.items()}
    names = {axis for axes, _ in signature.values() for axis in axes if isinstance(axis, str)}
    sizes = {name: torch.export.Dim(name, min=1) for name in sorted(names)}
    open_axes = {
        name: {place: sizes[axis] for place, axis in enumerate(axes) if axis in sizes}
        for name, (axes, _) in signature.items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's notes on its own tracing
        program = torch.export.export(
            _Inference(model).eval(), (inputs,), dynamic_shapes=(open_axes,), strict=False
        )
        if format == "torch":
            torch.export.save(program, filepath)
            return
        torch.onnx.export(
            program,
            (inputs,),
            filepath,
            input_names=list(signature),
            output_names=["output"],
            dynamo=True,
            external_data=False,
            verbose=False,
        )
