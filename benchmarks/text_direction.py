"""What do the gates of a network in use do? ``python -m benchmarks.text_direction``, from the root of the repository.

Lines of text are drawn in three fonts and several colours, and each is shown upright and turned. Printed are the share
that the network reads right, how much each block's gates differ between images and between the two directions, and what
is left where the gates are replaced: how many images are read right with the network's own gates only, and how many
with the others only.
"""

import argparse
import itertools

import numpy as np

from senumpy import gates
from senumpy.data import read_line
from senumpy.models import LINES_OF_TEXT, load_text_direction
from senumpy.pictures import draw_line_of_text
from senumpy.tables import text_table

FAMILIES = "DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono"
COLOURS = [("#101010", "#ffffff"), ("#ffffff", "#203040"), ("#8b0000", "#f4ecd8"), ("#1d3b8b", "#c8d8c0"),
           ("#606060", "#d0d0d0")]  # fmt: skip
WORDS = """Channel Attention squeeze excite scale total Price 24.95 Invoice No. 1709 open daily from 9 to 17 Exit
Platform fragile handle with care made in Norway batch 32 best before March Room 418 please ring twice Ticket
one way""".split()


def lines_of_text(count, seed=0):
    """Return images (2 count, 3, 48, 192), every line upright and then turned, and their labels."""
    rng = np.random.default_rng(seed)
    styles = itertools.cycle(itertools.product(FAMILIES, COLOURS))
    images = []
    for _ in range(count):
        family, (ink, paper) = next(styles)
        text = " ".join(rng.choice(WORDS, rng.integers(1, 4)))
        line = read_line(draw_line_of_text(text, family=family, ink=ink, paper=paper))
        images += [LINES_OF_TEXT(line), LINES_OF_TEXT(np.ascontiguousarray(line[:, ::-1, ::-1]))]
    return np.stack(images), np.arange(2 * count) % 2


def shuffled_channels(seed):
    """Return a rule that gives every channel another one's gate, the same for all images."""
    rng = np.random.default_rng(seed)
    return lambda s: s[:, rng.permutation(s.shape[1])]


def report(count, seed=0):
    """Return the page as text."""
    model, (x, labels) = load_text_direction(), lines_of_text(count, seed)
    chosen, logits = gates.gates_and_logits(model, x)
    rows = [
        (block, s.shape[1], f"{s.std(axis=0).mean():.3f}", f"{abs(s[::2].mean(0) - s[1::2].mean(0)).max():.3f}")
        for block, s in chosen.items()
    ]
    replaced = {
        "the network's own gates": None,
        "their mean over the images": gates.mean_gates(chosen),
        "all gates 1": gates.constant_gates(1.0),
        "another image's gates": gates.shuffled_gates(np.random.default_rng(seed)),
        "another channel's gates": shuffled_channels(seed),
    }
    own = logits.argmax(axis=1) == labels
    shares = [_share(what, own, _right(model, x, labels, rule, logits)) for what, rule in replaced.items()]
    header = "SE block", "channels", "spread over images", "largest difference of the two means"
    return "\n\n".join(
        [
            f"{count} lines, each upright and turned",
            text_table(header, rows),
            text_table(("gates of all blocks", "read right", "only with its own", "only with these"), shares),
        ]
    )


def _right(model, x, labels, rule, logits):
    """Return for each image whether it is read right."""
    if rule is not None:
        with gates.override_gates(model, rule):
            logits = gates.predict_logits(model, x)
    return logits.argmax(axis=1) == labels


def _share(what, own, right):
    """Return a row: the share that is read right, and the images that tell the two sides apart."""
    return what, f"{right.mean():.3f}", int((own & ~right).sum()), int((right & ~own).sum())


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m benchmarks.text_direction", description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=200, help="how many lines to draw (default 200)")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.lines < 2:
        parser.error(f"--lines must be at least 2, got {arguments.lines}")
    print(report(arguments.lines, arguments.seed))
