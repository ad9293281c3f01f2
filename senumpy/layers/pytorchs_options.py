"""Options that PyTorch's layers have and ours have not: said at the call, not by a wrong shape an hour later."""

# By name: the value under which PyTorch's layer does what ours does, and what to do instead of another.
OPTIONS = {
    "dilation": (1, "a larger kernel with zeros between the taps computes the same"),
    "padding_mode": ("zeros", "pad the images before with numpy.pad"),
    "ceil_mode": (False, "sizes are always rounded down; more padding keeps the last rows and columns"),
    "return_indices": (False, "backward finds the winners in the layer's cache"),
    "divisor_override": (None, "scale the output"),
    "affine": (True, "weight and bias can be left out of the optimizer's params instead"),
    "track_running_stats": (True, "keep the layer in training mode instead"),
    "inplace": (False, "leave it out"),
    "device": (None, 'move the layer with layer.to("cupy")'),
}


def refuse_other_options(layer, options):
    """Raise unless every option has the value that PyTorch's layer needs to be ours.

    Raises
    ------
    ValueError
        For an option that is missing here, with the way around it.
    TypeError
        For a name that PyTorch does not know either.
    """
    for name, value in options.items():
        if name not in OPTIONS:
            raise TypeError(f"{type(layer).__name__}() got an unexpected keyword argument {name!r}")
        only, instead = OPTIONS[name]
        if type(value) is not type(only) or value != only:
            raise ValueError(
                f"{type(layer).__name__} knows {name}={only!r} only, as in PyTorch by default, got {value!r}: {instead}"
            )
