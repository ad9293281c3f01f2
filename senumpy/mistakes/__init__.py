"""The gallery of mistakes: wrong backward passes, and wrong blocks, that people really write.

`MISTAKES` holds backward passes that are wrong by one line, each with its forward, the right pair beside it, and a
probe at which the gradient check notices. `WRONG_BLOCKS` holds SE blocks that compute the wrong thing and differentiate
it correctly, which no gradient check can notice.

They are exercises: print `source`, find the bug, then ask the check, and read `what` last.

>>> from senumpy.gradcheck import check
>>> mistake = MISTAKES["se_no_gate_path"]
>>> report = check(mistake.forward, mistake.backward, mistake.probe)
>>> report.status
'FAIL'
>>> print(report.hints[0])
dx: the path through the mean of each channel (in an SE block the gate's path, dz / (H W)) is missing; the rest is right
>>> check(*mistake.right, mistake.probe).status
'PASS'

Each file holds the mistakes of one theme: the code first, the answers below it.
"""

from senumpy.mistakes import (
    activations,
    blocks,
    convolution,
    excitation,
    linear,
    loss,
    normalization,
    pooling,
    scale,
    se,
    widths,
)
from senumpy.mistakes.mistake import Mistake, WrongBlock, by_name

THEMES = (linear, activations, scale, excitation, se, pooling, convolution, normalization, loss)

MISTAKES = by_name(*(theme.GALLERY for theme in THEMES))
WRONG_BLOCKS = by_name(widths.GALLERY, blocks.GALLERY)

__all__ = ["MISTAKES", "WRONG_BLOCKS", "Mistake", "WrongBlock"]
