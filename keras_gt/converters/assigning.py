"""Arrays of a checkpoint into the layers of a model, by name."""


def dense(checkpoint, layer, name, transposed=True):
    """A `Dense`: kernel and bias.

    transposed: bool, whether the checkpoint's kernel is (units, inputs), as torch has it.
    """
    inputs, units = layer.kernel.shape
    kernel = checkpoint.take(f"{name}.weight", (units, inputs) if transposed else (inputs, units))
    layer.kernel.assign(kernel.T if transposed else kernel)
    layer.bias.assign(checkpoint.take(f"{name}.bias", layer.bias.shape))


def norm(checkpoint, layer, name):
    """A `LayerNormalization`."""
    layer.gamma.assign(checkpoint.take(f"{name}.weight", layer.gamma.shape))
    layer.beta.assign(checkpoint.take(f"{name}.bias", layer.beta.shape))


def table(checkpoint, layer, name):
    """A `CategoricalEmbedding` of one column."""
    layer.table.assign(checkpoint.take(f"{name}.weight", layer.table.shape))
