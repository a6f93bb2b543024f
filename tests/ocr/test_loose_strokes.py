"""A 1 beside ¥ or 日 is no stroke of it (IN-04)."""

from __future__ import annotations

from ocr.alignment import Match
from ocr.loose_strokes import money_sign, without_ones
from ocr.runs import Rect


def box(left: float, right: float, top: float = 0) -> Rect:
    return Rect(left, top, right, 30)


def test_a_stroke_like_a_1_apart_from_its_sign_is_taken_from_it() -> None:
    money = [box(0, 16), box(20, 25), box(30, 46)]
    found = without_ones([Match((0,), (0, 1)), Match((1,), (2,))], ["¥", "2"], money)
    assert [match.strokes for match in found] == [(0,), (2,)]
    day = [box(0, 5), box(9, 30)]
    assert without_ones([Match((0,), (0, 1))], ["日"], day)[0].strokes == (1,)


def test_strokes_of_a_sign_itself_stay() -> None:
    wide = [box(0, 16), box(10, 30)]
    assert without_ones([Match((0,), (0, 1))], ["¥"], wide)[0].strokes == (0, 1)
    low = [box(0, 16), box(20, 24, top=22)]
    assert without_ones([Match((0,), (0, 1))], ["¥"], low)[0].strokes == (0, 1)
    other = [box(0, 16), box(20, 25)]
    assert without_ones([Match((0,), (0, 1))], ["年"], other)[0].strokes == (0, 1)
    assert without_ones([Match((0,), (0,))], ["¥"], wide)[0].strokes == (0,)


def test_a_sign_of_money_stands_apart_if_it_is_as_wide_as_a_digit() -> None:
    matches = [Match((0,), (0,)), Match((1,), (1,)), Match((2,), (2,))]
    apart = [box(0, 18), box(24, 40), box(46, 62)]
    assert money_sign(matches, ["¥", "2", "6"], apart) == 0
    with_a_1 = [box(0, 30), *apart[1:]]
    assert money_sign(matches, ["¥", "2", "6"], with_a_1) is None
    assert money_sign(matches, ["4", "2", "6"], apart) is None
    touching = [Match((0, 1), (0,)), Match((2,), (1,))]
    assert money_sign(touching, ["¥", "2", "6"], apart) is None
    assert money_sign([], [], []) is None
