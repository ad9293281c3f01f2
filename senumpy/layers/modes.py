"""Training and evaluation are two modes of one network; looking at it must not leave it in the wrong one.

Nor may two who look at once. So nobody writes down a mode and puts it back later: each layer counts who is looking,
thread by thread, and whoever leaves takes away what he brought.
"""

from contextlib import contextmanager, nullcontext
from threading import Lock, current_thread

from senumpy.arguments import check_flag
from senumpy.layers.layer import require_layer

_lock = Lock()


@contextmanager
def evaluation_mode(model, *, gradients=False):
    """Let a model evaluate for one ``with`` block, in this thread, whatever `train` and `eval` say meanwhile.

    With ``gradients`` its layers keep what a backward pass needs, which evaluation does not do by itself.

    >>> from senumpy.models import TinyCNN
    >>> model = TinyCNN()
    >>> with evaluation_mode(model):
    ...     model.training
    False
    >>> model.training
    True
    """
    gradients = check_flag("gradients", gradients)
    with in_use(model), registered(model, "_evaluating"):
        with registered(model, "_keeping") if gradients else nullcontext():
            yield model


@contextmanager
def in_use(model, *, alone=False):
    """Let no other thread run the model for one ``with`` block; the thread that came first goes on undisturbed.

    Parameters
    ----------
    model : Layer
    alone : bool
        Raise at once where another thread came first, rather than at the first forward pass.

    Raises
    ------
    ModelInUseError
    """
    require_layer(model)
    with registered(model, "_users"):
        if alone:
            for _, layer in model.named_layers():
                layer.require_thread()
        yield model


@contextmanager
def registered(model, register):
    """Write this thread into a list that every layer keeps, for one ``with`` block."""
    lists, thread = [getattr(layer, register) for _, layer in model.named_layers()], current_thread()
    with _lock:
        for threads in lists:
            threads.append(thread)
    try:
        yield
    finally:
        with _lock:
            for threads in lists:
                threads.remove(thread)
