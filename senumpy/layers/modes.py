"""Training and evaluation are two modes of one network; looking at it must not leave it in the wrong one."""

from contextlib import contextmanager


@contextmanager
def evaluation_mode(model):
    """Switch a model to evaluation for one ``with`` block, and put every layer's mode back afterwards.

    >>> from senumpy.models import TinyCNN
    >>> model = TinyCNN()
    >>> with evaluation_mode(model):
    ...     model.training
    False
    >>> model.training
    True
    """
    modes = [(layer, layer.training) for _, layer in model.named_layers()]
    model.eval()
    try:
        yield model
    finally:
        for layer, training in modes:
            layer.training = training
