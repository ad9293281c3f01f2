"""Every figure is drawn, legible, says what it shows, and shows the numbers it was given."""

import io
import sys

import matplotlib.text
import numpy as np
import pytest
from gates.planted import TinyForTests, random_images
from PIL import Image

from senumpy import gates, lab, pictures

NAMES = ["sand", "sea", "sky"]
GATES = {"se1": np.random.default_rng(0).random((3, 8)), "se2": np.random.default_rng(1).random((3, 8))}
AFTER = {name: s**2 for name, s in GATES.items()}


def recorder():
    """Return a recorder with four moments of a model whose weights drift."""
    model, recorded = TinyForTests(), gates.GateRecorder(random_images(3))
    for step in (0, 10, 20, 40):
        recorded.record(model, step)
        for block in ("se1", "se2"):
            model.params[f"{block}.fc.2.weight"] *= 1.5
    return recorded


def profiles():
    return gates.class_profiles(gates.gate_values(TinyForTests(), random_images(30)), np.arange(30) % 3)


def features(**arguments):
    maps = gates.feature_maps(TinyForTests(), random_images(1)[0], "se1")
    return pictures.plot_feature_maps(*maps, random_images(1)[0], **arguments)


def paths(**arguments):
    gradients = gates.gradient_paths(TinyForTests(), random_images(1)[0], 0, "se1")
    return pictures.plot_gradient_paths(*gradients, random_images(1)[0], **arguments)


def sliding(**arguments):
    image = random_images(1, size=24)[0]
    return pictures.plot_sliding_gates(image, gates.sliding_gates(TinyForTests(), image, 8, 4), "se1", **arguments)


def seeds(variants=("plain", "se", "se-r8"), count=3):
    runs = [
        {"variant": v, "seed": k, "test_accuracy": 0.9 + 0.01 * k + 0.02 * i, "parameters": 1000 + i, "seconds": 2.0}
        for i, v in enumerate(variants)
        for k in range(count)
    ]
    plan = {"data": "photos", "options": {"variant": "light"}}
    return pictures.plot_runs({"plan": plan, "runs": runs, "summary": lab.summarise(runs, list(variants))})


FIGURES = {
    "heat maps": lambda: pictures.plot_channels_by_images(GATES, AFTER, random_images(3), names=NAMES),
    "heat maps, once, bare": lambda: pictures.plot_channels_by_images(GATES),
    "over training": lambda: pictures.plot_gates_over_training(recorder()),
    "over training, one picture": lambda: pictures.plot_gates_over_training(recorder(), image=1, blocks=["se2"]),
    "contact sheet": lambda: pictures.plot_film(recorder(), 3, names=NAMES),
    "profiles": lambda: pictures.plot_profiles(profiles(), NAMES),
    "spread": lambda: pictures.plot_spread(profiles(), NAMES),
    "differences": lambda: pictures.plot_differences(profiles()),
    "features": lambda: features(channels=[0, 3]),
    "paths": lambda: paths(channels=[2, 1]),
    "sliding": lambda: sliding(channels=[5], regions={"nose": (4, 4, 10, 10)}),
    "effects": lambda: pictures.plot_effects(
        gates.ablate_channels(TinyForTests(), random_images(3)), NAMES, block="se2"
    ),
    "one picture": lambda: pictures.plot_gates_of_image(
        random_images(1)[0], {k: s[0] for k, s in GATES.items()}, caption="sand"
    ),
    "one picture, sorted": lambda: pictures.plot_sorted_gates(
        random_images(1)[0], {f"layer1.{i}.se": np.linspace(0.1, 0.9, 40) for i in range(7)}, caption="sand"
    ),
    "one picture, sorted, few": lambda: pictures.plot_sorted_gates(random_images(1)[0], {"se": np.array([0.5])}),
    "seeds": seeds,
    "one seed": lambda: seeds(("plain", "se"), 1),
}


def texts(figure):
    return [t for t in figure.findobj(matplotlib.text.Text) if t.get_text().strip() and t.get_visible()]


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_each_figure_can_be_drawn_has_a_title_and_letters_large_enough_to_read(figure):
    figure = figure()
    file = io.BytesIO()
    figure.savefig(file, dpi=30)
    pixels = np.asarray(Image.open(file).convert("L"))
    assert pixels.shape[1] == 300 and pixels.std() > 5  # notebook width, and something on it
    assert figure.get_suptitle()
    assert min(t.get_fontsize() for t in texts(figure)) >= 9
    plotting = sys.modules.get("matplotlib.pyplot")
    assert plotting is None or plotting.get_fignums() == []


def images_by_title(figure):
    return {ax.get_title(): ax.images[0] for ax in figure.axes if ax.get_title() and ax.images}


def test_heat_maps_show_the_gates_on_the_scale_from_0_to_1():
    images = images_by_title(FIGURES["heat maps"]())
    np.testing.assert_array_equal(images["se1, before training"].get_array(), GATES["se1"])
    np.testing.assert_array_equal(images["se2, after training"].get_array(), AFTER["se2"])
    assert all(image.get_clim() == (0, 1) for image in images.values())


def test_feature_maps_before_and_after_share_one_colour_scale():
    figure = features()
    maps = [ax.images[0] for ax in figure.axes if ax.images and ax.images[0].get_array().ndim == 2]
    assert len({image.get_clim() for image in maps}) == 1 and len(maps) >= 8
    before, after, s = gates.feature_maps(TinyForTests(), random_images(1)[0], "se1")
    title = next(ax.get_title() for ax in figure.axes if ax.get_title().startswith("channel"))
    c = int(title.split()[1])
    assert f"{s[c]:.2f}" in title
    np.testing.assert_array_equal(maps[0].get_array(), before[c])
    np.testing.assert_array_equal(maps[1].get_array(), after[c])


def test_the_sum_of_the_two_paths_is_on_the_same_scale_as_each():
    maps = [ax.images[0] for ax in paths().axes if ax.images and ax.images[0].get_array().ndim == 2]
    direct, gate, total = maps[0], maps[6], maps[12]
    np.testing.assert_allclose(direct.get_array() + gate.get_array(), total.get_array(), rtol=1e-6)
    assert direct.get_clim() == gate.get_clim() == total.get_clim()


def test_lines_over_training_have_the_recorded_values():
    recorded = recorder()
    lines = pictures.plot_gates_over_training(recorded, image=2).axes[1].lines
    drawn = sorted(tuple(np.round(line.get_ydata(), 6)) for line in lines)
    assert drawn == sorted(tuple(np.round(s, 6)) for s in recorded.gates["se2"][:, 2].T)
    assert all(line.get_xdata().tolist() == [0, 10, 20, 40] for line in lines)


def test_a_map_of_the_sliding_window_lies_at_the_centres_of_the_windows():
    figure = sliding(channels=[5])
    (image,) = figure.axes[1].images
    # Corners 0, 4, ... 16 of windows of 8: centres 4 to 20, and half a step of 4 around them.
    assert tuple(map(float, image.get_extent())) == (2, 22, 22, 2)


def test_the_film_has_a_frame_for_each_moment_and_changes(tmp_path):
    path = pictures.save_film(recorder(), tmp_path / "film", names=NAMES, frames_per_second=2, dpi=30)
    with Image.open(path) as film:
        assert path.suffix == ".gif" and film.size[0] == 300
        frames = []
        durations = 0
        for number in range(film.n_frames):
            film.seek(number)
            frames.append(np.asarray(film.convert("L"), dtype=float))
            durations += film.info["duration"]
    assert len(frames) == 4 and durations == 3500  # half a second each, and the last one for two
    assert abs(frames[1] - frames[0]).max() > 20 and abs(frames[3] - frames[2]).max() > 20


def test_a_film_takes_at_most_so_many_frames(tmp_path):
    path = pictures.save_film(recorder(), tmp_path / "film.gif", frames=2, frames_per_second=10, dpi=20)
    with Image.open(path) as film:
        assert film.n_frames == 2


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: pictures.plot_channels_by_images({}), "no SE blocks"),
        (lambda: pictures.plot_channels_by_images(GATES, {"se1": GATES["se1"]}), "same blocks"),
        (lambda: pictures.plot_channels_by_images(GATES, images=random_images(2)), "3 images"),
        (lambda: pictures.plot_channels_by_images(GATES, names=["one"]), "3 names"),
        (lambda: pictures.plot_channels_by_images(GATES, AFTER, titles=("one",)), "titles"),
        (lambda: pictures.plot_channels_by_images(GATES, images=np.zeros((3, 2, 4, 4))), "picture must have shape"),
        (lambda: pictures.plot_profiles({}, NAMES), "no profiles"),
        (lambda: pictures.plot_profiles(profiles(), NAMES[:2]), "each of 3"),
        (lambda: pictures.plot_effects(np.zeros((4, 2, 3)), NAMES[:2]), "each of 3"),
        (lambda: pictures.plot_gates_over_training(gates.GateRecorder(random_images(1))), "at least two"),
        (lambda: pictures.plot_film(gates.GateRecorder(random_images(1))), "nothing is recorded"),
        (lambda: pictures.plot_film(recorder(), 0), "at least one moment"),
        (lambda: pictures.save_film(recorder(), "none.gif", frames=0), "at least one moment"),
        (lambda: pictures.save_film(recorder(), "none.gif", frames_per_second=0), "above 0"),
        (lambda: pictures.plot_gates_of_image(random_images(1)[0], GATES), "gates of one picture"),
        (lambda: pictures.plot_sorted_gates(random_images(1)[0], GATES), "gates of one picture"),
        (lambda: pictures.plot_sorted_gates(random_images(1)[0], {}), "gates of one picture"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()


def test_sorted_gates_fall_from_the_most_open_to_the_most_closed():
    blocks = {f"_b{i}": np.random.default_rng(i).random(50) for i in range(7)}
    blocks["_b6"][:2] = np.nan
    picture, *axes = pictures.plot_sorted_gates(random_images(1)[0], blocks, caption="$x$").axes
    assert picture.get_xlabel() == r"\$x\$" and len(axes) == len(blocks)
    for ax, (block, s) in zip(axes, blocks.items(), strict=True):
        sick = ", 2 nan" if block == "_b6" else ""
        assert ax.get_title().strip() == f"{block}: 50 channels{sick}"
        (area,) = ax.collections
        heights = area.get_paths()[0].vertices
        for k, gate in enumerate(sorted(s[np.isfinite(s)], reverse=True)):
            assert gate in heights[abs(heights[:, 0] - k) <= 0.5, 1]


def test_names_are_shown_to_the_letter():
    """Matplotlib takes what stands between dollars for a formula, and hides labels that start with an underscore."""
    names = ["$a_{$", "_b", "c"]
    figure = pictures.plot_profiles(profiles(), names)
    figure.savefig(io.BytesIO())
    (legend,) = figure.legends
    assert [text.get_text().strip() for text in legend.get_texts()] == [r"\$a_{\$", "_b", "c"]
    pictures.plot_channels_by_images(GATES, images=random_images(3), names=names).savefig(io.BytesIO())
    figure = pictures.plot_gates_of_image(random_images(1)[0], {"se1": GATES["se1"][0]}, caption="$_{class$")
    figure.savefig(io.BytesIO())
    pictures.plot_channels_by_images(GATES, names=np.arange(3)).savefig(io.BytesIO())
