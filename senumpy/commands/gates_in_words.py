"""What SE blocks did with one picture, as text."""

import numpy as np


def describe(gates, top=3):
    """Return the most open and the most closed channels of each block as text.

    >>> print(describe({"se1": np.array([0.1, 0.9, 0.5, 0.6])}, top=1))
    se1  4 channels, mean gate 0.53
         most open    1: 0.90
         most closed  0: 0.10
    """
    lines = []
    for block, s in gates.items():
        order = np.argsort(-s, kind="stable")
        lines.append(f"{block}  {len(s)} channels, mean gate {s.mean():.2f}")
        for word, channels in (("most open  ", order[:top]), ("most closed", order[::-1][:top])):
            lines.append(f"     {word}  " + ", ".join(f"{c}: {s[c]:.2f}" for c in channels))
    return "\n".join(lines)
