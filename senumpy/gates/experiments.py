"""What is a gate worth? Ask the network with it and without it, and take the difference."""

import numpy as np

from senumpy.arguments import as_generator
from senumpy.finite import QUIET
from senumpy.gates.overrides import constant_gates, mean_gates, override_gates, set_gates, shuffled_gates
from senumpy.gates.values import gate_values, gates_and_logits, pick_block, predict_logits, se_blocks
from senumpy.training import evaluate


@QUIET
def compare_gates(model, x, labels, *, x_mean=None, rng=None):
    """Measure loss and accuracy with the gates as learned, and with the decision taken away from them.

    ==========  ====================================================================================
    learned     the network as it is
    shuffled    every picture gets the gates that some picture of its batch would get
    mean        every picture gets the mean gates: what is left if the blocks weight, but do not look
    half        all gates at 1/2
    open        all gates at 1, or 0 where they are added: the blocks taken out (without training again)
    ==========  ====================================================================================

    Parameters
    ----------
    model : Layer
    x : array (N, C, H, W)
    labels : integer array (N,)
    x_mean : array (M, C, H, W), optional
        The pictures to take the mean gates over; ``x`` itself by default.
    rng : numpy.random.Generator, optional
        Shuffles the gates; by default ``np.random.default_rng(0)``.

    Returns
    -------
    dict of str to Evaluation
        Loss in nats and accuracy, by the names above. A picture for which the model says NaN has no right answer.

    Examples
    --------
    >>> from senumpy.models import TinyCNN
    >>> x, labels = np.zeros((4, 3, 8, 8), np.float32), np.array([0, 1, 2, 3])
    >>> list(compare_gates(TinyCNN(widths=(4, 8)), x, labels))
    ['learned', 'shuffled', 'mean', 'half', 'open']
    """
    rng = as_generator(rng, seed=0)
    rules = {
        "learned": {},
        "shuffled": dict.fromkeys(se_blocks(model), shuffled_gates(rng)),
        "mean": mean_gates(gate_values(model, x if x_mean is None else x_mean)),
        "half": dict.fromkeys(se_blocks(model), constant_gates(0.5)),
        "open": {name: constant_gates(float(block.combine == "product")) for name, block in se_blocks(model).items()},
    }
    results = {}
    for name, rule in rules.items():
        with override_gates(model, rule):
            results[name] = evaluate(model, x, labels)
    return results


@QUIET
def ablate_channels(model, x, block=None, value=0.0):
    """Force one channel's gate after the other, and return by how much the class scores change.

    Parameters
    ----------
    model : Layer
    x : array (N, C, H, W)
    block : str, optional
        The block's name; the last one by default.
    value : float
        What the gate is forced to: 0 shuts the channel, 1 opens it.

    Returns
    -------
    array (channels, N, K)
        The logits with that channel forced, minus the logits as learned. NaN where either is.

    Raises
    ------
    ValueError
        Where the model has no such block.

    Examples
    --------
    >>> from senumpy.models import TinyCNN
    >>> ablate_channels(TinyCNN(widths=(4, 8)), np.ones((2, 3, 8, 8), np.float32), "se1").shape
    (4, 2, 10)
    """
    block, _ = pick_block(model, block)
    gates, learned = gates_and_logits(model, x)
    C = gates[block].shape[1]
    effects = np.empty((C, *learned.shape), dtype=learned.dtype)
    for c in range(C):
        with override_gates(model, set_gates(c, value), [block]):
            effects[c] = predict_logits(model, x) - learned
    return effects
