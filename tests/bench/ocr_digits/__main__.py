"""Measures the shipped digit reader by font on tiles that the reader itself cut from our comb.

    python -m tests.bench.ocr_digits [--combs N] [--hands learnt|tuned|held]

Prints the share of digits read right with n and its 95 % interval (Wilson), the same of the
whole, and which digit is taken for which.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from pathlib import Path

from ocr.engines.digits import DigitReader
from tests.bench.ocr_digits.drawing import PEOPLE, STROKES, comb_tiles
from tests.bench.ocr_digits.fonts import HELD_BACK, LEARNT, TUNED_BY
from tests.bench.ocr_measure import line

HANDS = {"held": HELD_BACK, "tuned": TUNED_BY, "learnt": [*LEARNT, STROKES, PEOPLE]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--combs", type=int, default=12, help="combs written by each hand")
    parser.add_argument("--hands", choices=list(HANDS), default="held")
    parser.add_argument("--model", type=Path, help="another model than the shipped one")
    given = parser.parse_args()
    reader = DigitReader(given.model)
    taken: Counter[str] = Counter()
    every: list[bool] = []
    for hand in HANDS[given.hands]:
        cut = [
            one
            for number in range(given.combs)
            for one in comb_tiles(hand, random.Random(f"{given.hands} {hand} {number}"))
        ]
        found = reader.judge([tile for tile, _ in cut]).argmax(axis=1)
        right = [str(digit) == truth for digit, (_, truth) in zip(found, cut, strict=True)]
        taken.update(
            f"{truth} as {digit}"
            for digit, (_, truth) in zip(found, cut, strict=True)
            if str(digit) != truth
        )
        every += right
        print(line(hand, right))
    print(line(f"all {given.hands}", every))
    print(", ".join(f"{what}: {count}" for what, count in taken.most_common(12)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
