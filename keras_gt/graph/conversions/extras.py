"""Imports of optional packages, with a message that says how to install them."""

import importlib


def import_extra(module, extra):
    """Import a module of an optional package.

    Args:
        module: str, module name.
        extra: str, the extra of this package that installs it.

    Returns:
        The module.

    Raises:
        ImportError: saying what to install.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ImportError(
            f"{package} is needed for this and could not be imported. "
            f"Install it with: pip install 'keras_gt[{extra}]'"
        ) from error
