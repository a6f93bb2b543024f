"""How sure a counted share is: the Wilson score interval of a rate."""

from __future__ import annotations

import math
from typing import Final

_Z95: Final = 1.959964
"""The normal distribution's quantile that leaves 2.5 % on either side."""


def wilson_interval(right: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval, 0 to 1, of the share of which `right` in `of` were seen.

    Without any observation nothing is known: 0 to 1. (Wilson 1927; it stays right for small
    numbers and for shares near 0 and 1, where the normal interval leaves the range.)
    """
    if not of:
        return (0.0, 1.0)
    share, z = right / of, _Z95
    middle = share + z * z / (2 * of)
    spread = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    whole = 1 + z * z / of
    return (max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole))
