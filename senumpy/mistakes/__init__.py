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

Each file holds the mistakes of one theme: the code first, the answers below it. In reading order:

================  =================================================================================
`mistake`         a mistake beside the right thing: same forward, same numbers, one line apart
`linear`          two factors and one sum, each can be put in the wrong place
`activations`     the right derivative, taken at the wrong place
`scale`           forward broadcast, and backward has to know over which axes
`excitation`      two small layers, two activations, and an order to be kept
`se`              where the two paths of a block meet
`se_variants`     one line of forward was changed, and one of backward was not
`residual`        the same once more around a branch of layers
`pooling`         who won, how many shared, and what happens where windows overlap
`convolution`     a kernel that turns round on the way back
`normalization`   every value moves the mean and the variance
`loss`            where backward begins
`probes`          numbers at which mistakes show
================  =================================================================================

`wrong_blocks` has those that no gradient check can notice.
"""

from senumpy.mistakes import (
    activations,
    convolution,
    excitation,
    linear,
    loss,
    normalization,
    pooling,
    residual,
    scale,
    se,
    se_variants,
)
from senumpy.mistakes.mistake import Mistake, WrongBlock, by_name
from senumpy.mistakes.wrong_blocks import steps as blocks
from senumpy.mistakes.wrong_blocks import widths

THEMES = (
    linear, activations, scale, excitation, se, se_variants, residual, pooling, convolution, normalization, loss
)  # fmt: skip

MISTAKES = by_name(*(theme.GALLERY for theme in THEMES))
WRONG_BLOCKS = by_name(widths.GALLERY, blocks.GALLERY)

__all__ = ["MISTAKES", "WRONG_BLOCKS", "Mistake", "WrongBlock"]
