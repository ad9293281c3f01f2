"""A network is rebuilt from its weights alone, and the weights that ship do what their page says."""

import numpy as np
import pytest

from senumpy.data import PHOTO_NAMES, cued_digits_details, read_image, repaint_stripe
from senumpy.gates import predict_logits
from senumpy.models import SHIPPED, TinyCNN, load_tiny_cnn, tiny_cnn_from_state
from senumpy.training import RECIPES, CheckpointError, evaluate, load_weights, save_weights

FEW_TO_LEARN_FROM = {"photos": {"train_per_class": 1}, "cued-digits": {"n_train": 1}}  # the test part stays the same


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"se": False},
        {"in_channels": 1, "num_classes": 3, "widths": (5,), "reduction": 5},
        {"in_channels": 2, "widths": (8, 12, 20, 7), "reduction": 3},
        {"widths": (8, 12, 20), "reduction": 4, "stages": (2, 3)},
        {"widths": (8, 12), "bias": True},
        {"widths": (8, 12), "hidden": 3, "stages": (2,), "bias": True},
        {"widths": (8, 12), "hidden": 3},
        {"widths": (8, 12), "fixed": True, "stages": (1,)},
    ],
)
def test_the_shapes_are_enough(arguments):
    model = TinyCNN(**arguments, rng=np.random.default_rng(3))
    copy = tiny_cnn_from_state(model.state_dict())
    assert {name: p.shape for name, p in copy.params.items()} == {name: p.shape for name, p in model.params.items()}
    x = np.random.default_rng(0).random((2, arguments.get("in_channels", 3), 16, 16)).astype(np.float32)
    np.testing.assert_array_equal(predict_logits(copy, x), predict_logits(model, x))


def test_what_is_no_tiny_cnn_is_refused(tmp_path):
    state = TinyCNN(widths=(8, 16), reduction=4).state_dict()
    with pytest.raises(ValueError, match="not the weights of a TinyCNN"):
        tiny_cnn_from_state({"layer.weight": np.zeros(3)})
    with pytest.raises(ValueError, match="no one reduction"):
        tiny_cnn_from_state({**state, "se2.fc.0.weight": np.zeros((7, 16)), "se2.fc.2.weight": np.zeros((16, 7))})
    with pytest.raises(ValueError, match="unexpected"):
        tiny_cnn_from_state({**state, "se1.fc.0.bias": np.zeros(2)})
    incomplete = {name: a for name, a in state.items() if name != "bn1.weight"}
    np.savez(tmp_path / "incomplete.npz", **incomplete)
    with pytest.raises(ValueError, match="incomplete.npz.*missing"):
        load_tiny_cnn(tmp_path / "incomplete.npz")
    for folder in (tmp_path, "."):
        with pytest.raises(ValueError, match="folder"):
            load_tiny_cnn(folder)
    with pytest.raises(FileNotFoundError, match="no file of weights"):
        load_tiny_cnn(tmp_path / "none.npz")


WORDS = [
    {"squeeze": "max"},
    {"squeeze": "none", "bias": True},
    {"gate": "tanh"},
    {"gate": "hard_sigmoid", "slope": 0.2},
    {"combine": "sum", "stages": (2,)},
    {"fixed": True, "gate": "tanh"},
]


@pytest.mark.parametrize("words", WORDS, ids=str)
def test_what_leaves_no_trace_in_the_arrays_is_in_the_file_or_must_be_said(words, tmp_path):
    model = TinyCNN(widths=(8, 12), num_classes=3, **words, rng=np.random.default_rng(3))
    model.params["fc.weight"] *= 30
    x = np.random.default_rng(0).random((2, 3, 8, 8)).astype(np.float32)
    expected = predict_logits(model, x)
    path = save_weights(model, tmp_path / "w")
    np.testing.assert_array_equal(predict_logits(load_tiny_cnn(path), x), expected)

    said = {word: value for word, value in words.items() if word in ("squeeze", "gate", "slope", "combine")}
    state = model.state_dict()
    np.testing.assert_array_equal(predict_logits(tiny_cnn_from_state(state, **said), x), expected)
    assert abs(predict_logits(tiny_cnn_from_state(state), x) - expected).max() > 1e-4
    np.savez(tmp_path / "bare.npz", **state)
    np.testing.assert_array_equal(predict_logits(load_tiny_cnn(tmp_path / "bare", **said), x), expected)
    papers = {word: value for word, value in words.items() if word not in said}
    with pytest.raises(CheckpointError, match=r"se2\.(squeeze|gate|combine) is"):
        load_weights(TinyCNN(widths=(8, 12), num_classes=3, **papers), path)


def with_prefix(word):
    return lambda state: {word + name: a for name, a in state.items()}


FOREIGN = {
    "module.": with_prefix("module."),
    "several words": with_prefix("module._orig_mod.model."),
    "backbone.": with_prefix("backbone."),
    "wrapped": lambda state: {"epoch": 3, "state_dict": state},
    "wrapped, with a prefix": lambda state: {"model": with_prefix("module.")(state), "optimizer": {"lr": 0.1}},
    "1 x 1 convolutions": lambda state: {n: a[..., None, None] if ".fc." in n else a for n, a in state.items()},
    "all of them": lambda state: {n: a[..., None, None] if a.ndim == 2 else a for n, a in state.items()},
    "counters": lambda state: {**state, "bn1.num_batches_tracked": np.array(7)},
    "float16": lambda state: {n: a.astype(np.float16) for n, a in state.items()},
    "lists": lambda state: {n: a.tolist() for n, a in state.items()},
}


@pytest.mark.parametrize("foreign", FOREIGN)
def test_the_same_network_from_elsewhere_is_recognised(foreign, tmp_path):
    model = TinyCNN(widths=(4, 6), reduction=2, num_classes=3, rng=np.random.default_rng(3))
    state = FOREIGN[foreign](model.state_dict())
    copy = tiny_cnn_from_state(state)
    for name, a in model.state_dict().items():
        np.testing.assert_allclose(copy.state_dict()[name], a, rtol=1e-3)
    if "wrapped" not in foreign:
        np.savez(tmp_path / "w.npz", **state)
        assert not load_tiny_cnn(tmp_path / "w.npz").training


def test_tensors_and_parameters_are_read_too():
    torch = pytest.importorskip("torch")
    model = TinyCNN(widths=(4,), reduction=2)
    for convert in (torch.nn.Parameter, lambda tensor: tensor.bfloat16(), lambda tensor: tensor.half()):
        copy = tiny_cnn_from_state({name: convert(torch.tensor(a)) for name, a in model.state_dict().items()})
        np.testing.assert_allclose(copy.params["conv1.weight"], model.params["conv1.weight"], rtol=1e-2)


@pytest.mark.parametrize("state", [TinyCNN(), "photos", None, [("conv1.weight", 0)], {0: np.zeros(3)}, {}])
def test_what_is_no_state_gets_a_sentence(state):
    with pytest.raises(ValueError, match="dictionary of arrays by name|not the weights of a TinyCNN"):
        tiny_cnn_from_state(state)


def test_an_unknown_word_before_every_name_is_named():
    state = with_prefix("student.")(TinyCNN(widths=(4,), reduction=2).state_dict())
    with pytest.raises(ValueError, match=r"starts with 'student\.'.*removeprefix"):
        tiny_cnn_from_state(state)


def test_two_states_in_one_checkpoint_are_for_the_user_to_choose():
    state = TinyCNN(widths=(4,), reduction=2).state_dict()
    with pytest.raises(ValueError, match="several states"):
        tiny_cnn_from_state({"state_dict": state, "state_dict_ema": state})


def test_a_file_comes_back_in_evaluation_mode(tmp_path):
    model = TinyCNN(widths=(4, 4))
    save_weights(model, tmp_path / "w")
    for path in (tmp_path / "w.npz", tmp_path / "w"):
        copy = load_tiny_cnn(path)
        assert not copy.training
        np.testing.assert_array_equal(copy.params["fc.weight"], model.params["fc.weight"])


def test_what_ships_is_small_and_as_accurate_as_its_page_says():
    assert sum(path.stat().st_size for path in SHIPPED.values()) < 300_000
    page = next(iter(SHIPPED.values())).with_name("README.md").read_text(encoding="utf-8")
    for name in SHIPPED:
        task = RECIPES[name].task(**FEW_TO_LEARN_FROM[name])
        accuracy = evaluate(load_tiny_cnn(name), task.x_test, task.labels_test).accuracy
        (line,) = [line for line in page.splitlines() if line.startswith(f"| `{name}.npz`")]
        assert float(line.split("|")[-2]) == pytest.approx(accuracy, abs=0.002)


def test_the_shipped_network_names_all_eight_photographs():
    pictures = np.stack([read_image(name) for name in PHOTO_NAMES])
    assert predict_logits(load_tiny_cnn("photos"), pictures).argmax(axis=1).tolist() == list(range(8))


def test_repainting_the_stripe_changes_the_answer_to_the_digit_of_that_colour():
    model, (_, test) = load_tiny_cnn("cued-digits"), cued_digits_details(n_train=1, n_test=200)
    for cue in range(3):
        answers = predict_logits(model, repaint_stripe(test.x, cue)).argmax(axis=1)
        assert (answers == test.digits[:, cue]).mean() > 0.9
