"""Models with known gates, and models with a disease planted in one SE block."""

import numpy as np

from senumpy.layers import SEBlock
from senumpy.models import TinyCNN


def random_images(n, size=8, seed=0):
    """Return random pictures that differ a lot in colour and light."""
    rng = np.random.default_rng(seed)
    return (rng.random((n, 3, 1, 1)) * rng.random((n, 3, size, size))).astype(np.float32)


def TinyForTests(seed=0, num_classes=3):  # noqa: N802 - stands where the class TinyCNN would
    """Return a small network whose gates move well from picture to picture, as after training."""
    model = TinyCNN(num_classes=num_classes, widths=(8, 8), reduction=2, rng=np.random.default_rng(seed))
    for name in ("se1", "se2"):
        model.params[f"{name}.fc.0.weight"] *= 6
        model.params[f"{name}.fc.2.weight"] *= 6
    model.params["fc.weight"] *= 50  # the classifier starts tiny; a trained one does not
    return model


class FixedGates(SEBlock):
    """Gates that a test chooses: a table by picture and channel, whatever the picture shows, unless overridden."""

    def __init__(self, table):
        table = np.asarray(table, dtype=np.float32)
        super().__init__(table.shape[1], reduction=1)
        self.table = table

    def forward(self, x):
        self.s = self.table[: len(x)].copy()
        if self.override is not None:
            self.s = self.override(self.s)
        return x * self.s[:, :, None, None]


class NotCalled(TinyCNN):
    """A TinyCNN whose forward steps over its last SE block, as in public code that declares it and forgets it."""

    def forward(self, x):
        for name, layer in self.children.items():
            if name != "se2":
                x = layer.forward(x)
        return x

    def backward(self, dlogits, *, need_dx=True):
        for name, layer in reversed(self.children.items()):
            if name != "se2":
                dlogits = layer.backward(dlogits)
        return dlogits


class ThrownAway(SEBlock):
    """Computes everything and returns its input."""

    def forward(self, x):
        super().forward(x)
        return x

    def backward(self, dout):
        return dout


class ForgetsTheGate(SEBlock):
    """A backward pass with the direct path only: the weights of the block get gradients of zero."""

    def backward(self, dout):
        super().backward(dout)
        self._grads = {name: np.zeros_like(g) for name, g in self._grads.items()}
        return dout * self.s[:, :, None, None]


def transplant(model, name, kind):
    """Replace an SE block by one of another kind with the same weights."""
    old = model.children[name]
    new = kind(len(old.params["fc.2.weight"]), reduction=2)
    new.load_state_dict(old.state_dict())
    model.children[name] = new
    return model
