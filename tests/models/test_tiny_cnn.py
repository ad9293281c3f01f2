"""The tiny CNN: the same network as in PyTorch, and the same start with and without SE."""

import math

import numpy as np
import pytest
from comparing import assert_close, mentions

from senumpy import data
from senumpy.gradcheck import against_torch
from senumpy.models import TinyCNN
from senumpy.ops import softmax_cross_entropy_backward, softmax_cross_entropy_forward

SETTINGS = {
    "default": {},
    "no SE": {"se": False},
    "grey, four stages": {"in_channels": 1, "num_classes": 3, "widths": (4, 5, 6, 7), "reduction": 2},
    "one stage": {"in_channels": 2, "num_classes": 7, "widths": (8,), "reduction": 8},
}
each_setting = pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
with_and_without_se = pytest.mark.parametrize("se", [True, False], ids=["with SE", "without SE"])


def new_model(seed=0, **settings):
    return TinyCNN(**settings, rng=np.random.default_rng(seed))


@each_setting
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
def test_it_is_the_network_of_pytorch(settings, training):
    """The state loads by name, strictly; then logits, every gradient and the running statistics agree."""
    torch_modules = pytest.importorskip("torch_modules", reason="PyTorch is an optional test extra")
    model, twin = new_model(**settings, dtype=np.float64), torch_modules.TinyCNN(**settings)
    rng = np.random.default_rng(1)
    for name, array in {**model.params, **model.buffers}.items():
        if ".fc" not in name and not name.startswith("conv"):  # the classifier and batch norms start too plain
            array[...] = rng.uniform(0.5, 2, array.shape)
    torch_modules.load(twin, model).train(training)
    model.train() if training else model.eval(gradients=True)

    x = rng.standard_normal((4, settings.get("in_channels", 3), 19, 17))
    logits = model.forward(x)
    dlogits = rng.standard_normal(logits.shape)
    dx = model.backward(dlogits)
    twin_logits, twin_dx, twin_grads = torch_modules.run(twin, x, dlogits)
    assert_close(logits, twin_logits, what="logits")
    assert_close(dx, twin_dx, what="dx")
    assert list(model.grads) == list(model.params) and set(model.grads) == set(twin_grads)
    for name, gradient in model.grads.items():
        assert_close(gradient, twin_grads[name], what=name)
    for name, array in torch_modules.state(twin).items():
        if not name.endswith("num_batches_tracked"):
            assert_close(model.state_dict()[name], array, what=name)
    assert model.count_parameters() == sum(p.numel() for p in twin.parameters())


@each_setting
def test_a_trained_network_of_pytorch_continues_here(settings):
    torch_modules = pytest.importorskip("torch_modules", reason="PyTorch is an optional test extra")
    twin = torch_modules.TinyCNN(**settings).double().eval()
    model = TinyCNN(**settings, dtype=np.float64).eval()
    model.load_state_dict(torch_modules.state(twin))
    x = np.random.default_rng(2).standard_normal((2, settings.get("in_channels", 3), 16, 16))
    assert_close(model.forward(x), torch_modules.run(twin, x, np.zeros((2, settings.get("num_classes", 10))))[0])


def test_the_names_of_its_parts():
    names = [name for name, _ in TinyCNN(widths=(4, 8)).named_layers()][1:]
    assert names == "conv1 bn1 relu1 se1 pool1 conv2 bn2 relu2 se2 pool2 gap fc".split()
    plain = [name for name, _ in TinyCNN(widths=(4, 8), se=False).named_layers()][1:]
    assert plain == [name for name in names if not name.startswith("se")]
    assert set(TinyCNN(widths=(4,)).state_dict()) == {
        "conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var",
        "se1.fc.0.weight", "se1.fc.2.weight", "fc.weight", "fc.bias",
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_with_and_without_se_start_from_the_same_weights(seed):
    rngs = [np.random.default_rng(seed) for _ in range(2)]
    gated, plain = TinyCNN(se=True, rng=rngs[0]).state_dict(), TinyCNN(se=False, rng=rngs[1]).state_dict()
    assert set(gated) - set(plain) == {f"se{i}.fc.{j}.weight" for i in (1, 2, 3) for j in (0, 2)}
    for name, array in plain.items():
        assert gated[name].tobytes() == array.tobytes(), name
    assert rngs[0].random() == rngs[1].random(), "and whatever is drawn afterwards is the same, too"


def test_a_seed_fixes_every_weight():
    one, same, other = (new_model(seed).state_dict() for seed in (0, 0, 1))
    for name, array in one.items():
        assert array.tobytes() == same[name].tobytes(), name
        if name.startswith(("conv", "se", "fc.w")):
            assert not np.array_equal(array, other[name]), name
    blocks = [array.ravel()[:32] for name, array in one.items() if name.startswith(("conv", "se"))]
    assert len({block.tobytes() for block in blocks}) == len(blocks) == 9, "no two layers share their numbers"


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
def test_the_dtype_reaches_every_array(dtype):
    model = TinyCNN(dtype=dtype)
    logits = model.forward(np.zeros((2, 3, 8, 8), dtype))
    dx = model.backward(np.ones_like(logits))
    assert {a.dtype for a in [logits, dx, *model.state_dict().values(), *model.grads.values()]} == {np.dtype(dtype)}


def test_the_classifier_starts_small():
    w = new_model(widths=(64, 256), num_classes=100).params["fc.weight"]
    assert w.shape == (100, 256) and abs(w.std() / 0.01 - 1) < 0.02
    np.testing.assert_array_equal(new_model().params["fc.bias"], 0.0)


@with_and_without_se
@pytest.mark.parametrize("K", [2, 10, 100])
def test_the_first_loss_is_that_of_a_network_that_knows_nothing(K, se):
    x = data.cued_digits(n_train=64, n_test=1).x_train
    labels = np.arange(64) % K
    for seed in range(3):
        loss, _ = softmax_cross_entropy_forward(new_model(seed, num_classes=K, se=se).forward(x), labels)
        assert abs(loss / math.log(K) - 1) < 0.05


@with_and_without_se
def test_the_gradient_of_the_loss_by_differences(se):
    """Along one random direction through all parameters at once: no PyTorch needed."""
    model = new_model(3, in_channels=2, num_classes=3, widths=(4, 6), se=se, reduction=2, dtype=np.float64)
    rng = np.random.default_rng(4)
    x, labels = rng.standard_normal((5, 2, 8, 9)), np.arange(5) % 3
    direction = {name: rng.standard_normal(p.shape) for name, p in model.params.items()}

    def loss(step):
        for name, p in model.params.items():
            p += step * direction[name]
        value, cache = softmax_cross_entropy_forward(model.forward(x), labels)
        model.backward(softmax_cross_entropy_backward(1.0, cache))
        for name, p in model.params.items():
            p -= step * direction[name]
        return float(value)

    numerical = (loss(1e-6) - loss(-1e-6)) / 2e-6
    loss(0.0)
    analytic = sum(float((model.grads[name] * direction[name]).sum()) for name in direction)
    assert abs(analytic - numerical) < 1e-7 * max(1.0, abs(numerical))


VARIANTS = {
    "biases": {"bias": True},
    "hidden": {"hidden": 3},
    "max": {"squeeze": "max"},
    "no squeeze": {"squeeze": "none", "bias": True},
    "tanh": {"gate": "tanh"},
    "hard sigmoid": {"gate": "hard_sigmoid", "slope": 0.2},
    "sum": {"combine": "sum"},
    "fixed": {"fixed": True},
    "second stage": {"stages": (2,)},
}


@pytest.mark.parametrize("words", VARIANTS.values(), ids=VARIANTS)
def test_variants_of_the_block_stand_in_the_stages_that_are_asked_for(words):
    model = new_model(widths=(4, 6), reduction=2, num_classes=3, **words)
    blocks = [name for name, _ in model.named_layers() if name.startswith("se")]
    assert blocks == (["se2"] if "stages" in words else ["se1", "se2"])
    plain = new_model(widths=(4, 6), se=False, num_classes=3).state_dict()
    for name, array in plain.items():
        np.testing.assert_array_equal(model.state_dict()[name], array, "what is not the block starts as without one")
    block = model.children["se2"]
    assert all(
        getattr(block, word) == value for word, value in words.items() if word not in ("bias", "hidden", "stages")
    )
    x = np.random.default_rng(1).standard_normal((3, 3, 8, 9)).astype(np.float32)
    model.backward(np.ones_like(model.forward(x)))
    assert all(np.abs(g).max() > 0 for name, g in model.grads.items() if name.startswith("se2.fc.2"))


@pytest.mark.parametrize("words", VARIANTS.values(), ids=VARIANTS)
def test_gradients_of_a_variant_are_pytorchs(words):
    pytest.importorskip("torch", reason="PyTorch is an optional test extra")
    model = new_model(5, in_channels=2, widths=(5, 7), reduction=2, num_classes=3, **words, dtype=np.float64)
    rng = np.random.default_rng(6)
    for array in model.params.values():
        array += 0.3 * rng.standard_normal(array.shape)
    comparison = against_torch(model, rng.standard_normal((3, 2, 9, 8)))
    assert comparison.close, comparison


@pytest.mark.parametrize(
    "words, parts",
    [
        ({"stages": (4,)}, ("stages", 3, "(4,)")),
        ({"stages": (0,)}, ("stages", "(0,)")),
        ({"stages": 2}, ("stages", "(1, 2)", "2")),
        ({"gate": "sigmoit"}, ("gate", "'sigmoit'")),
        ({"se": False, "gate": "tanh"}, ("se=False", "gate")),
        ({"reduction": 2.0}, ("reduction", "2.0")),
    ],
)
def test_words_that_make_no_network(words, parts):
    with pytest.raises(ValueError, match=mentions(*parts)):
        TinyCNN(**words)
    with pytest.raises(TypeError, match="gaet"):
        TinyCNN(gaet="tanh")


def test_what_does_not_fit():
    with pytest.raises(ValueError, match=mentions("reduction", 32, 16)):
        TinyCNN(reduction=32)
    TinyCNN(reduction=32, se=False)
    with pytest.raises(ValueError, match="too small.*got 4 x 4"):
        TinyCNN().forward(np.zeros((2, 3, 4, 4), np.float32))
    with pytest.raises(ValueError, match=mentions("(2, 1, 16, 16)", 3)):
        TinyCNN().forward(np.zeros((2, 1, 16, 16), np.float32))


def test_an_image_that_is_too_small_is_refused_in_words():
    model = TinyCNN(widths=(4, 8), reduction=2).eval()
    assert model.forward(np.zeros((1, 3, 4, 5), np.float32)).shape == (1, 10)
    with pytest.raises(ValueError, match="too small: each of 2 stages halves it.*at least 4 pixels, got 3 x 9"):
        model.forward(np.zeros((1, 3, 3, 9), np.float32))
