"""A layer: a pair of operations, with parameters and gradients by name, its own and those of its children."""

from senumpy import backend
from senumpy.layers.memory import Memory
from senumpy.layers.named import NamedArrays
from senumpy.layers.not_a_layer import not_a_layer
from senumpy.layers.state import load_state, state_of


class Layer(Memory):
    """The base of all layers: state around a pair of operations.

    A leaf layer fills the dictionaries ``_params``, ``_grads`` and ``_buffers``; a composite one registers its parts
    with `add`.

    One model, one thread: what forward leaves behind is there for one backward pass, or one look at the gates. While
    one thread trains, evaluates or looks, another one's forward pass raises a `ModelInUseError`. Give each thread its
    own ``copy.deepcopy(model)``, which is cheap. And forward keeps its input, not a copy: who changes it in place
    before backward has run changes the gradients.

    Attributes
    ----------
    params, grads : mapping of name to array
        Parameters and their gradients, same keys, of this layer and all its children. Names are PyTorch's, joined by
        dots: ``"conv1.weight"``. ``params[name] = w`` copies new values into the parameter, ``grads[name] = g`` puts
        another gradient in its place; a wrong shape or type is a ValueError. Backward overwrites the gradients, which
        are None before the first.
    buffers : mapping of name to array
        State that is not trained: batch norm's running statistics.
    children : dict of name to Layer
    training : bool
        Set by `train` and `eval`; batch norm looks at it.
    """

    def __init__(self):
        super().__init__()
        self.children = {}
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

        Raises
        ------
        ValueError
            For something that is not a layer, one that is in the model already, or a name with a dot in it.
        """
        require_layer(layer, f"layer {name!r}")
        if not isinstance(name, str) or not name or "." in name:
            raise ValueError(f"the name of a layer must be a word without dots, which join names, got {name!r}")
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
        return NamedArrays(self._places("_params"))

    @property
    def grads(self):
        return NamedArrays(self._places("_grads"), like=self.params)

    @property
    def buffers(self):
        return NamedArrays(self._places("_buffers"))

    def replace_params(self, arrays):
        """Put arrays, perhaps of other shapes, in the place of this layer's own parameters; gradients are dropped."""
        self.forget()
        self._params = dict(arrays)
        self._grads = dict.fromkeys(self._params)

    def count_parameters(self):
        """Return how many numbers are trained."""
        return sum(p.size for p in self.params.values())

    def _places(self, kind):
        """Return where each array lives: by dotted name, the dictionary of the layer that holds it, and its key."""
        return {
            f"{prefix}.{name}" if prefix else name: (getattr(layer, kind), name)
            for prefix, layer in self.named_layers()
            for name in getattr(layer, kind)
        }

    def train(self):
        """Switch this layer and its children to training, and return it."""
        return self._set_training(True)

    def eval(self, *, gradients=False):
        """Switch this layer and its children to evaluation, and return it.

        Evaluation keeps nothing for a backward pass, which saves most of its memory, unless ``gradients`` asks for it.
        """
        return self._set_training(False).keep_caches(gradients)

    def _set_training(self, training):
        for _, layer in self.named_layers():
            layer.training = training
        return self

    def keep_caches(self, keep=True):
        """Let this layer and its children keep in evaluation, too, what a backward pass needs; return the layer."""
        for _, layer in self.named_layers():
            layer._keeps = keep
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
            floating-point type, and a checkpoint may be given whole. A word before every name ("module.", "_orig_mod.",
            "model.", "backbone.") is taken off, SE layers called ``fc1`` and ``fc2`` (timm, torchvision) or
            ``conv_reduce`` and ``conv_expand`` are taken for ``fc.0`` and ``fc.2``, 1 x 1 convolutions fill linear
            layers, ``num_batches_tracked`` is passed over.

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
        xp = backend.library(name)
        for _, layer in self.named_layers():
            layer.forget()
            layer._grads = dict.fromkeys(layer._params)
            for arrays in (layer._params, layer._buffers):
                for key, array in arrays.items():
                    arrays[key] = xp.asarray(backend.to_numpy(array))
        return self


def require_layer(model, name="model"):
    """Return the model, or raise a ValueError with a sentence for what people pass in its place.

    >>> require_layer(Layer)
    Traceback (most recent call last):
    ...
    ValueError: model must be a layer, got the class Layer itself: write Layer(...), with brackets
    """
    if isinstance(model, Layer):
        return model
    raise not_a_layer(model, name)
