"""Measures whole comb fields without the page around them: many more in the same time.

    python -m tests.bench.ocr_digits.fields [--fields N] [--hands held|tuned] [--show]

Prints the share of fields read right by hand and in sum, with n and its 95 % interval (Wilson),
the coverage and precision of `certain`, and every certain field that is wrong.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from desktop.domain.form_template import FormField
from desktop.reports.paper_form import store_complaint_template
from ocr.engines.base import Engine
from ocr.engines.digits import DigitReader
from ocr.engines.rapid import RapidEngine
from ocr.our_form import read_combs
from tests.bench.ocr_corpus.content import values
from tests.bench.ocr_digits.drawing import PRINTED, write_comb
from tests.bench.ocr_digits.fonts import HELD_BACK, LEARNT, TUNED_BY
from tests.bench.ocr_digits.tally import Tally, add_options

HANDS = {"held": HELD_BACK, "tuned": TUNED_BY, "learnt": LEARNT, "printed": [PRINTED]}


def placed(field: FormField, value: str) -> dict[int, str]:
    """Return a value's digits by cell."""
    digits = [sign for sign in value if sign.isdigit()]
    first = (field.cells or 0) - len(digits) if field.decimals else 0
    return {first + index: digit for index, digit in enumerate(digits)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fields", type=int, default=20, help="fields written by each hand")
    parser.add_argument("--model", type=Path, help="another model than the shipped one")
    add_options(parser, list(HANDS))
    given = parser.parse_args()
    engine: Engine = RapidEngine()
    judge = DigitReader(given.model)
    combs = [field for field in store_complaint_template().fields if field.cells]
    tally = Tally("comb", show=given.show)
    for hand in HANDS[given.hands]:
        for number in range(given.first, given.first + given.fields):
            rng = random.Random(f"field {hand} {number}")
            field = rng.choice(combs)
            value = values(rng)[field.key]
            comb = write_comb(hand, field.key, placed(field, value), rng)
            (found,) = read_combs([comb], engine, judge)
            tally.note(
                f"{hand} {number} {field.key}: {found} instead of {value!r}",
                right=found.value == value,
                weakest=found.weakest,
                certain=found.certain,
            )
        tally.end_hand(hand, given.record)
    tally.end(given.hands)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
