"""The batch norm layer: it keeps the running statistics that evaluation needs."""

import numpy as np

from senumpy import backend, ops
from senumpy.arguments import check_dtype, check_number, check_sizes
from senumpy.layers.layer import Layer
from senumpy.layers.pytorchs_options import refuse_other_options
from senumpy.ops.normalization import this_batch_alone


class BatchNorm2d(Layer):
    """Normalise each channel over the batch, see `senumpy.ops.batch_norm_forward`.

    The weight (gamma) starts at one and the bias (beta) at zero. ``training`` chooses between the statistics of the
    batch and the running ones, which are buffers: saved with the weights, but not trained.

    Parameters
    ----------
    num_features : int
        The number of channels.
    eps : float, positive
    momentum : float, 0 to 1
        The batch's share in the new running statistics. (PyTorch's None, a mean over all batches, is not there.)
    dtype : float32 or float64

    Attributes
    ----------
    all_sums : callable
        From a pair of sums over this batch to the pair over all of it: `senumpy.training.parallel` sets it while a
        mini-batch is shared out, and batch norm then sees the whole of it.

    Raises
    ------
    ValueError
        For numbers out of range.

    Examples
    --------
    >>> layer = BatchNorm2d(2)
    >>> sorted(layer.state_dict())
    ['bias', 'running_mean', 'running_var', 'weight']
    """

    def __init__(self, num_features, eps=1e-5, momentum=0.1, dtype=np.float32, **pytorchs_options):
        super().__init__()
        refuse_other_options(self, pytorchs_options)
        check_sizes(num_features=num_features)
        check_dtype(dtype)
        xp = backend.current()
        self.eps = check_number("eps", eps, "above 0", lambda e: e > 0)
        if momentum is None:
            raise ValueError("momentum=None, a mean over all batches, is not there: give a number, PyTorch's is 0.1")
        self.momentum = check_number("momentum", momentum, "between 0 and 1", lambda m: 0 <= m <= 1)
        self.all_sums = this_batch_alone
        self._params = {"weight": xp.ones(num_features, dtype=dtype), "bias": xp.zeros(num_features, dtype=dtype)}
        self._grads = dict.fromkeys(self._params)
        self._buffers = {
            "running_mean": xp.zeros(num_features, dtype=dtype),
            "running_var": xp.ones(num_features, dtype=dtype),
        }

    def forward(self, x):
        self.forget()
        out, cache = ops.batch_norm_forward(
            x, self._params["weight"], self._params["bias"], self._buffers["running_mean"],
            self._buffers["running_var"], training=self.training, momentum=self.momentum, eps=self.eps,
            all_sums=self.all_sums,
        )  # fmt: skip
        self.keep(cache)
        return out

    def backward(self, dout):
        dx, self._grads["weight"], self._grads["bias"] = ops.batch_norm_backward(dout, self.require_cache())
        return dx
