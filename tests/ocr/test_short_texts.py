"""A short text that two readings agree on is doubted where its look tells otherwise (IN-04)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ocr.engines.base import Glyph, LineReading, Quad
from ocr.short_texts import (
    borne_out,
    lacks_a_digit,
    likelier,
    of_the_form,
    rare_signs,
    restroked,
    together,
)
from ocr.unread import is_chinese, unread_ink
from tests.ocr.drawn_forms import font


class Reads:
    """An engine that reads every line as the same text."""

    name = "reads"

    def __init__(self, reading: LineReading) -> None:
        self.reading, self.asked = reading, 0

    def check(self) -> None:
        """It is always there."""

    def detect(self, image: NDArray[np.uint8]) -> list[Quad]:
        return []

    def recognise(
        self, crops: Sequence[NDArray[np.uint8]], *, digits: bool = False
    ) -> list[LineReading]:
        self.asked += len(crops)
        return [self.reading] * len(crops)

    def release(self) -> None:
        """It holds nothing."""


def written(text: str, read: str, level: float = 0.99) -> tuple[NDArray[np.uint8], LineReading]:
    """Return a line that says `text` and a reading of its signs `read`, others left out."""
    face = font(40)
    wide = round(face.getlength(text)) + 20
    image = Image.new("L", (wide, 56), 255)
    ImageDraw.Draw(image).text((10, 28), text, font=face, fill=40, anchor="lm")
    glyphs = []
    left = list(read)
    for index, sign in enumerate(text):
        if left and sign == left[0]:
            middle = 10 + face.getlength(text[:index]) + face.getlength(sign) / 2
            glyphs.append(Glyph(left.pop(0), middle / wide, level))
    return np.asarray(image, np.uint8), LineReading(read, level, tuple(glyphs))


def test_characters_in_daily_use_are_told_from_rare_ones() -> None:
    assert not rare_signs("彭志敏 500ml")
    assert rare_signs("彭志毓")
    assert rare_signs("吴㐂")


def test_characters_that_names_are_made_of_are_not_rare_in_a_name() -> None:
    assert not rare_signs("刘怡婷", "customer_name")
    assert not rare_signs("闫鑫", "received_by")
    assert not rare_signs("美的电饭煲", "product")
    assert not rare_signs("深圳万达店", "store")
    assert rare_signs("刘怡婷", "product")
    assert rare_signs("刘毓", "customer_name")


def test_one_poor_look_of_three_counts_little() -> None:
    assert together(0.99, 0.98, 0.97) == 0.97
    assert together(0.6, 0.99, 0.98) == pytest.approx(0.92)
    assert together(0.7, 0.75, 0.99) == 0.7
    assert together(0.4, 0.99, 0.99) == 0.4
    assert together(0.99, 0.0, 0.98) == 0.0


def test_a_rare_sign_of_a_name_gives_way_to_the_one_that_is_written_more_often() -> None:
    assert likelier("罗毓明", "customer_name") == "罗敏明"
    assert likelier("钟毓店", "store") == "钟毓店"


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("元锡火车站店", "无锡火车站店"),
        ("大原店", "太原店"),
        ("苏川观前街店", "苏州观前街店"),
        ("大连天一店", "大连天一店"),
        ("中关村店", "中关村店"),
        ("万达店", "万达店"),
    ],
)
def test_a_store_is_in_the_city_that_there_is(read: str, meant: str) -> None:
    assert likelier(read, "store") == meant
    assert likelier(read, "product") == read


def test_a_measure_without_its_number_is_seen() -> None:
    for text in ("安踏羽绒服只装", "儿童水杯ml", "安踏儿童水杯5", "护手霜5OOml", "护手霜S00ml"):
        assert lacks_a_digit(text), text
    for text in (
        "安踏羽绒服6只装",
        "两件装袜子",
        "护手霜500ml",
        "包装盒",
        "三只松鼠坚果礼盒",
        "iPhone",
        "荣耀手机X5",
    ):
        assert not lacks_a_digit(text), text


def test_a_title_or_label_taken_for_a_value_is_seen() -> None:
    for text in ("投诉登记单", "产品名称", "顾客姓名"):
        assert of_the_form(text), text
    for text in ("王秀", "宁波万达店", "小米羽绒服500ml"):
        assert not of_the_form(text), text


def test_ink_that_no_character_explains_is_seen() -> None:
    for text, read in (
        ("珠海南屏街店", "珠海南店"),
        ("珠海南屏街店", "南屏街店"),
        ("珠海南屏街店", "珠海南屏"),
        ("彭大志敏", "彭志敏"),
        ("安踏羽绒服6只装", "安踏羽绒服只装"),
    ):
        assert unread_ink(*written(text, read), is_chinese), (text, read)


def test_a_line_that_is_read_in_full_holds_no_more_ink() -> None:
    for text in ("珠海南屏街店", "彭志敏", "王芳", "王", "美的电热水壶500ml", "abc"):
        assert not unread_ink(*written(text, text), is_chinese), text


def test_a_third_reading_bears_a_text_out_or_not() -> None:
    crop, reading = written("彭志敏", "彭志敏", 0.98)
    engine = Reads(reading)
    assert borne_out({"customer_name": "彭志敏"}, {"customer_name": [crop]}, engine) == {
        "customer_name": 0.98
    }
    assert borne_out({"customer_name": "彭志芳"}, {"customer_name": [crop]}, engine) == {
        "customer_name": 0.0
    }
    assert engine.asked == 2
    assert borne_out({}, {}, engine) == {}
    assert engine.asked == 2, "nothing is read where nothing is certain"


def test_the_third_look_keeps_the_writing() -> None:
    crop, _ = written("彭志敏", "彭志敏")
    look = restroked(crop)
    assert look.dtype == np.uint8
    assert (look < 150).any()
    assert (look[:, 0] == 255).all()
