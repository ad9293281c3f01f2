"""``python -m senumpy watch [IMAGE] --model text-direction``: which way up is a line of text, and which gates know?"""

from functools import partial
from pathlib import Path

import numpy as np

from senumpy.data import read_line
from senumpy.files.whole import spare, writable
from senumpy.gates.values import gates_and_logits
from senumpy.manners.figures import save_figure, tell_troubles
from senumpy.manners.streams import visible
from senumpy.models import LINES_OF_TEXT, load_text_direction
from senumpy.pictures.line_of_text import draw_line_of_text
from senumpy.pictures.turned_gates import plot_turned_gates
from senumpy.tables import text_table

NAME = "text-direction"
TEXT = "squeeze, excite, scale"  # where no picture is given
DIRECTIONS = "upright", "turned by 180 degrees"
FIGURE = "gates.png"


def run(args):
    """Say which way up the line is, print how far each block's gates turn with it, and return the exit code."""
    for option in ("weights", "labels", "preprocessing", "stride_in_1x1", "size"):
        if getattr(args, option) is not None:
            raise ValueError(f"--{option.replace('_', '-')} is not for --model {NAME}: it brings its own")
    how = LINES_OF_TEXT
    picture = draw_line_of_text(TEXT) if args.image is None else args.image
    line = read_line(picture, how.height, how.width, how.resample)  # (3, 48, W)
    both = [line, np.ascontiguousarray(line[:, ::-1, ::-1])]
    out = _folder(args)
    gates, logits = gates_and_logits(load_text_direction(), np.stack([how(x) for x in both]))
    verdicts = [verdict(row) for row in logits]

    name = f'The line "{TEXT}", drawn for you' if args.image is None else visible(args.image)
    print(f"{name}, {line.shape[1]} x {line.shape[2]} pixels. The network says: {verdicts[0]}.")
    print(f"Of the same line turned by 180 degrees it says: {verdicts[1]}.\n")
    print(f"Preprocessing of these weights: {how}.\n")
    print(text_table(("block", "channels", "mean gate", "turned", "mean distance"), map(_row, gates, gates.values())))
    print("\nThe distance is that between a channel's gate and its gate for the turned line.")
    captions = [f"{what}: {said}" for what, said in zip(("the line", "turned"), verdicts, strict=True)]
    trouble = save_figure(partial(plot_turned_gates, both, gates, captions), out / FIGURE, dpi=110)
    if trouble is None:
        print(f"\nIn {visible(out)}: {FIGURE}")
    return tell_troubles([trouble])


def verdict(logits):
    """Return in words which way up, and with which probability.

    >>> verdict(np.log([0.25, 0.75]))
    'turned by 180 degrees, with probability 75.0 %'
    """
    shares = np.exp(logits - logits.max())
    best = int(shares.argmax())
    return f"{DIRECTIONS[best]}, with probability {100 * shares[best] / shares.sum():.1f} %"


def _row(block, s):
    return block, s.shape[1], *(f"{mean:.3f}" for mean in (s[0].mean(), s[1].mean(), abs(s[0] - s[1]).mean()))


def _folder(args):
    """Return the folder of the figure, which can be written, and where no file lies over that is read."""
    name = NAME if args.image is None else Path(args.image).name.replace(".", "-")
    out = args.out or Path(f"watch-{name}")
    spare([] if args.image is None else [args.image], [out / FIGURE])
    return writable(out, FIGURE)
