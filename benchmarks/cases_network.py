"""A forward pass of SE-ResNet-50 at 224 pixels, in evaluation: a whole network, as somebody uses it."""

import numpy as np
import torch

from benchmarks.cases_ops import LAYOUTS
from benchmarks.timing import check_agreement
from senumpy.gradcheck.against.torch_twin import build_twin
from senumpy.models import build_model

SIDES = ["senumpy", *LAYOUTS]
BATCHES = (1, 8)
TOLERANCE = 1e-5  # float32, relative to the largest logit


def make_forward(side, name="se-resnet50", size=224):
    """Return a function from images, a NumPy array, to logits, on one side; all have the same weights."""
    ours = build_model(name, rng=np.random.default_rng(0)).eval()
    if side == "senumpy":
        return ours.forward
    theirs = build_twin(torch, ours).eval()
    theirs.load_state_dict({name: torch.from_numpy(a) for name, a in ours.state_dict().items()}, strict=False)
    theirs.to(memory_format=LAYOUTS[side])

    def forward(x):
        with torch.inference_mode():
            return theirs(torch.from_numpy(x).contiguous(memory_format=LAYOUTS[side])).numpy()

    return forward


def images(batch, size=224):
    return np.random.default_rng(1).random((batch, 3, size, size), dtype=np.float32)


def network_sides(batch, names=SIDES, **network):
    """Return the sides of a race for a forward pass, after checking that the logits are the same on all of them."""
    x, forward = images(batch, network.get("size", 224)), {side: make_forward(side, **network) for side in SIDES}
    logits = {side: {"logits": forward[side](x)} for side in SIDES}
    for side in LAYOUTS:
        check_agreement(f"SE-ResNet-50, batch {batch}, {side}", logits[side], logits["senumpy"], TOLERANCE)
    return {side: {"forward": lambda f=forward[side]: f(x)} for side in names}
