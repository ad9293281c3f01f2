"""What was read from a file of weights, in sentences: nothing is changed without a word."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Loaded:
    """What `load_pretrained` read, and what it changed: ``print`` it.

    Attributes
    ----------
    path : Path
    arrays, numbers : int
        How many of each were read; all of them are in the network now.
    renamed : dict of str to str
        By the name in the file the name here, where they differ.
    widths : dict of str to (int, int)
        By the name of an SE block its hidden width before and now, where the file has another one.
    biases : dict of str to bool
        By the name of an SE block whether it has biases now, where that was otherwise.

    Examples
    --------
    >>> print(Loaded(Path("a.pth"), 2, 512, {"se.fc1.weight": "se.fc.0.weight"}, {"se": (4, 8)}, {}))
    a.pth: all of its 512 numbers in 2 arrays were loaded.
    Names: 1 was changed: se.fc1.weight to se.fc.0.weight.
    The file's SE blocks have other hidden widths, so ours were rebuilt: se 4 to 8.
    """

    path: Path
    arrays: int
    numbers: int
    renamed: dict
    widths: dict
    biases: dict

    def __str__(self):
        lines = [f"{self.path}: all of its {self.numbers:,} numbers in {self.arrays} arrays were loaded."]
        if self.renamed:
            names = _some([f"{theirs} to {ours}" for theirs, ours in self.renamed.items()], most=2)
            lines.append(f"Names: {len(self.renamed)} {'was' if len(self.renamed) == 1 else 'were'} changed: {names}.")
        if self.widths:
            widths = _some([f"{_name(block)} {old} to {now}" for block, (old, now) in self.widths.items()], most=4)
            lines.append(f"The file's SE blocks have other hidden widths, so ours were rebuilt: {widths}.")
        for have, words in ((True, "have biases"), (False, "have no biases")):
            blocks = [_name(block) for block, now in self.biases.items() if now is have]
            if blocks:
                lines.append(f"The file's SE blocks {words}, so ours were rebuilt: {_some(blocks, most=2)}.")
        return "\n".join(lines)


def _name(block):
    return block or "the block itself"


def _some(words, most):
    return ", ".join([*words[:most], *([f"and {len(words) - most} more"] if len(words) > most else [])])
