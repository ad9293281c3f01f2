"""Optimizers walk downhill: they read the gradients that backward left and change the parameters in place."""

from senumpy.backend import array_module


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
    """

    def __init__(self, params, lr, weight_decay=0.0):
        for name, value in {"lr": lr, "weight_decay": weight_decay}.items():
            if not 0 <= value < float("inf"):
                raise ValueError(f"{name} must be a finite number of at least 0, got {value}")
        self.params, self.lr, self.weight_decay = params, lr, weight_decay
        self.steps = 0

    def step(self, grads):
        """Update every parameter from the gradient of the same name.

        Raises
        ------
        ValueError
            Where a gradient is missing: backward has not run.
        """
        missing = [name for name in self.params if grads.get(name) is None]
        if missing:
            raise ValueError(f"no gradient for {', '.join(missing)}: call model.backward before optimizer.step")
        misfits = [name for name, p in self.params.items() if grads[name].shape != p.shape]
        if misfits:
            name = misfits[0]
            raise ValueError(
                f"the gradient of {name} has shape {grads[name].shape}, the parameter {self.params[name].shape}"
            )
        self.steps += 1
        for name, p in self.params.items():
            g = grads[name]
            if self.weight_decay:
                g = g + self.weight_decay * p
            self._update(name, p, g)


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

    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(params, lr, weight_decay)
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum must lie in [0, 1), got {momentum}")
        if nesterov and momentum == 0:
            raise ValueError("nesterov needs a momentum above 0")
        self.momentum, self.nesterov = momentum, nesterov
        self._velocity = {}

    def _update(self, name, p, g):
        if self.momentum:
            if name not in self._velocity:
                self._velocity[name] = array_module(p).zeros_like(p)
            v = self._velocity[name]
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

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr, weight_decay)
        if not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"betas must lie in [0, 1), got {betas}")
        if not eps >= 0:
            raise ValueError(f"eps must not be negative, got {eps}")
        self.betas, self.eps = betas, eps
        self._moments = {}

    def _update(self, name, p, g):
        xp = array_module(p)
        (b1, b2), t = self.betas, self.steps
        if name not in self._moments:
            self._moments[name] = xp.zeros_like(p), xp.zeros_like(p)
        m, v = self._moments[name]
        m *= b1
        m += (1 - b1) * g
        v *= b2
        v += (1 - b2) * (g * g)
        std = xp.sqrt(v) / (1 - b2**t) ** 0.5 + self.eps
        p -= self.lr / (1 - b1**t) * (m / std)
