"""Layers in a row: backward is forward read in reverse."""

from senumpy.layers.layer import Layer


class Sequential(Layer):
    """Apply layers one after another; each is a child, named by its number unless names are given.

    Parameters
    ----------
    *layers : Layer
    **named_layers : Layer

    Examples
    --------
    >>> import numpy as np
    >>> from senumpy.layers import Linear, ReLU
    >>> model = Sequential(Linear(4, 3), ReLU(), Linear(3, 2))
    >>> sorted(model.params)
    ['0.bias', '0.weight', '2.bias', '2.weight']
    >>> model.forward(np.zeros((5, 4), np.float32)).shape
    (5, 2)
    """

    def __init__(self, *layers, **named_layers):
        super().__init__()
        for number, layer in enumerate(layers):
            self.add(str(number), layer)
        for name, layer in named_layers.items():
            self.add(name, layer)

    def check_input(self, x):
        """Raise a ValueError for what this network cannot take; a network that can say so has its own version."""

    def forward(self, x):
        self.check_input(x)
        for layer in self.children.values():
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.children.values()):
            dout = layer.backward(dout)
        return dout

    def backward_params(self, dout):
        first, *rest = self.children.values()
        for layer in reversed(rest):
            dout = layer.backward(dout)
        first.backward_params(dout)
