"""Weighs what two independent readers say of each digit, and takes the likeliest that can be."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

Odds = NDArray[np.float64]
"""(10,): how likely each digit is; the sum is 1."""

Option = tuple[str, float]
"""A sign that may stand at a place, and how likely it is there."""

_LEAST: Final = 1e-3
_SUREST: Final = 0.99
"""No reader is believed to be surer than this: hands differ from those that it learnt from."""
_TAKEN_FOR: Final = {"7": "1"}
"""What PP-OCR reads for sure although it is another: a 1 with a long upstroke as a 7."""
_TAKEN: Final = 0.15
_TAKEN_PLAIN: Final = 0.04
"""How often it does so, and how often where all other 1 of the page are plain ones."""
_PLAIN: Final = 0.9
_LIKE: Final = 0.2
_PLAIN_ONES: Final = 2
"""Share from which on a 1 is a plain one, share from which on it is like another, least number."""
_TRIES: Final = 400
_RIVALS: Final = 3
_LEAST_RIVAL: Final = 0.02


def weighed(
    shares: NDArray[np.float32], digit: str, confidence: float, *, plain: bool = False
) -> Odds:
    """Return how likely each digit is by both readers.

    `shares` are ours of the ten digits; `digit` is what the other reader says with
    `confidence`, "" when it says nothing. Each reader's word counts by half, so that only both
    together reach the surest. `plain` tells that whoever wrote this writes 1 as a plain stroke.
    """
    ours = np.clip(shares[:10].astype(np.float64), _LEAST, _SUREST)
    other = np.full(10, 0.1)
    if digit:
        sure = min(max(confidence, 0.1), _SUREST)
        other = np.full(10, (1 - sure) / 9)
        other[int(digit)] = sure
        if digit in _TAKEN_FOR:
            taken = _TAKEN_PLAIN if plain else _TAKEN
            other *= 1 - taken
            other[int(_TAKEN_FOR[digit])] += taken * sure
    both = np.sqrt(ours * other)
    return np.asarray(both / both.sum(), np.float64)


def plain_ones(ones: Sequence[NDArray[np.float32]]) -> bool:
    """Tell whether those digits that the other reader calls 1 (their shares) are plain ones."""
    sure = sum(bool(shares[1] >= _PLAIN) for shares in ones)
    like = sum(bool(shares[int(taken)] >= _LIKE) for shares in ones for taken in _TAKEN_FOR)
    return sure >= _PLAIN_ONES and not like


def likeliest(odds: Sequence[Odds], fits: Callable[[str], bool]) -> str:
    """Return the likeliest digits that fit; the likeliest of all when none that is likely fits."""
    options = [rivals(one) for one in odds]
    picks = likeliest_picks(options, fits) or (0,) * len(options)
    return "".join(signs[pick][0] for signs, pick in zip(options, picks, strict=True))


def rivals(odds: Odds) -> list[Option]:
    """Return a digit's likeliest readings, at least one."""
    order = np.argsort(-odds)[:_RIVALS]
    return [
        (str(digit), float(odds[digit]))
        for rank, digit in enumerate(order)
        if rank == 0 or odds[digit] >= _LEAST_RIVAL
    ]


def likeliest_picks(
    options: Sequence[Sequence[Option]], fits: Callable[[str], bool]
) -> tuple[int, ...] | None:
    """Return which option of each sign makes the likeliest text that fits; None when none does.

    The options of a sign go from the likeliest to the least likely.
    """
    losses = [[-log(max(share, 1e-9)) for _, share in signs] for signs in options]
    queue: list[tuple[float, tuple[int, ...]]] = [(0.0, (0,) * len(options))]
    seen = {queue[0][1]}
    for _ in range(_TRIES):
        if not queue:
            break
        loss, picks = heapq.heappop(queue)
        if fits("".join(signs[pick][0] for signs, pick in zip(options, picks, strict=True))):
            return picks
        for place, pick in enumerate(picks):
            following = (*picks[:place], pick + 1, *picks[place + 1 :])
            if pick + 1 < len(options[place]) and following not in seen:
                seen.add(following)
                more = losses[place][pick + 1] - losses[place][pick]
                heapq.heappush(queue, (loss + more, following))
    return None
