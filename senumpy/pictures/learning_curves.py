"""Learning curves: the first thing to look at when a network learns, and when it does not."""

from collections.abc import Mapping

from matplotlib.ticker import MaxNLocator

from senumpy.pictures.style import OKABE_ITO, new_figure, plain

COLOURS = OKABE_ITO[4], OKABE_ITO[5], OKABE_ITO[3], OKABE_ITO[6]


def plot_learning_curves(histories, title="Learning curves"):
    """Draw loss and accuracy over the epochs, training dashed and test solid.

    Parameters
    ----------
    histories : dict of str to History
        By the name to write in the legend, at most four.

    Raises
    ------
    ValueError
        For no history at all, or more than four, and for what is no dictionary of them.
    """
    if not isinstance(histories, Mapping) or not all(hasattr(h, "epochs") for h in histories.values()):
        got = type(histories).__name__
        raise ValueError(f"plot_learning_curves needs histories by name, such as {{'with SE': history}}, got {got}")
    if not 1 <= len(histories) <= len(COLOURS):
        raise ValueError(f"plot_learning_curves draws 1 to {len(COLOURS)} histories, got {len(histories)}")
    figure = new_figure(3.9 + 0.3 * len(histories), title)
    panels = figure.subplots(1, 2)
    for ax, quantity, unit in zip(panels, ("loss", "accuracy"), ("nats", "share of right answers"), strict=True):
        for colour, (name, history) in zip(COLOURS, histories.items(), strict=False):
            numbers = [epoch.epoch for epoch in history.epochs]
            train = [getattr(epoch, quantity) for epoch in history.epochs]
            test = [getattr(epoch, f"test_{quantity}") for epoch in history.epochs]
            ax.plot(numbers, train, "--", color=colour, label=f"{plain(name)}, training")
            if None not in test:
                ax.plot(numbers, test, "-o", color=colour, label=f"{plain(name)}, test", markersize=4)
        ax.set(xlabel="epoch", ylabel=f"{quantity} ({unit})")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.grid(alpha=0.3)
    panels[0].set_ylim(bottom=0)
    panels[1].set_ylim(0, 1)
    figure.legend(*panels[1].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=11)
    return figure
