"""Measures numbers written on a line, as foreign forms have them, without the page around them.

    python -m tests.bench.ocr_digits.lines [--lines N] [--hands held|tuned|printed] [--show]

Dates, amounts, phones and numbers in the ways people write them, some on a ruled line, captured
at 100 to 200 dpi; found, read and decided by the reader's own code. Prints what
`ocr_digits.fields` prints for combs.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.base import Engine
from ocr.engines.digits import DigitReader
from ocr.engines.rapid import RapidEngine
from ocr.labels import Label
from ocr.layout import Place
from ocr.ruling import find_ruling, without_lines
from ocr.runs import Rect, Run, run_of
from ocr.sheet import make_sheet
from ocr.values import Value, read_values
from tests.bench.ocr_corpus.content import spoken, values
from tests.bench.ocr_corpus.hands import INKS, put
from tests.bench.ocr_corpus.ours import PX
from tests.bench.ocr_digits.drawing import Writer, coverage, writer
from tests.bench.ocr_digits.fields import HANDS
from tests.bench.ocr_digits.tally import Tally, add_options

KEYS = ("phone", "member_no", "receipt_no", "complaint_date", "amount")


def written(hand: str, text: str, rng: random.Random) -> NDArray[np.uint8]:
    """Return a line of writing as it was captured, RGB, some 200 dpi."""
    paper = rng.randint(242, 252)
    who, ink = writer(hand, rng), rng.choice(INKS)
    who = Writer(who.hand, min(who.high, 5.0), min(who.unsteady, 1.2), who.pen)
    page = lined_paper(rng, paper)
    x, base = 8 * PX, 14 * PX
    high = who.high * PX
    for sign in text:
        tile = coverage(sign, who, rng)
        low = 0.35 * high if sign == "-" else 0.0
        put(page, tile, x, base - tile.shape[0] - low + rng.gauss(0, 0.03) * high, ink)
        x += tile.shape[1] + high * max(0.06, rng.gauss(0.16, 0.05))
    return scanned(page, rng)


def lined_paper(rng: random.Random, paper: int = 248) -> NDArray[np.uint8]:
    """Return paper for one line, RGB, every second time with a ruled line to write on."""
    page = np.full((round(22 * PX), round(110 * PX), 3), paper, np.uint8)
    if rng.random() < 0.5:
        y = round(15.2 * PX)
        cv2.line(page, (round(4 * PX), y), (round(106 * PX), y), (30, 30, 30), 3, cv2.LINE_AA)
    return page


def scanned(page: NDArray[np.uint8], rng: random.Random) -> NDArray[np.uint8]:
    """Return paper as it was captured at 100 to 200 dpi, drawn at some 200."""
    scale = rng.choice((0.42, 0.5, 0.67, 0.67))
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.3, 0.9))
    grain = np.random.default_rng(rng.getrandbits(32)).standard_normal(small.shape)
    noisy = np.clip(small * rng.uniform(0.7, 1.0) + grain * rng.uniform(1, 6), 0, 255)
    _, coded = cv2.imencode(
        ".jpg", noisy.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, rng.choice((60, 75, 92))]
    )
    back = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    return np.asarray(cv2.resize(back, None, fx=0.67 / scale, fy=0.67 / scale), np.uint8)


def read(picture: NDArray[np.uint8], key: str, engine: Engine, judge: DigitReader) -> Value | None:
    """Find the line, read and decide it as the reader does on a form."""
    high, wide = picture.shape[:2]
    sheet = make_sheet(picture, np.eye(3), np.eye(3), (wide, high))
    quads = engine.detect(sheet.clean)
    rects = [Rect(*quad.min(axis=0).tolist(), *quad.max(axis=0).tolist()) for quad in quads]
    crops = [
        np.ascontiguousarray(
            sheet.clean[int(r.top) : int(r.bottom) + 1, int(r.left) : int(r.right) + 1]
        )
        for r in rects
    ]
    readings = engine.recognise(crops)
    runs = [run_of(one, r) for one, r in zip(rects, readings, strict=True) if r.text]
    if not runs:
        return None
    runs.sort(key=lambda run: run.rect.left)
    area = Rect(0, 0, wide, high)
    place = Place(key, cast(Label, None), cast(tuple[Run, ...], tuple(runs)), area, None)
    unruled = without_lines(sheet.clean, find_ruling(sheet.clean, 36.0))
    return read_values({key: place}, unruled, engine, 36.0, judge).get(key)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=20, help="lines written by each hand")
    parser.add_argument("--model", type=Path, help="another model than the shipped one")
    add_options(parser, list(HANDS))
    given = parser.parse_args()
    engine, judge = RapidEngine(), DigitReader(given.model)
    tally = Tally("digits", show=given.show)
    for hand in HANDS[given.hands]:
        for number in range(given.first, given.first + given.lines):
            rng = random.Random(f"line {hand} {number}")
            key = KEYS[number % len(KEYS)]
            value = values(rng)[key]
            found = read(
                written(hand, spoken(key, value, rng.randrange(12)), rng), key, engine, judge
            )
            said = (found.text, round(found.weakest, 3)) if found else None
            tally.note(
                f"{hand} {number} {key}: {said} instead of {value!r}",
                right=found is not None and found.text == value,
                weakest=found.weakest if found else 0.0,
                certain=found is not None and found.certain,
            )
        tally.end_hand(hand, given.record)
    tally.end(given.hands)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
