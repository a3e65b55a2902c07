"""Settings of a config.json that a model must not get wrong in silence."""

_ACTIVATIONS = {
    "gelu": "gelu",
    "gelu_python": "gelu",
    "gelu_new": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "relu": "relu",
}


def activation_of(config, name, default):
    """Our name of a config's activation: which GELU it is, is a setting."""
    activation = config.get(name, default)
    if activation not in _ACTIVATIONS:
        raise ValueError(
            f"{name} must be one of {list(_ACTIVATIONS)}. Other activations are not supported. "
            f"Received: {name}={activation!r}"
        )
    return _ACTIVATIONS[activation]


def check_values(config, allowed):
    """Raises where a config has a setting that changes the model in a way that ours has not.

    Args:
        config: parsed config.json.
        allowed: dictionary from a setting to the values that it may have, None for absent.
    """
    for name, values in allowed.items():
        if config.get(name) not in values:
            raise ValueError(
                f"{name} must be {values[0]!r} in config.json. This variant of the architecture is "
                f"not supported. Received: {name}={config[name]!r}"
            )
