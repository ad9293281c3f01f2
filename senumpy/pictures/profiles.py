"""The paper's figures 6 and 7, drawn for any network: gates class by class, and their spread within a class."""

import numpy as np

from senumpy.pictures.style import channel_ticks, gate_range, line_style, new_figure, plain
from senumpy.pictures.wanted import by_name, names_of, places

PROFILES = "ClassProfiles by block, as class_profiles returns them", "mean", "counts"


def plot_profiles(profiles, class_names, classes=None):
    """Draw the mean gate of every channel, a line for each class and a panel for each block (figure 6 of the paper).

    Parameters
    ----------
    profiles : dict of str to ClassProfile
        As `class_profiles` returns them.
    class_names : list of str
    classes : list of int, optional
        All by default; a handful reads best.
    """
    by_name("profiles", profiles, *PROFILES)
    figure, axes = _panels(profiles, class_names, "Mean gate of each channel, by class")
    classes = range(len(class_names)) if classes is None else places("classes", classes, len(class_names))
    for ax, (block, profile) in zip(axes, profiles.items(), strict=True):
        for number, k in enumerate(classes):
            ax.plot(profile.mean[k], label=plain(class_names[k]), linewidth=1.5, **line_style(number))
        ax.set_title(f"{block}: class explains {profile.explained:.0%} of the variance of the gates", fontsize=11)
    _legend(figure, axes)
    return figure


def plot_spread(profiles, class_names, classes=(0, 1)):
    """Draw mean gates with a band of one standard deviation for a few classes (figure 7 of the paper).

    Where bands overlap, single pictures of the two classes cannot be told apart by that gate.

    Parameters
    ----------
    profiles : dict of str to ClassProfile
    class_names : list of str
    classes : list of int
        Two or three.
    """
    by_name("profiles", profiles, *PROFILES)
    figure, axes = _panels(profiles, class_names, "Spread of the gates within a class: mean and one standard deviation")
    classes = places("classes", classes, len(class_names))
    for ax, (block, profile) in zip(axes, profiles.items(), strict=True):
        channels = np.arange(profile.mean.shape[1])
        for number, k in enumerate(classes, start=1):
            mean, std, style = profile.mean[k], profile.std[k], line_style(number)
            ax.fill_between(channels, mean - std, mean + std, alpha=0.3, color=style["color"], linewidth=0)
            label = f"{plain(class_names[k])} ({profile.counts[k]} pictures)"
            ax.plot(channels, mean, label=label, linewidth=1.5, **style)
        ax.set_title(block, fontsize=11)
    _legend(figure, axes)
    return figure


def plot_differences(profiles):
    """Draw by how much classes differ in each block: a dot for each channel, and the share that the class explains.

    Parameters
    ----------
    profiles : dict of str to ClassProfile
    """
    by_name("profiles", profiles, *PROFILES)
    figure = new_figure(3.6, "By how much do classes differ?")
    left, right = figure.subplots(1, 2)
    positions = np.arange(len(profiles))
    for position, profile in zip(positions, profiles.values(), strict=True):
        C = len(profile.differences)
        spots = position + 0.3 * (np.arange(C) / max(C - 1, 1) - 0.5)  # side by side, so that no dot hides another
        left.scatter(spots, profile.differences, s=22, color="#0072B2", alpha=0.8, linewidth=0)
        left.hlines(profile.differences.mean(), position - 0.3, position + 0.3, color="#D55E00", linewidth=2)
    left.set(ylabel="gate, standard deviation of class means", ylim=(0, None), title="dot: channel, line: their mean")
    bars = right.bar(positions, [100 * p.explained for p in profiles.values()], width=0.6, color="#56B4E9")
    right.bar_label(bars, fmt="%.0f %%", fontsize=11)
    right.set(ylabel="variance explained by class, %", ylim=(0, 108), title="all channels of the block together")
    for ax in (left, right):
        ax.set_xticks(positions, list(profiles))
        ax.set_xlabel("block")
    return figure


def _panels(profiles, class_names, title):
    """Return a figure with a panel for each block, one above the other."""
    if not profiles:
        raise ValueError("there are no profiles to draw: the model has no SE blocks")
    for profile in profiles.values():
        names_of("class_names", class_names, len(profile.counts))
    figure = new_figure(1.2 + 2.1 * len(profiles), title)
    axes = figure.subplots(len(profiles), 1, squeeze=False)[:, 0]
    for ax, profile in zip(axes, profiles.values(), strict=True):
        channel_ticks(ax, profile.mean.shape[1])
        ax.set(ylabel="gate s", ylim=gate_range(profile.mean))
        ax.grid(alpha=0.3)
    return figure, axes


def _legend(figure, axes):
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=min(8, len(labels)), fontsize=11, frameon=False)
