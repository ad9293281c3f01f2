"""Weights mean the same here and there: whole networks, read by timm's names, beside PyTorch's.

Errors are relative to the largest number. PyTorch's networks are written down in the tests; and there are timm's and
torchvision's own, where these can be imported: ``python -m benchmarks.parity`` prints the numbers of those.
"""

import copy
from functools import lru_cache

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is an optional test extra")

import torch_timm  # noqa: E402

from benchmarks import parity  # noqa: E402

SE_NETWORKS = [name for name in parity.NETWORKS if name.startswith("se")]
slow = pytest.mark.slow


QUICK = {("seresnet18", 32, False), ("seresnet18", 33, True)}
CASES = [(name, size, training) for name in SE_NETWORKS for size in (32, 33, 64, 75, 224) for training in (False, True)]
each_case = pytest.mark.parametrize(
    "name, size, training",
    [
        pytest.param(*case, marks=[] if case in QUICK else [slow], id=f"{case[0]}, {case[1]}{', training' * case[2]}")
        for case in CASES
    ],
)


def own_module(name):
    return parity.randomize(torch_timm.network(name, num_classes=7))


@lru_cache
def both(name, dtype=np.float64):
    """The network of PyTorch, ours with its weights, and what was read; who trains them takes copies."""
    module = own_module(name)
    module = module.double() if dtype is np.float64 else module
    return module, *parity.load_from(module, parity.NETWORKS[name], dtype)


@each_case
def test_logits_and_all_gradients(name, size, training):
    module, model, loaded = copy.deepcopy(both(name)) if training else both(name)
    assert bool(loaded.widths) == (name == "seresnet18") and len(loaded.biases) == (8 if "18" in name else 16)
    assert model.count_parameters() == sum(p.numel() for p in module.parameters())
    found = parity.compare(module, model, size, parity.batch_of(size) if training else 1, training=training)
    assert found["logits"] <= 1e-10
    assert found["gradients"] <= 1e-9
    assert found.get("statistics", 0) <= 1e-10


@pytest.mark.parametrize("size", [32, 33, 64, 75, pytest.param(224, marks=slow)])
@pytest.mark.parametrize("name", SE_NETWORKS)
def test_logits_in_float32(name, size):
    module, model, _ = both(name, np.float32)
    assert parity.compare(module, model, size, 1, gradients=False)["logits"] <= 1e-5


@pytest.mark.parametrize("name", ["seresnet18", pytest.param("seresnet50", marks=slow)])
def test_weights_go_back_by_timms_names(name):
    _, model, _ = both(name)
    assert parity.there(model, torch_timm.network(name, num_classes=7)) <= 1e-10


def test_other_numbers_would_be_noticed():
    """The sigmoid's bias moved a little, in one block of eight."""
    module, model, _ = copy.deepcopy(both("seresnet18"))
    model.params["layer2.1.se.fc.2.bias"][...] += 1e-6
    found = parity.compare(module, model, 33, 1)
    assert found["logits"] > 1e-10 and found["gradients"] > 1e-9


@slow
@pytest.mark.parametrize("name", parity.NETWORKS)
def test_the_real_networks(name):
    try:
        module = parity.randomize(parity.real_network(name))
    except ImportError as error:
        pytest.skip(f"timm and torchvision are not installed beside PyTorch ({error})")
    model, loaded = parity.load_from(module.double(), parity.NETWORKS[name], np.float64)
    assert len(loaded.renamed) == (0 if name.startswith("r") else 32 if "18" in name else 64)
    found = parity.compare(module, model, 64, 2)
    assert found["logits"] <= 1e-10 and found["gradients"] <= 1e-9
    assert parity.there(model, parity.real_network(name)) <= 1e-10
