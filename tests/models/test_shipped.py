"""A network is rebuilt from its weights alone, and the weights that ship do what their page says."""

import numpy as np
import pytest

from senumpy.data import PHOTO_NAMES, cued_digits_details, read_image, repaint_stripe
from senumpy.gates import predict_logits
from senumpy.models import SHIPPED, TinyCNN, load_tiny_cnn, tiny_cnn_from_state
from senumpy.training import RECIPES, evaluate, save_weights

FEW_TO_LEARN_FROM = {"photos": {"train_per_class": 1}, "cued-digits": {"n_train": 1}}  # the test part stays the same


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"se": False},
        {"in_channels": 1, "num_classes": 3, "widths": (5,), "reduction": 5},
        {"in_channels": 2, "widths": (8, 12, 20, 7), "reduction": 3},
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
