"""Measures whole comb fields without the page around them: many more in the same time.

    python -m tests.bench.ocr_digits.fields [--fields N] [--hands held|tuned] [--show]

Prints the share of fields read right by hand and in sum, with n and its 95 % interval (Wilson),
the coverage and precision of `certain`, and every certain field that is wrong.
"""

from __future__ import annotations

import argparse
import json
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
from tests.bench.ocr_measure import line

HANDS = {"held": HELD_BACK, "tuned": TUNED_BY, "learnt": LEARNT, "printed": [PRINTED]}


def placed(field: FormField, value: str) -> dict[int, str]:
    """Return a value's digits by cell."""
    digits = [sign for sign in value if sign.isdigit()]
    first = (field.cells or 0) - len(digits) if field.decimals else 0
    return {first + index: digit for index, digit in enumerate(digits)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fields", type=int, default=20, help="fields written by each hand")
    parser.add_argument("--first", type=int, default=0, help="number of the first field")
    parser.add_argument("--hands", choices=list(HANDS), default="held")
    parser.add_argument("--model", type=Path, help="another model than the shipped one")
    parser.add_argument("--show", action="store_true", help="list every miss")
    parser.add_argument("--record", type=Path, help="write what calibration needs")
    given = parser.parse_args()
    engine: Engine = RapidEngine()
    judge = DigitReader(given.model)
    combs = [field for field in store_complaint_template().fields if field.cells]
    every: list[bool] = []
    certain: list[bool] = []
    kept: list[str] = []
    for hand in HANDS[given.hands]:
        mine: list[bool] = []
        for number in range(given.first, given.first + given.fields):
            rng = random.Random(f"field {hand} {number}")
            field = rng.choice(combs)
            value = values(rng)[field.key]
            comb = write_comb(hand, field.key, placed(field, value), rng)
            (found,) = read_combs([comb], engine, judge)
            right = found.value == value
            mine.append(right)
            kept.append(json.dumps({"kind": "comb", "weakest": found.weakest, "right": right}))
            if found.certain:
                certain.append(right)
            if not right and (found.certain or given.show):
                sure = "CERTAIN BUT WRONG" if found.certain else "  miss"
                print(f"{sure} {hand} {number} {field.key}: {found} instead of {value!r}")
        print(line(hand, mine))
        every += mine
    print(line(f"all {given.hands}", every))
    print(line("certain: coverage", [True] * len(certain) + [False] * (len(every) - len(certain))))
    print(line("certain: precision", certain) if certain else "nothing is certain")
    if given.record:
        given.record.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
