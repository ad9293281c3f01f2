"""The same networks in PyTorch: parameters by ``numel``, work by hooks that see the shapes of a real forward pass."""

import pytest

from senumpy.ledger import build_empty, count

torch = pytest.importorskip("torch", reason="PyTorch is an optional test extra")
NETWORKS = {
    "resnet18": {"depth": 18, "se": False},
    "se-resnet50": {"depth": 50, "bias": True},
    "se-resnet50, stride": {"depth": 50, "stride_in_1x1": True, "reduction": 4},
    "se-resnet50, inside": {"depth": 50, "position": "inside", "stages": (2, 3)},
    "resnext50": {"depth": 50, "se": False, "groups": 32, "width_per_group": 4},
    "se-resnet20": {"depth": 20, "small": True, "num_classes": 10, "shortcut": "pad"},
    "se-resnet8": {"depth": 8, "small": True, "num_classes": 10, "reduction": 4},
    "se-resnet8, pre": {"depth": 8, "small": True, "num_classes": 10, "position": "pre"},
    "se-resnet8, post": {"depth": 8, "small": True, "num_classes": 10, "position": "post"},
    "se-resnet8, identity": {"depth": 8, "small": True, "num_classes": 10, "position": "identity", "stages": (3,)},
}
OURS = ("se", "depth", "small", "num_classes", "groups", "width_per_group")  # which `build_model` tells by the name
SIZES = [(33, 33), (48, 192)]


def hooked(module, shape):
    """Multiply-adds by the name of each convolution and linear layer, and the values that went into a mean or a gate.

    On the device "meta" tensors have shapes and no numbers.
    """
    work = {}

    def hook(name):
        def note(layer, inputs, out):
            per_output = layer.weight[0].numel()  # C / groups KH KW, or the features that go in
            work[name] = work.get(name, 0) + out.numel() * per_output

        return note

    for name, layer in module.named_modules():
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
            layer.register_forward_hook(hook(name))
        elif type(layer).__name__ == "SELayer":
            layer.register_forward_hook(lambda layer, inputs, out, name=name: work.update({name: inputs[0].numel()}))
    module.eval()(torch.empty(1, *shape, device="meta"))
    return work


def twin(settings):
    import torch_resnet

    with torch.device("meta"):
        return torch_resnet.ResNet(**settings)


def ours(network, settings):
    name, _, _ = network.partition(",")
    return build_empty(name, **{key: value for key, value in settings.items() if key not in OURS})


@pytest.mark.parametrize("network", NETWORKS)
def test_parameters_and_statistics_are_pytorchs(network):
    settings = NETWORKS[network]
    ledger, module = count(ours(network, settings)), twin(settings)
    assert ledger.parameters == sum(p.numel() for p in module.parameters())
    assert ledger.statistics == sum(b.numel() for name, b in module.named_buffers() if "running" in name)
    assert ledger.se.parameters == sum(p.numel() for name, p in module.named_parameters() if ".se." in name)


@pytest.mark.parametrize("network", NETWORKS)
def test_each_layer_does_the_work_that_hooks_see(network):
    settings = NETWORKS[network]
    model = ours(network, settings)
    for size in SIZES:
        ledger, theirs = count(model, (3, *size)), hooked(twin(settings), (3, *size))
        names = set()
        for entry in ledger.entries:
            if entry.is_se:
                two_layers, values = theirs[f"{entry.name}.fc.0"] + theirs[f"{entry.name}.fc.2"], theirs[entry.name]
                assert entry.work == {"SE: two layers": two_layers, "SE: squeeze": values, "SE: scale": values}
                names |= {entry.name, f"{entry.name}.fc.0", f"{entry.name}.fc.2"}
            elif entry.kind in ("convolutions", "linear layers"):
                assert entry.work == {entry.kind: theirs[entry.name]}, entry.name
                names.add(entry.name)
        assert names == set(theirs)


def test_pytorchs_own_counter_agrees():
    """It counts two operations for a multiply-add, and what is a convolution or a matrix product."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        twin(NETWORKS["se-resnet50"]).eval()(torch.empty(1, 3, 65, 97, device="meta"))
    ledger = count(ours("se-resnet50", NETWORKS["se-resnet50"]), (3, 65, 97))
    assert counter.get_total_flops() == 2 * ledger.matrix_products
