"""A place where the recogniser read words is no tick box, between two characters either."""

from __future__ import annotations

from ocr.boxes import SignAt, is_word
from ocr.runs import Rect

BOX = Rect(303, 815, 337, 848)


def sign(text: str, x: float) -> SignAt:
    return SignAt(text, 0.99, x, 797, 866)


def test_the_strokes_of_two_characters_side_by_side_are_no_box() -> None:
    assert is_word(BOX, [sign("诉", 270), sign("类", 303), sign("别", 338)])


def test_a_box_between_two_words_is_one() -> None:
    assert not is_word(BOX, [sign("量", 270), sign("服", 370)])


def test_a_box_before_its_first_word_is_one() -> None:
    assert not is_word(BOX, [sign("质", 370), sign("量", 405)])
    assert not is_word(BOX, [])
