"""Proves that digits that touch their neighbours are cut where the ink is thinnest, and read."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.cleaning import strokes
from ocr.digit_lines import vetted
from ocr.engines.base import Glyph, LineReading
from ocr.engines.digits import NO_DIGIT, Shares
from ocr.tiles import split_tiles
from ocr.votes import plain_ones, weighed


def _pen(size: tuple[int, int], lines: Sequence[Sequence[tuple[int, int]]]) -> NDArray[np.uint8]:
    layer = np.full(size, 255, np.uint8)
    for points in lines:
        cv2.polylines(layer, [np.asarray(points, np.int32)], False, 30, 4, cv2.LINE_AA)
    return layer


def _ellipse(middle: tuple[int, int], axes: tuple[int, int]) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in cv2.ellipse2Poly(middle, axes, 0, 0, 360, 10)]


def test_a_slanted_1_is_cut_off_from_the_6_that_it_leans_over() -> None:
    """IN-04: an upright cut through both would leave neither."""
    belly, stem = _ellipse((40, 62), (16, 16)), [(48, 14), (30, 40), (24, 62)]
    one = [(82, 12), (54, 80)]
    pen = _pen((92, 110), (belly, stem, one))
    ((rect, mask),) = strokes(pen, 5)
    six, alone = split_tiles(pen, rect, mask, 2)
    wide = np.flatnonzero((alone < 150).any(axis=0))
    assert (alone < 150).sum() < 1.35 * (_pen((92, 110), (one,)) < 150).sum()
    assert wide[-1] - wide[0] < 38, "the leaning stroke alone"
    holes = cv2.findContours((six < 150).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)[
        1
    ]
    assert (holes[0][:, 3] >= 0).any(), "the belly of the 6 is whole"


class _Sees:
    """Says what our network might of tiles by their width: wide ones hold two signs."""

    def __init__(self, sign_of_money: bool) -> None:
        self.sign_of_money = sign_of_money

    def judge(self, tiles: Sequence[NDArray[np.uint8]]) -> Shares:
        found = np.full((len(tiles), NO_DIGIT + 1), 0.001, np.float32)
        for at, tile in enumerate(tiles):
            ink = tile < 150
            rings = cv2.connectedComponents((~ink).astype(np.uint8), connectivity=4)[0] - 2
            columns = np.flatnonzero(ink.any(axis=0))
            wide = columns[-1] - columns[0] + 1
            if rings:
                found[at, 0 if wide < 45 else NO_DIGIT] = 0.99
            else:
                found[at, NO_DIGIT if self.sign_of_money else 4] = 0.99
        return found


def _amount() -> tuple[NDArray[np.uint8], LineReading]:
    """Return 00.00 behind a cross that runs into its first 0 and was not read."""
    cross = ([(10, 20), (44, 44)], [(10, 62), (44, 40)])
    rings = [_ellipse((x, 42), (14, 24)) for x in (56, 100, 160, 204)]
    pen = _pen((84, 240), (*cross, *rings, [(128, 66), (131, 66)]))
    glyphs = tuple(
        Glyph(sign, x / 240, 0.99)
        for sign, x in zip("00.00", (52, 100, 130, 160, 204), strict=True)
    )
    return pen, LineReading("00.00", 0.99, glyphs)


def test_a_digit_that_runs_into_the_sign_of_money_is_seen_without_it() -> None:
    """IN-04: ¥ that was not read must not cost the digit behind it."""
    pen, reading = _amount()
    (found,) = vetted([pen], [reading], _Sees(sign_of_money=True), ["amount"])
    assert found.text == "00.00"
    assert found.glyphs[0].confidence > 0.9
    (number,) = vetted([pen], [reading], _Sees(sign_of_money=True), ["member_no"])
    assert number.glyphs[0].confidence < 0.5, "before a number nothing is cut off"


def test_what_a_digit_runs_into_holds_it_back_where_it_may_be_a_digit() -> None:
    pen, reading = _amount()
    (found,) = vetted([pen], [reading], _Sees(sign_of_money=False), ["amount"])
    assert found.glyphs[0].confidence < 0.5


def _seen(one: float, seven: float) -> NDArray[np.float32]:
    shares = np.full(NO_DIGIT + 1, (1 - one - seven) / 9, np.float32)
    shares[[1, 7]] = one, seven
    return shares


def test_whoever_writes_plain_ones_means_7_by_what_is_read_as_7() -> None:
    """IN-04: the other 1 of a page tell how its 1 are written."""
    assert plain_ones([_seen(0.98, 0.01)] * 2)
    assert not plain_ones([_seen(0.98, 0.01)])
    assert not plain_ones([*[_seen(0.98, 0.01)] * 3, _seen(0.6, 0.35)])
    open_to_doubt = _seen(0.5, 0.48)
    assert weighed(open_to_doubt, "7", 0.99)[7] < 0.78
    assert weighed(open_to_doubt, "7", 0.99, plain=True)[7] > 0.78
    assert weighed(_seen(0.95, 0.04), "7", 0.99, plain=True)[7] < 0.78, "not against our network"
