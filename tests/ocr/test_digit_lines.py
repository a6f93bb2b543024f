"""Each digit of a line finds its own strokes and is decided by two readers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ocr.alignment import align
from ocr.digit_lines import vetted
from ocr.engines.base import NOTHING, EngineUnavailableError, Glyph, LineReading
from ocr.engines.digits import NO_DIGIT, DigitReader, Shares
from ocr.runs import Rect
from tests.ocr.drawn_forms import font


class Says:
    """A judge that says the same of every tile."""

    def __init__(self, digit: int, level: float = 0.98) -> None:
        self.digit, self.level, self.asked = digit, level, 0

    def judge(self, tiles: Sequence[NDArray[np.uint8]]) -> Shares:
        self.asked += len(tiles)
        shares = np.full((len(tiles), NO_DIGIT + 1), (1 - self.level) / NO_DIGIT, np.float32)
        shares[:, self.digit] = self.level
        return shares


class Broken:
    def judge(self, tiles: Sequence[NDArray[np.uint8]]) -> Shares:
        raise EngineUnavailableError("broken")


def line(text: str, level: float = 0.9) -> tuple[NDArray[np.uint8], LineReading]:
    """Return a printed line and its reading, each sign's middle some pixels off."""
    face = font(40)
    wide = round(face.getlength(text)) + 40
    image = Image.new("L", (wide, 56), 255)
    ImageDraw.Draw(image).text((20, 28), text, font=face, fill=40, anchor="lm")
    glyphs = []
    for index, sign in enumerate(text):
        middle = (
            20 + face.getlength(text[:index]) + face.getlength(sign) / 2 + (3, -4, 2)[index % 3]
        )
        if not sign.isspace():
            glyphs.append(Glyph(sign, middle / wide, level))
    return np.asarray(image, np.uint8), LineReading(text, level, tuple(glyphs))


def test_the_reader_of_digits_confirms_what_was_read() -> None:
    for text in ("13800472157", "2026-03-09", "2026年3月9日", "¥128.50", "NO20011"):
        crop, reading = line(text)
        (found,) = vetted([crop], [reading], DigitReader())
        assert found.text == text
        digits = [glyph for glyph in found.glyphs if glyph.text.isdigit()]
        assert min(glyph.confidence for glyph in digits) > 0.9, text


def test_a_letter_that_looks_like_a_digit_becomes_one() -> None:
    crop, reading = line("5110263")
    glyphs = tuple(
        Glyph("E", glyph.at, 0.6) if glyph.text == "6" else glyph for glyph in reading.glyphs
    )
    (found,) = vetted([crop], [LineReading("51102E3", 0.9, glyphs)], DigitReader())
    assert found.text == "5110263"


def test_a_letter_bears_out_the_digit_that_it_looks_like() -> None:
    def least(sign: str) -> float:
        crop, reading = line("5110263")
        glyphs = (Glyph(sign, reading.glyphs[0].at, 0.6), *reading.glyphs[1:])
        said = LineReading(sign + reading.text[1:], 0.9, glyphs)
        (found,) = vetted([crop], [said], Says(5) if sign == "Z" else DigitReader())
        return found.glyphs[0].confidence

    assert least("S") > 0.8
    assert least("Z") <= 0.5, "our network sees no 2"


def test_an_unsure_sign_of_money_is_as_sure_as_it_is_no_digit() -> None:
    class SaysOfTheFirst(Says):
        def judge(self, tiles: Sequence[NDArray[np.uint8]]) -> Shares:
            shares = DigitReader().judge(tiles)
            shares[0] = (1 - self.level) / NO_DIGIT
            shares[0, self.digit] = self.level
            return shares

    def of_the_sign(judge: Says) -> float:
        crop, reading = line("¥128.50")
        glyphs = (Glyph("¥", reading.glyphs[0].at, 0.5), *reading.glyphs[1:])
        (found,) = vetted([crop], [LineReading("¥128.50", 0.9, glyphs)], judge, ["amount"])
        assert found.text == "¥128.50"
        return found.glyphs[0].confidence

    assert of_the_sign(SaysOfTheFirst(NO_DIGIT)) > 0.9
    assert of_the_sign(SaysOfTheFirst(4)) == 0.5, "it may be a 4"


def test_a_slash_beside_a_point_is_a_slanted_1() -> None:
    for key, text, misread in (
        ("complaint_date", "2026.11.22", "2026./1.22"),
        ("amount", "4072.10", "4072./0"),
    ):
        crop, drawn = line(text)
        signs = zip(misread, drawn.glyphs, strict=True)
        glyphs = tuple(Glyph(sign, glyph.at, 0.8) for sign, glyph in signs)
        (found,) = vetted([crop], [LineReading(misread, 0.8, glyphs)], DigitReader(), [key])
        assert found.text == text


def test_a_digit_that_the_other_reader_sees_otherwise_is_decided_by_the_surer_one() -> None:
    crop, reading = line("7", level=0.5)
    (found,) = vetted([crop], [reading], Says(1))
    assert found.text == "1"
    crop, reading = line("8", level=0.99)
    (kept,) = vetted([crop], [reading], Says(3, level=0.5))
    assert kept.text == "8"
    assert kept.weakest < 0.97, "two readers that differ are less sure than two that agree"


def test_what_is_no_digit_keeps_its_sign_but_little_confidence() -> None:
    crop, reading = line("4")
    (found,) = vetted([crop], [reading], Says(NO_DIGIT))
    assert found.text == "4"
    assert found.weakest <= 0.3


def test_a_4_before_an_amount_that_is_no_digit_is_the_sign_of_money() -> None:
    class NotTheFirst(Says):
        def judge(self, tiles: Sequence[NDArray[np.uint8]]) -> Shares:
            shares = DigitReader().judge(tiles)
            shares[0] = 0.01
            shares[0, NO_DIGIT] = 0.9
            return shares

    crop, reading = line("4128.50")
    (found,) = vetted([crop], [reading], NotTheFirst(0), ["amount"])
    assert found.text == "¥128.50"
    (number,) = vetted([crop], [reading], NotTheFirst(0), ["member_no"])
    assert number.text == "4128.50"
    crop, reading = line("1299.00")
    (thin,) = vetted([crop], [reading], NotTheFirst(0), ["amount"])
    assert thin.text == "1299.00", "a 1 is no ¥, however doubtful"
    crop, reading = line("4")
    (alone,) = vetted([crop], [reading], Says(NO_DIGIT), ["amount"])
    assert alone.text == "4"


def test_a_4_read_with_doubt_that_is_surely_no_digit_is_surely_the_sign_of_money() -> None:
    """IN-04: a 4 that is one is read for sure."""

    class NotTheFirst(Says):
        def judge(self, tiles: Sequence[NDArray[np.uint8]]) -> Shares:
            shares = DigitReader().judge(tiles)
            shares[0] = 0.01
            shares[0, NO_DIGIT] = self.level
            return shares

    def of_the_sign(read: float, seen: float) -> float:
        crop, reading = line("4128.50")
        glyphs = (Glyph("4", reading.glyphs[0].at, read), *reading.glyphs[1:])
        said = LineReading("4128.50", 0.9, glyphs)
        (found,) = vetted([crop], [said], NotTheFirst(0, seen), ["amount"])
        assert found.text == "¥128.50"
        return found.glyphs[0].confidence

    assert of_the_sign(read=0.6, seen=0.9) == pytest.approx(0.9)
    assert of_the_sign(read=0.99, seen=0.9) <= 0.3, "it may be a 4"
    assert of_the_sign(read=0.6, seen=0.6) <= 0.3, "nobody is sure"


def test_a_badly_cut_digit_of_a_whole_number_is_taken_from_a_sure_reading() -> None:
    """IN-04: where no digit can be lost, a tile that shows none proves little."""

    class HidesTheFirst(Says):
        def judge(self, tiles: Sequence[NDArray[np.uint8]]) -> Shares:
            shares = DigitReader().judge(tiles)
            shares[0] = 0.01
            shares[0, [self.digit, NO_DIGIT]] = 0.2, 0.7
            return shares

    def of_the_first(key: str, text: str, digit: int, level: float = 0.995) -> float:
        crop, reading = line(text, level)
        (found,) = vetted([crop], [reading], HidesTheFirst(digit), [key])
        assert found.text == text
        return found.glyphs[0].confidence

    assert of_the_first("phone", "13800472157", 1) == 0.8
    assert of_the_first("complaint_date", "2026-03-09", 2) == 0.8
    assert of_the_first("phone", "13800472157", 7) <= 0.3, "it is more like a 7"
    assert of_the_first("phone", "13800472157", 1, level=0.9) <= 0.3
    assert of_the_first("complaint_date", "2026-3-9", 2) <= 0.3, "a digit may be lost"
    assert of_the_first("member_no", "13800472157", 1) <= 0.3


def read_as(text: str, reading: LineReading) -> LineReading:
    """Return a reading of as many signs with other signs; "_" leaves one out."""
    signs = zip(text, reading.glyphs, strict=True)
    glyphs = tuple(Glyph(sign, glyph.at, 0.6) for sign, glyph in signs if sign != "_")
    return LineReading(text.replace("_", ""), 0.6, glyphs)


def test_slashes_read_as_1_are_told_by_the_day_that_they_must_make() -> None:
    crop, reading = line("2025/8/16")
    (found,) = vetted([crop], [read_as("202518116", reading)], DigitReader(), ["complaint_date"])
    assert found.text == "2025/8/16"
    assert found.weakest < 0.5, "a person looks at it"


def test_a_slanted_1_before_the_day_is_no_slash() -> None:
    crop, drawn = line("2026年7月21日")
    glyphs = (*drawn.glyphs[:-2], Glyph("/", drawn.glyphs[-2].at, 0.8), drawn.glyphs[-1])
    reading = LineReading("2026年7月2/日", 0.9, glyphs)
    (found,) = vetted([crop], [reading], DigitReader(), ["complaint_date"])
    assert found.text == "2026年7月21日"
    slashed, half = line("2026/7月21日")
    (kept,) = vetted([slashed], [half], DigitReader(), ["complaint_date"])
    assert kept.text == "2026/7月21日", "a slash before the month is one"


def test_a_digit_that_was_not_read_is_seen_by_its_stroke() -> None:
    crop, reading = line("19830657180")
    (found,) = vetted([crop], [read_as("1983_657180", reading)], DigitReader(), ["phone"])
    assert found.text == "19830657180"
    assert found.weakest <= 0.3, "only one reader saw it"


def test_a_digit_left_out_of_a_number_or_an_amount_is_put_back_for_a_person_to_see() -> None:
    for text, read, key in (
        ("2162745145", "2_62745145", "receipt_no"),
        ("5611.70", "56_1.70", "amount"),
    ):
        crop, reading = line(text)
        (found,) = vetted([crop], [read_as(read, reading)], DigitReader(), [key])
        assert found.text == text
        assert found.weakest <= 0.3


def test_a_letter_in_a_phone_becomes_the_digit_that_makes_it_one() -> None:
    crop, reading = line("13800472157")
    (found,) = vetted([crop], [read_as("138C0472157", reading)], DigitReader(), ["phone"])
    assert found.text == "13800472157"


def test_a_letter_amid_a_number_becomes_a_digit_and_a_prefix_stays() -> None:
    crop, reading = line("4203314501")
    (found,) = vetted([crop], [read_as("42C33145C1", reading)], DigitReader(), ["receipt_no"])
    assert found.text == "4203314501"
    crop, reading = line("VIP20011")
    (prefixed,) = vetted([crop], [reading], DigitReader(), ["member_no"])
    assert prefixed.text == "VIP20011"


def test_a_sign_that_stands_in_no_number_becomes_the_digit_that_it_is_by_its_look() -> None:
    for read in ("4203↑14501", "4203^14501"):
        crop, reading = line("4203314501")
        (found,) = vetted([crop], [read_as(read, reading)], DigitReader(), ["receipt_no"])
        assert found.text == "4203314501"
        assert found.weakest <= 0.5, "a person looks at it"


def test_a_1_of_the_day_that_was_not_read_leaves_doubt() -> None:
    crop, drawn = line("2025年1月11日")
    glyphs = (*drawn.glyphs[:-2], drawn.glyphs[-1])
    (found,) = vetted(
        [crop], [LineReading("2025年1月1日", 0.97, glyphs)], DigitReader(), ["complaint_date"]
    )
    assert found.weakest <= 0.3


def test_where_points_part_a_day_no_1_is_a_slash() -> None:
    crop, reading = line("2025.519")
    (found,) = vetted([crop], [reading], DigitReader(), ["complaint_date"])
    assert found.text == "2025.519"


def test_a_point_that_was_not_read_is_put_back_into_an_amount_for_a_person_to_see() -> None:
    for text in ("5611.70", "¥128.50", "99.0"):
        crop, drawn = line(text)
        glyphs = tuple(glyph for glyph in drawn.glyphs if glyph.text != ".")
        short = LineReading(text.replace(".", ""), 0.97, glyphs)
        (found,) = vetted([crop], [short], DigitReader(), ["amount"])
        assert found.text == text
        assert found.weakest <= 0.3
        (number,) = vetted([crop], [short], DigitReader(), ["receipt_no"])
        assert "." not in number.text


def test_a_day_gets_its_lost_point_back_for_a_person_to_see() -> None:
    crop, drawn = line("2026.4.21")
    glyphs = tuple(glyph for at, glyph in enumerate(drawn.glyphs) if at != 6)
    short = LineReading("2026.421", 0.97, glyphs)
    (found,) = vetted([crop], [short], DigitReader(), ["complaint_date"])
    assert found.text == "2026.4.21"
    assert found.weakest <= 0.3


def test_a_thin_digit_taken_for_a_part_of_its_neighbour_leaves_doubt() -> None:
    crop, reading = line("18053159")
    signs = zip("180531_9", reading.glyphs, strict=True)
    glyphs = tuple(Glyph(sign, glyph.at, 0.99) for sign, glyph in signs if sign != "_")
    short = LineReading("1805319", 0.99, glyphs)
    (found,) = vetted([crop], [short], DigitReader(), ["member_no"])
    assert found.weakest <= 0.3


def test_what_can_be_no_phone_stays_as_it_was_read() -> None:
    crop, reading = line("1380")
    (found,) = vetted([crop], [reading], DigitReader(), ["phone"])
    assert found.text == "1380"


def test_a_stroke_between_digits_that_nobody_can_read_leaves_doubt() -> None:
    class NotTheFourth(Says):
        def judge(self, tiles: Sequence[NDArray[np.uint8]]) -> Shares:
            shares = DigitReader().judge(tiles)
            shares[3] = 0.01
            shares[3, NO_DIGIT] = 0.9
            return shares

    crop, reading = line("5110263")
    (found,) = vetted([crop], [read_as("511_263", reading)], NotTheFourth(0), ["member_no"])
    assert found.text == "511263"
    assert found.weakest <= 0.3


def test_two_digits_left_out_leave_doubt_however_sure_the_others_are() -> None:
    crop, reading = line("78562445")
    signs = zip("785__445", reading.glyphs, strict=True)
    glyphs = tuple(Glyph(sign, glyph.at, 0.99) for sign, glyph in signs if sign != "_")
    short = LineReading("785445", 0.99, glyphs)
    (found,) = vetted([crop], [short], Says(5, 0.99), ["member_no"])
    assert found.weakest <= 0.3
    (whole,) = vetted([crop], [reading], DigitReader(), ["member_no"])
    assert whole.weakest > 0.9


def test_words_are_not_judged_and_a_broken_judge_leaves_the_text() -> None:
    judge = Says(1)
    crop, reading = line("张店")
    assert vetted([crop], [reading], judge) == [reading]
    assert judge.asked == 0
    assert vetted([crop], [NOTHING], judge) == [NOTHING]
    crop, reading = line("138 0047")
    (found,) = vetted([crop], [reading], Broken())
    assert found.text == "138 0047"


def test_strokes_go_to_the_signs_that_they_are_parts_of() -> None:
    def box(left: float, right: float, top: float = 0) -> Rect:
        return Rect(left, top, right, 30)

    apart = align([8, 30, 52], [True] * 3, [box(0, 18), box(20, 38), box(41, 60)])
    assert [(one.signs, one.strokes) for one in apart] == [((0,), (0,)), ((1,), (1,)), ((2,), (2,))]
    touching = align([8, 30], [True] * 2, [box(0, 40)])
    assert [(one.signs, one.strokes) for one in touching] == [((0, 1), (0,))]
    two_strokes = align([10, 35], [True] * 2, [box(0, 14), box(16, 20), box(26, 44)])
    assert [one.signs for one in two_strokes] == [(0,), (1,)]
    speck = align([10, 35], [True] * 2, [box(0, 18), box(20, 21, top=28), box(26, 44)])
    assert [one.strokes for one in speck] == [(0,), (2,)]
    assert align([], [], [box(0, 1)]) == []
    assert align([3], [True], []) == []
