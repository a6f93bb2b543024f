"""Weighs what two independent readers say of each digit, and takes the likeliest that can be."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Odds = NDArray[np.float64]
"""(10,): how likely each digit is; the sum is 1."""

_LEAST: Final = 1e-3
_SUREST: Final = 0.99
"""No reader is believed to be surer than this: hands differ from those that it learnt from."""
_TAKEN_FOR: Final = {"7": "1"}
"""What PP-OCR reads for sure although it is another: a 1 with a long upstroke as a 7."""
_TAKEN: Final = 0.3
_TRIES: Final = 400
_RIVALS: Final = 3
_LEAST_RIVAL: Final = 0.02


def weighed(shares: NDArray[np.float32], digit: str, confidence: float) -> Odds:
    """Return how likely each digit is by both readers.

    `shares` are ours of the ten digits; `digit` is what the other reader says with
    `confidence`, "" when it says nothing. Each reader's word counts by half, so that only both
    together reach the surest.
    """
    ours = np.clip(shares[:10].astype(np.float64), _LEAST, _SUREST)
    other = np.full(10, 0.1)
    if digit:
        sure = min(max(confidence, 0.1), _SUREST)
        other = np.full(10, (1 - sure) / 9)
        other[int(digit)] = sure
        if digit in _TAKEN_FOR:
            other *= 1 - _TAKEN
            other[int(_TAKEN_FOR[digit])] += _TAKEN * sure
    both = np.sqrt(ours * other)
    return np.asarray(both / both.sum(), np.float64)


def likeliest(odds: Sequence[Odds], fits: Callable[[str], bool]) -> str:
    """Return the likeliest digits that fit; the likeliest of all when none that is likely fits."""
    order = [np.argsort(-one) for one in odds]
    first = "".join(str(ranks[0]) for ranks in order)
    losses = [-np.log(one[ranks]) for one, ranks in zip(odds, order, strict=True)]
    queue: list[tuple[float, tuple[int, ...]]] = [(0.0, (0,) * len(odds))]
    seen = {queue[0][1]}
    for _ in range(_TRIES):
        if not queue:
            break
        loss, picks = heapq.heappop(queue)
        text = "".join(str(ranks[pick]) for ranks, pick in zip(order, picks, strict=True))
        if fits(text):
            return text
        for place, pick in enumerate(picks):
            following = (*picks[:place], pick + 1, *picks[place + 1 :])
            if pick + 1 >= _RIVALS or following in seen:
                continue
            if odds[place][order[place][pick + 1]] < _LEAST_RIVAL:
                continue
            seen.add(following)
            more = losses[place][pick + 1] - losses[place][pick]
            heapq.heappush(queue, (loss + float(more), following))
    return first
