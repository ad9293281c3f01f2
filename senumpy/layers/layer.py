"""A layer remembers: its parameters, their gradients, and what the backward pass will need."""

from senumpy import backend
from senumpy.layers.state import load_state, state_of


class Layer:
    """The base of all layers: state around a pair of operations.

    A leaf layer fills the dictionaries below; a composite one registers its parts with `add` and keeps none itself.

    Attributes
    ----------
    params, grads : dict of name to array
        Parameters and their gradients, same keys, of this layer and all its children. Names are PyTorch's, joined by
        dots: ``"conv1.weight"``. Optimizers update the arrays in place; backward overwrites the gradients, which are
        None before the first.
    buffers : dict of name to array
        State that is not trained: batch norm's running statistics.
    children : dict of name to Layer
    training : bool
        Set by `train` and `eval`; batch norm looks at it.
    """

    def __init__(self):
        self.children = {}
        self.training = True
        self.cache = None
        self._params, self._grads, self._buffers = {}, {}, {}

    def forward(self, x):
        """Return the output for x and keep what backward needs."""
        raise TypeError(f"{type(self).__name__} defines no forward pass")

    def backward(self, dout):
        """Set the gradients of the parameters and return the gradient of the input of the last forward pass."""
        raise TypeError(f"{type(self).__name__} defines no backward pass")

    def backward_params(self, dout):
        """Set the gradients of the parameters only.

        Training needs no more of the first layer, since nobody changes the images. A layer that can save work by it
        (a convolution: a third) says so by its own version of this method.
        """
        self.backward(dout)

    def __call__(self, x):
        return self.forward(x)

    def add(self, name, layer):
        """Register a child under a name, in place of one that has it, and return it.

        A layer has one cache, so it can stand in one place only.
        """
        replaced = self.children.get(name, Layer())
        here = {id(mine) for _, mine in self.named_layers()} - {id(part) for _, part in replaced.named_layers()}
        for path, part in layer.named_layers(name):
            if id(part) in here:
                raise ValueError(
                    f"the {type(part).__name__} called {path!r} is in the model already: its second forward pass would "
                    "overwrite what the first backward pass needs. Make a new layer for each place"
                )
        self.children[name] = layer
        return layer

    def named_layers(self, prefix=""):
        """Yield ``(dotted name, layer)`` for this layer (named "") and all its descendants, in order."""
        yield prefix, self
        for name, child in self.children.items():
            yield from child.named_layers(f"{prefix}.{name}" if prefix else name)

    @property
    def params(self):
        return self._collect("_params")

    @property
    def grads(self):
        return self._collect("_grads")

    @property
    def buffers(self):
        return self._collect("_buffers")

    def _collect(self, kind):
        """Return the layer's own dictionary where it has no children, else all of them in one, with dotted names."""
        if not self.children:
            return getattr(self, kind)
        return {
            f"{prefix}.{name}" if prefix else name: array
            for prefix, layer in self.named_layers()
            for name, array in getattr(layer, kind).items()
        }

    def train(self):
        """Switch this layer and its children to training, and return it."""
        return self._set_training(True)

    def eval(self):
        """Switch this layer and its children to evaluation, and return it."""
        return self._set_training(False)

    def _set_training(self, training):
        for _, layer in self.named_layers():
            layer.training = training
        return self

    def state_dict(self):
        """Return copies of all parameters and buffers as NumPy arrays by name: what a checkpoint needs."""
        return state_of(self)

    def load_state_dict(self, state):
        """Copy arrays into the parameters and buffers of the same names.

        Parameters
        ----------
        state : dict of name to array
            As from `state_dict`, or from the same module in PyTorch: tensors, Parameters and lists are read too, in any
            floating-point type, and a checkpoint may be given whole. A word before every name ("module.", "model.",
            "backbone.") is taken off, 1 x 1 convolutions fill linear layers, ``num_batches_tracked`` is passed over.

        Raises
        ------
        ValueError
            Where names or shapes differ, or numbers are not finite; nothing is loaded then.
        """
        load_state(self, state)

    def to(self, name):
        """Move all arrays to the backend ``name``, "numpy" or "cupy", and return the layer.

        New arrays replace the old, so build the optimizer afterwards. Caches and gradients are dropped.
        """
        with backend.use(name) as xp:
            for _, layer in self.named_layers():
                layer.forget()
                layer._grads = dict.fromkeys(layer._params)
                for arrays in (layer._params, layer._buffers):
                    for key, array in arrays.items():
                        arrays[key] = xp.asarray(backend.to_numpy(array))
        return self

    def forget(self):
        """Let go of what the last forward pass left behind, before the next one needs the memory."""
        self.cache = None

    def require_cache(self):
        """Return the cache of the last forward pass, or explain that there was none."""
        if self.cache is None:
            raise ValueError(f"{type(self).__name__}.backward needs a forward pass first: call forward(x)")
        return self.cache
