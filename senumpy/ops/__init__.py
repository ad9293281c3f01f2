"""The maths: every operation as a forward pass and its backward pass, side by side, without state.

The contract, the same for all of them::

    out, cache = NAME_forward(arrays, options)
    gradients = NAME_backward(dout, cache)

* ``dout`` is the gradient of the loss with respect to ``out``, and has its shape. The gradients come back in the order
  of forward's arrays, each with the shape of its array, a single one bare; where an optional array was None its
  gradient is None.
* Nothing given to an operation is changed (batch norm's running statistics aside), so backward may be called twice. The
  cache holds inputs and outputs themselves, not copies: change none of them in place before backward has run.
* Arrays are float32 or float64, NumPy's or CuPy's, in any memory layout; the result has the type of its inputs. Complex
  ones are allowed too, so that a derivative can be checked by a step into the imaginary; where numbers are compared,
  their real parts are. float16, integers, lists, empty arrays and shapes that do not fit are a ValueError in words.
* NaN is never swallowed: a maximum or a ReLU over it is NaN, and where infinity goes in, what comes out is PyTorch's.
  Backward multiplies by a mask of zeros and ones, so an infinite ``dout`` at a closed entry becomes NaN.
* At a kink the slope is PyTorch's: 0 for the ReLU at 0; of equal maxima the first in row-major order gets the gradient.

Reading order; `se` puts the first four together:

==================  ==========================================================================================
`linear`            a matrix, and its transpose on the way back
`activations`       ReLU and sigmoid
`global_pooling`    the squeeze: one number per channel
`scale`             the gate
`se`                the squeeze-and-excitation block, with its two gradient paths
`gate_functions`    what else was tried in the sigmoid's place
`convolution`       the same kernel everywhere
`gating`            a gate as a factor or as a summand, for a channel or for a pixel
`se_variants`       the block again, with three of its lines chosen by a word
`fixed_gates`       gates that are learned, but do not look at the image
`normalization`     batch norm
`pooling`           windows that become one pixel
`loss`              softmax and cross-entropy
==================  ==========================================================================================

`_checks` has the words for arguments that do not fit; `fast` is what makes all this quick, and can be left for last.
"""

from senumpy.ops.activations import relu_backward, relu_forward, sigmoid_backward, sigmoid_forward
from senumpy.ops.convolution import conv2d_backward, conv2d_forward
from senumpy.ops.fixed_gates import fixed_gates_backward, fixed_gates_forward
from senumpy.ops.gate_functions import (
    hard_sigmoid_backward,
    hard_sigmoid_forward,
    hard_swish_backward,
    hard_swish_forward,
    tanh_backward,
    tanh_forward,
)
from senumpy.ops.gating import apply_gates_backward, apply_gates_forward
from senumpy.ops.global_pooling import (
    global_avg_pool_backward,
    global_avg_pool_forward,
    global_max_pool_backward,
    global_max_pool_forward,
)
from senumpy.ops.linear import linear_backward, linear_forward
from senumpy.ops.loss import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from senumpy.ops.normalization import batch_norm_backward, batch_norm_forward
from senumpy.ops.pooling import avg_pool2d_backward, avg_pool2d_forward, max_pool2d_backward, max_pool2d_forward
from senumpy.ops.scale import scale_backward, scale_forward
from senumpy.ops.se import se_backward, se_forward
from senumpy.ops.se_variants import se_variant_backward, se_variant_forward

__all__ = [
    "apply_gates_backward",
    "apply_gates_forward",
    "avg_pool2d_backward",
    "avg_pool2d_forward",
    "batch_norm_backward",
    "batch_norm_forward",
    "conv2d_backward",
    "conv2d_forward",
    "fixed_gates_backward",
    "fixed_gates_forward",
    "global_avg_pool_backward",
    "global_avg_pool_forward",
    "global_max_pool_backward",
    "global_max_pool_forward",
    "hard_sigmoid_backward",
    "hard_sigmoid_forward",
    "hard_swish_backward",
    "hard_swish_forward",
    "linear_backward",
    "linear_forward",
    "max_pool2d_backward",
    "max_pool2d_forward",
    "relu_backward",
    "relu_forward",
    "scale_backward",
    "scale_forward",
    "se_backward",
    "se_forward",
    "se_variant_backward",
    "se_variant_forward",
    "sigmoid_backward",
    "sigmoid_forward",
    "softmax_cross_entropy_backward",
    "softmax_cross_entropy_forward",
    "tanh_backward",
    "tanh_forward",
]
