"""What a network is beyond its arrays: a stride, an eps or the kind of a gate leaves no trace in the weights."""

import inspect

PLAIN = (bool, int, float, str, type(None))


def traits(model):
    """Return the settings of every layer by dotted name, ready for JSON: what its constructor was given and it keeps.

    A layer that keeps a plain value under the name of the argument, ``self.stride = stride``, is described by it.

    >>> from senumpy.models import TinyCNN
    >>> traits(TinyCNN())["bn1"]
    {'eps': 1e-05, 'momentum': 0.1}
    """
    found = {name: _settings(layer) for name, layer in model.named_layers()}
    return {name: settings for name, settings in found.items() if settings}


def _settings(layer):
    arguments = {name for kind in type(layer).__mro__ for name in inspect.signature(kind.__init__).parameters}
    attributes = {name: _plain(value) for name, value in vars(layer).items() if name in arguments}
    return {name: value for name, value in attributes.items() if value is not None}


def _plain(value):
    """Return a value as JSON has it: a function or a class by its name; None for what is no setting."""
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value] if value and all(isinstance(item, PLAIN) for item in value) else None
    if hasattr(value, "item") and not getattr(value, "shape", None):  # one of NumPy's numbers
        return value.item()
    if isinstance(value, PLAIN):
        return value
    return getattr(value, "__name__", None)


def differing(saved, model):
    """Return a sentence for each setting that both have, and that is another one.

    A layer of your own in the place of one of ours has settings of its own: only what both have can be compared.
    """
    here, wrong = traits(model), []
    if not isinstance(saved, dict):
        return ["the manifest does not describe the network"]
    for layer in saved.keys() & here.keys():
        there = saved[layer] if isinstance(saved[layer], dict) else {}
        for name in there.keys() & here[layer].keys():
            if there[name] != here[layer][name]:
                what = f"{layer}.{name}" if layer else name
                wrong.append(f"{what} is {there[name]!r} in the file, {here[layer][name]!r} here")
    return sorted(wrong)
