"""A residual unit: what comes in is added to what the branch makes of it, so two gradients come back, and are added.

    out = after(branch(x) + shortcut(x))        He et al., "Deep Residual Learning", equation 1

The input is used twice, as in an SE block, and the backward pass has the same last line: the gradients of two paths,
added. Where an SE block stands at the head of the branch both lessons meet, and three paths lead back to x: around the
branch, through the scale, and through the gate.
"""

from senumpy.arguments import check_count
from senumpy.backend import array_module
from senumpy.layers.layer import Layer, require_layer
from senumpy.ops._checks import check_array


class ResidualUnit(Layer):
    """Add the input to what a branch of layers makes of it: ``out = after(branch(x) + shortcut(x))``.

    Parameters
    ----------
    branch : dict of str to Layer
        In their order. The names are the children's, so they must differ in all three.
    shortcut : dict of str to Layer, optional
        What the input goes through on its way around the branch; by default nothing, it stays as it is.
    after : dict of str to Layer, optional
        What follows the addition: a ReLU, as a rule.

    Raises
    ------
    ValueError
        For a branch without layers and a name that is there twice; in forward, where branch and shortcut differ in
        shape: they must never broadcast by accident.

    Examples
    --------
    A branch that gives nothing leaves the input as it is, forward and backward:

    >>> import numpy as np
    >>> from senumpy.layers import Conv2d
    >>> unit = ResidualUnit({"conv": Conv2d(2, 2, 3, padding=1, bias=False)})
    >>> unit.params["conv.weight"][...] = 0
    >>> x = np.arange(8, dtype=np.float32).reshape(1, 2, 2, 2)
    >>> bool((unit.forward(x) == x).all()), bool((unit.backward(x) == x).all())
    (True, True)
    """

    def __init__(self, branch, shortcut=None, after=None):
        super().__init__()
        parts = {"branch": branch, "shortcut": shortcut or {}, "after": after or {}}
        for part, layers in parts.items():
            if not isinstance(layers, dict):
                raise ValueError(f"{part} must be a dictionary of layers by name, got {type(layers).__name__}")
            for name, layer in layers.items():
                require_layer(layer, f"layer {name!r} of the {part}")
                if name in self.children:
                    raise ValueError(f"the name {name!r} is there twice: a unit's layers have one name each")
                self.add(name, layer)
        if not branch:
            raise ValueError("the branch has no layers: there would be nothing to add to the input")
        self.parts = {part: tuple(layers) for part, layers in parts.items()}  # "branch", "shortcut", "after": names

    def forward(self, x):
        self.forget()
        residual = self._through("branch", x)
        identity = self._through("shortcut", x)
        if residual.shape != identity.shape:
            raise ValueError(
                f"the branch gives {residual.shape} and the shortcut {identity.shape}: only equal shapes can be added; "
                "a shortcut beside a change of channels or of size needs a projection"
            )
        out = residual + identity
        self.keep(())  # an addition needs nothing for its way back; only that there was one
        return self._through("after", out)

    def backward(self, dout):
        self.require_cache()
        dsum = self._back_through("after", dout)  # an addition hands its gradient to both
        dx_branch = self._back_through("branch", dsum)
        dx_shortcut = self._back_through("shortcut", dsum)
        dx = dx_branch + dx_shortcut
        return dx

    def _through(self, part, x):
        for name in self.parts[part]:
            x = self.children[name].forward(x)
        return x

    def _back_through(self, part, dout):
        for name in reversed(self.parts[part]):
            dout = self.children[name].backward(dout)
        return dout


class PaddedShortcut(Layer):
    """Around a change of channels and size without a weight: every S-th pixel, and zeros for the new channels.

    ``out_nfhw = x_nf(S h)(S w)`` for f < C, else 0 (He et al., section 4.2, "option A").

    Parameters
    ----------
    out_channels : int
        F, at least the input's channels.
    stride : int
        S.

    Examples
    --------
    >>> import numpy as np
    >>> PaddedShortcut(4, stride=2).forward(np.ones((1, 2, 5, 4)))[0, :, 0, 0]
    array([1., 1., 0., 0.])
    """

    def __init__(self, out_channels, stride=1):
        super().__init__()
        self.out_channels, self.stride = check_count("out_channels", out_channels), check_count("stride", stride)

    def forward(self, x):
        self.forget()
        check_array("x", x, "N C H W")
        N, C, H, W = x.shape
        S = self.stride
        if C > self.out_channels:
            raise ValueError(f"zeros can only add channels: x has {C} of them, out_channels is {self.out_channels}")
        out = self._zeros(x, (N, self.out_channels, -(-H // S), -(-W // S)))
        out[:, :C] = x[:, :, ::S, ::S]
        self.keep((x.shape,))
        return out

    def backward(self, dout):
        (shape,) = self.require_cache()
        S, (N, C, H, W) = self.stride, shape
        check_array("dout", dout, (N, self.out_channels, -(-H // S), -(-W // S)))
        dx = self._zeros(dout, shape)
        dx[:, :, ::S, ::S] = dout[:, :C]
        return dx

    @staticmethod
    def _zeros(like, shape):
        """Return zeros with the channels last in memory, as the branch that they are added to has them."""
        N, C, H, W = shape
        return array_module(like).zeros((N, H, W, C), dtype=like.dtype).transpose(0, 3, 1, 2)
