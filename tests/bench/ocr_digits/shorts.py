"""Measures names, stores and products by hand without the page around them: many more in a time.

    python -m tests.bench.ocr_digits.shorts [--where ours|line] [--fields N] [--hands tuned|held]

`ours` writes into the free boxes of our form, `line` on a line as foreign forms have them; both
are cut, read and decided by the reader's own code. Prints what `ocr_digits.fields` prints.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from desktop.domain.form_template import BoxMm, FormField
from desktop.domain.forms import FieldReading
from desktop.reports.paper_form import store_complaint_template
from ocr.engines.base import Engine
from ocr.engines.digits import DigitReader
from ocr.engines.rapid import RapidEngine
from ocr.our_form import cut_free, read_free
from ocr.registration import Registered
from ocr.values import Value
from tests.bench.ocr_corpus.content import values
from tests.bench.ocr_corpus.hands import HELD_BACK_HANDS, INKS, TUNING_WORDS, Hand, write_line
from tests.bench.ocr_corpus.ours import PX, blank
from tests.bench.ocr_digits.drawing import captured
from tests.bench.ocr_digits.fonts import TUNED_BY, file_of
from tests.bench.ocr_digits.lines import lined_paper, read, scanned
from tests.bench.ocr_digits.tally import Tally, add_options
from tests.bench.ocr_measure import bare

KEYS = ("customer_name", "store", "product", "received_by")
_ROUND = 5.0
"""Millimetres of our form kept around a box."""
HANDS = {
    "tuned": [
        Hand(f"{index} {name}", words, file_of(name).name, (1.0, 0.8, 1.2)[index % 3])
        for index, name in enumerate(TUNED_BY)
        for words in [TUNING_WORDS[index % len(TUNING_WORDS)]]
    ],
    "held": list(HELD_BACK_HANDS),
}


@cache
def _box_paper(key: str, variant: str) -> tuple[NDArray[np.uint8], FormField]:
    """Return a printed box with some form around it, and its field moved there."""
    page = blank(1, variant)  # type: ignore[arg-type]
    field = next(one for one in store_complaint_template().fields if one.key == key)
    x, y = field.box.x - _ROUND, field.box.y - _ROUND
    right, bottom = field.box.x + field.box.w + _ROUND, field.box.y + field.box.h + _ROUND
    area = page[round(y * PX) : round(bottom * PX), round(x * PX) : round(right * PX)].copy()
    return area, replace(field, box=BoxMm(_ROUND, _ROUND, field.box.w, field.box.h))


def boxed(hand: Hand, key: str, text: str, rng: random.Random) -> tuple[Registered, FormField]:
    """Return a box of our form with a text in it, laid flat, and the field that it is."""
    paper, field = _box_paper(key, rng.choice(("zh", "bilingual")))
    page, ink = paper.copy(), rng.choice(INKS)
    size = round(field.box.h * PX * 0.6 * (1 + rng.uniform(-0.12, 0.08)))
    middle = (field.box.y + field.box.h / 2) * PX + rng.gauss(0, 0.3) * hand.unsteady * PX
    write_line(page, text, (field.box.x + 2) * PX, middle, size, hand, ink, rng)
    return captured(page, rng), field


def lined(hand: Hand, text: str, rng: random.Random) -> NDArray[np.uint8]:
    """Return a line of writing as it was captured, RGB, some 200 dpi."""
    page = lined_paper(rng)
    size = round(rng.uniform(4.4, 6.0) * PX)
    write_line(page, text, 8 * PX, 11.5 * PX, size, hand, rng.choice(INKS), rng)
    return scanned(page, rng)


def read_ours(
    hand: Hand, key: str, text: str, rng: random.Random, engine: Engine
) -> FieldReading | None:
    page, field = boxed(hand, key, text, rng)
    return read_free(page, [cut_free(page, field)], engine).get(key)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--where", choices=["ours", "line"], default="line")
    parser.add_argument("--fields", type=int, default=20, help="fields written by each hand")
    add_options(parser, list(HANDS))
    given = parser.parse_args()
    engine, judge = RapidEngine(), DigitReader()
    tally = Tally("short", show=given.show)
    for hand in HANDS[given.hands]:
        for number in range(given.first, given.first + given.fields):
            rng = random.Random(f"short {given.where} {hand.name} {number}")
            key = KEYS[number % len(KEYS)]
            text = values(rng)[key]
            found: FieldReading | Value | None
            if given.where == "ours":
                found = read_ours(hand, key, text, rng, engine)
            else:
                found = read(lined(hand, text, rng), key, engine, judge)
            got = (found.value if isinstance(found, FieldReading) else found.text) if found else ""
            tally.note(
                f"{hand.name} {number} {key}: {got!r} instead of {text!r}",
                right=bare(got) == bare(text),
                weakest=found.weakest if found else 0.0,
                certain=found is not None and found.certain,
            )
        tally.end_hand(hand.name, given.record)
    tally.end(given.hands)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
