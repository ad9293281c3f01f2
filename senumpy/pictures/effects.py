"""What would the network say if this one channel were shut? One row per channel, one column per class."""


from numbers import Real

from senumpy.finite import reach
from senumpy.pictures.style import new_figure, plain
from senumpy.pictures.wanted import names_of, numbers


def plot_effects(effects, class_names, *, block="", value=0.0):
    """Draw by how much the class scores change when one gate is forced, the mean over the pictures.

    Parameters
    ----------
    effects : array (channels, N, K)
        As `ablate_channels` returns them.
    class_names : list of str
    block : str
        For the title.
    value : float
        What the gates were forced to, for the title.

    Raises
    ------
    ValueError
        Where the names are not one for each class.
    """
    effects = numbers("effects", effects, "channels N K")
    C, _, K = effects.shape
    class_names = names_of("class_names", class_names, K)
    if not isinstance(value, Real):
        raise ValueError(f"value must be the number that the gates were set to, got {value!r}")
    mean = effects.mean(axis=1).T  # (K, channels)
    largest = reach(mean)
    figure = new_figure(1.4 + 0.3 * K, f"{block}: what happens to the class scores when one gate is set to {value:g}")
    ax = figure.subplots()
    mesh = ax.imshow(mean, cmap="PuOr", vmin=-largest, vmax=largest, aspect="auto", interpolation="nearest")
    ax.set_yticks(range(K), map(plain, class_names), fontsize=11)
    ax.set_xticks(range(0, C, 1 if C <= 32 else 4))
    ax.set_xlabel("channel whose gate is forced")
    figure.colorbar(mesh, label="change of the logit, mean", fraction=0.03, pad=0.01)
    return figure
