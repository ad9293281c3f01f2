"""Optimizers walk downhill: they read the gradients that backward left and change the parameters in place."""

import numpy as np

from senumpy.arguments import check_flag, check_number
from senumpy.backend import array_module
from senumpy.training.arguments import Checked, check_gradients, check_params, check_rate


def _check_share(name, value):
    return check_number(name, value, "in [0, 1)", lambda share: 0 <= share < 1)


def _check_betas(name, betas):
    if np.shape(betas) != (2,):
        raise ValueError(f"{name} must be two numbers, got {betas!r}")
    return tuple(_check_share(f"each of the {name}", beta) for beta in betas)


class Optimizer:
    """The base: checks that every parameter has a gradient, then updates one parameter at a time.

    Parameters
    ----------
    params : dict of name to array
        A model's ``params``; the arrays are changed in place.
    lr : float
        The learning rate; a schedule may set ``optimizer.lr`` before every step.
    weight_decay : float
        Adds ``weight_decay * p`` to every gradient, as PyTorch does.

    Attributes
    ----------
    steps : int
        How many there have been.
    memory : dict of name to tuple of arrays
        What the rule remembers of past gradients, by parameter. A rule of your own keeps it here too (`_remember`):
        then the `Trainer` can undo a step that goes wrong.

    Raises
    ------
    ValueError
        Without parameters, for something else than a dictionary of arrays, for one array under two names, and for
        numbers out of range, whenever they are set.
    """

    lr, weight_decay = Checked(check_rate), Checked(check_rate)

    def __init__(self, params, lr, weight_decay=0.0):
        self.params = check_params(type(self).__name__, params)
        self.lr, self.weight_decay = lr, weight_decay
        self.steps, self.memory = 0, {}

    def step(self, grads):
        """Update every parameter from the gradient of the same name.

        Raises
        ------
        ValueError
            Where a gradient is missing (backward has not run), is no array of floating-point numbers or has another
            shape than its parameter, or a parameter is read-only. Nothing has changed then.
        """
        check_gradients(self.params, grads)
        self.steps += 1
        for name, p in self.params.items():
            g = grads[name]
            if self.weight_decay:
                g = g + self.weight_decay * p
            self._update(name, p, g)

    def _remember(self, name, p, count):
        """Return the ``count`` arrays that the rule keeps for a parameter; they start at zero."""
        if name not in self.memory:
            self.memory[name] = tuple(array_module(p).zeros_like(p) for _ in range(count))
        return self.memory[name]


class SGD(Optimizer):
    """Stochastic gradient descent with momentum, by PyTorch's rule.

    ``v = momentum v + g``, where v starts at 0, then ``p = p - lr v``; Nesterov's variant looks one step ahead:
    ``p = p - lr (g + momentum v)`` (Sutskever et al., ICML 2013).

    Parameters
    ----------
    params : dict of name to array
    lr : float
    momentum : float, 0 to 1
    nesterov : bool
    weight_decay : float

    Raises
    ------
    ValueError
        For numbers out of range, or Nesterov without momentum.

    Examples
    --------
    >>> import numpy as np
    >>> params = {"w": np.array([1.0])}
    >>> optimizer = SGD(params, lr=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     optimizer.step({"w": np.array([1.0])})
    >>> params["w"].round(3)  # 1 - 0.1 - 0.1 * 1.9
    array([0.71])
    """

    momentum, nesterov = Checked(_check_share), Checked(check_flag)

    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.momentum, self.nesterov = momentum, nesterov
        if self.nesterov and self.momentum == 0:
            raise ValueError("nesterov needs a momentum above 0")

    def _update(self, name, p, g):
        if self.momentum:
            (v,) = self._remember(name, p, 1)
            v *= self.momentum
            v += g
            g = g + self.momentum * v if self.nesterov else v
        p -= self.lr * g


class Adam(Optimizer):
    """Adam: momentum, with a step size for every single parameter, by PyTorch's rule.

    ``m = b1 m + (1 - b1) g``, ``v = b2 v + (1 - b2) g^2``, both start at 0 and are corrected for it at step t:
    ``p = p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)`` (Kingma and Ba, arXiv 1412.6980, algorithm 1).

    Parameters
    ----------
    params : dict of name to array
    lr : float
    betas : (float, float), each in [0, 1)
    eps : float
    weight_decay : float

    Raises
    ------
    ValueError
        For numbers out of range.

    Examples
    --------
    The first step is lr for every parameter, whatever the size of its gradient:

    >>> import numpy as np
    >>> params = {"w": np.array([1.0, 1.0])}
    >>> Adam(params, lr=0.1).step({"w": np.array([1e-3, 1e3])})
    >>> params["w"].round(3)
    array([0.9, 0.9])
    """

    betas, eps = Checked(_check_betas), Checked(check_rate)

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr, weight_decay)
        self.betas, self.eps = betas, eps

    def _update(self, name, p, g):
        xp = array_module(p)
        (b1, b2), t = self.betas, self.steps
        m, v = self._remember(name, p, 2)
        m *= b1
        m += (1 - b1) * g
        v *= b2
        v += (1 - b2) * (g * g)
        std = xp.sqrt(v) / (1 - b2**t) ** 0.5 + self.eps
        p -= self.lr / (1 - b1**t) * (m / std)
