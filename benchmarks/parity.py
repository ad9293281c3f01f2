"""Do weights mean the same here and there? The real networks of timm and torchvision beside senumpy's, by number.

    python -m benchmarks.parity                    # six networks, evaluation, both kinds of float, both directions
    python -m benchmarks.parity seresnet18 --sizes 32,33,64,75,224 --training

Weights and statistics are random: nothing is downloaded. A file goes from theirs to ours through `load_pretrained`, a
state from ours to theirs by `timm_names`. Errors are relative to the largest number of each array.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

from senumpy.models import build_model, load_pretrained, timm_names

# By the name in timm or torchvision, the name here.
NETWORKS = {
    "seresnet18": "se-resnet18", "seresnet50": "se-resnet50", "seresnext50_32x4d": "se-resnext50",
    "resnet18": "resnet18", "resnet50": "resnet50", "resnext50_32x4d": "resnext50",
}  # fmt: skip
LIMITS = {"logits float32": 1e-5, "logits": 1e-10, "gradients": 1e-9, "statistics": 1e-10, "there": 1e-10}
BOXES = ("nms", "qnms", "roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d")


def import_both():
    """Return the modules timm and torchvision.

    A torchvision built for another PyTorch does not import for want of its operators for boxes, with a RuntimeError.
    No network here has any: they are declared, without a body, and the import is tried again.
    """
    import torch

    try:
        import torchvision
    except RuntimeError:
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        import_both.declared = torch.library.Library("torchvision", "DEF")  # lives as long as the function
        for name in BOXES:
            import_both.declared.define(f"{name}(Tensor x) -> Tensor")
            import_both.declared.define(f"_{name}_backward(Tensor x) -> Tensor")
        import torchvision
    import timm

    return timm, torchvision


def real_network(name):
    """Return timm's or torchvision's network with random weights."""
    timm, torchvision = import_both()
    if name.startswith("se"):
        return timm.create_model(name, pretrained=False)
    return torchvision.models.get_model(name, weights=None)


def randomize(module, seed=0):
    """Give every number of a PyTorch module another value: as they start, too much is 0 or 1. Return the module."""
    import torch

    torch.manual_seed(seed)
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if tensor.ndim == 1 and tensor.dtype.is_floating_point:
                if name.endswith(("running_mean", "bias")):
                    tensor.normal_(0, 0.2)
                else:
                    tensor.uniform_(0.5, 1.5)
    return module


def load_from(module, name, dtype, **options):
    """Return senumpy's network with a PyTorch module's weights, by way of a .pth file, and what was read."""
    import torch

    classes = module.state_dict()["fc.bias"].shape[0]
    model = build_model(name, num_classes=classes, dtype=dtype, **options)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "weights.pth")
        torch.save(module.state_dict(), path)
        return model, load_pretrained(model, path)


def error(ours, theirs):
    """Return the largest error relative to the largest number, and NaN where one side has any."""
    theirs = theirs.detach().numpy()
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def compare(module, model, size, batch, *, training=False, gradients=True, seed=1):
    """Return the errors of one forward and backward pass, by what was compared; both networks have the same weights."""
    import torch

    rng = np.random.default_rng(seed)
    dtype = next(iter(model.params.values())).dtype
    images = rng.standard_normal((batch, 3, size, size)).astype(dtype)
    module.train(training)
    model.train() if training else model.eval(gradients=gradients)
    x = torch.from_numpy(images).requires_grad_(gradients)
    with torch.set_grad_enabled(gradients):
        theirs = module(x)
    ours = model.forward(images)
    found = {"logits": error(ours, theirs)}
    if gradients:
        dlogits = rng.standard_normal(ours.shape).astype(dtype)
        module.zero_grad()
        theirs.backward(torch.from_numpy(dlogits))
        pairs = {"dx": (model.backward(dlogits), x.grad)}
        named = {name.replace("fc1.", "fc.0.").replace("fc2.", "fc.2."): p for name, p in module.named_parameters()}
        pairs |= {name: (a, named[name].grad.reshape(a.shape)) for name, a in model.grads.items()}
        found["gradients"] = max(error(*pair) for pair in pairs.values())
    if training:
        state = module.state_dict()
        found["statistics"] = max(error(a, state[name]) for name, a in model.buffers.items())
    return found


def batch_of(size):
    """Return the smallest batch of images with which batch norm has eight values a channel in the last stage.

    With two, right code differs by 1e-6, PyTorch from itself with the batch in another order, too.
    """
    side = -(-size // 32)
    return max(2, -(-8 // side**2))


def there(model, module):
    """Return the error of a PyTorch module's logits after our weights went into it, by timm's names, strictly."""
    import torch

    state = timm_names(model.state_dict())
    module.double().eval().load_state_dict({name: torch.from_numpy(a) for name, a in state.items()}, strict=True)
    images = np.random.default_rng(2).standard_normal((2, 3, 65, 64))
    return error(model.eval().forward(images), module(torch.from_numpy(images)))


def main(argv=None):
    """Print a line for each comparison, and return 1 where an error is larger than the project allows itself."""
    parser = argparse.ArgumentParser("python -m benchmarks.parity", description=__doc__.partition("\n")[0])
    parser.add_argument("networks", nargs="*", default=list(NETWORKS), metavar="NAME", help=", ".join(NETWORKS))
    parser.add_argument("--sizes", default="33,64", help="pixels, separated by commas (default 33,64)")
    parser.add_argument("--training", action="store_true", help="in training, too: batch norm from the batch")
    args = parser.parse_args(argv)
    failed = []

    def tell(what, errors):
        print(f"{what:48}", *(f"{name} {value:.1e}" for name, value in errors.items()), sep="  ", flush=True)
        failed.extend(name for name, value in errors.items() if not value <= LIMITS[name])

    for theirs in args.networks:
        module = randomize(real_network(theirs))
        model32, loaded = load_from(module, NETWORKS[theirs], np.float32)
        print(f"\n{theirs}: {len(loaded.renamed)} names changed, {len(loaded.widths)} hidden widths")
        for size in map(int, args.sizes.split(",")):
            found = compare(module.float(), model32, size, 2, gradients=False)
            tell(f"{size} pixels, evaluation, float32", {"logits float32": found["logits"]})
        model, _ = load_from(module.double(), NETWORKS[theirs], np.float64)
        for size in map(int, args.sizes.split(",")):
            tell(f"{size} pixels, evaluation, float64", compare(module, model, size, 2))
            batch = batch_of(size)
            if args.training:
                tell(
                    f"{size} pixels, batch {batch}, training, float64",
                    compare(module, model, size, batch, training=True),
                )
        tell("from here to there, float64", {"there": there(model, real_network(theirs))})
    print(f"\n{f'{len(failed)} too large' if failed else 'all within'}: allowed are {LIMITS}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
