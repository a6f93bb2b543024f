"""Line breaking in Chinese and Latin text, and characters that the font lacks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase.pdfmetrics import stringWidth

from desktop.reports import style
from desktop.reports.text_lines import break_points, can_break, printable

NEVER_FIRST = "，。；：？！、）》」』】”’%"
NEVER_LAST = "（《「『【“‘¥"
MIXED = st.text("这是投诉的内容abc def12,.-，。；：？！、（）《》“”¥% ", max_size=120)


@pytest.fixture(autouse=True)
def _fonts() -> None:
    style.register_fonts()


def lines_of(text: str, width: float) -> list[str]:
    widths = [stringWidth(char, style.REGULAR, 10) for char in text]
    lines, begin = [], 0
    for end in break_points(widths, text, width):
        lines.append(text[begin:end])
        begin = end
    return lines


@given(MIXED, st.floats(30, 300))
def test_nothing_is_lost_and_no_line_is_wider_than_its_box(text: str, width: float) -> None:
    lines = lines_of(text, width)
    assert "".join(lines) == text
    for line in lines:
        assert stringWidth(line.rstrip(), style.REGULAR, 10) <= width + 0.01


@given(
    st.text("这是投诉的内容，。；：？！、（）《》", min_size=1, max_size=80).filter(
        lambda text: (
            not any(
                text[i : i + 3].strip("，。；：？！、（）《》") == "" for i in range(len(text) - 2)
            )
        )
    )
)
def test_punctuation_keeps_to_its_side_of_a_line_break(text: str) -> None:
    lines = lines_of(text, 95)
    for before, after in pairwise(lines):
        assert before[-1] not in NEVER_LAST
        assert after[0] not in NEVER_FIRST


def test_words_stay_whole_and_long_codes_are_cut() -> None:
    assert lines_of("please keep words whole", 45) == ["please ", "keep ", "words ", "whole"]
    code = "a" * 64
    lines = lines_of(code, 100)
    assert len(lines) > 1
    assert "".join(lines) == code


def test_numbers_and_amounts_are_not_torn() -> None:
    assert not can_break("2", "0")
    assert not can_break("¥", "3")
    assert not can_break("5", "%")
    assert can_break("元", "3")


def test_characters_outside_the_font_are_named_instead_of_boxes() -> None:
    assert printable("好😂", style.REGULAR) == "好[face with tears of joy]"
    assert printable("a\u0007b\u200dc\ufe0f", style.REGULAR) == "abc"
    assert printable("x\ty\r\nz", style.REGULAR) == "x y\nz"
    assert printable("\U000f0000", style.REGULAR) == "[U+F0000]"
    assert printable("䶮㛃镕喆堃", style.REGULAR) == "䶮㛃镕喆堃"


@given(st.text(max_size=40))
def test_whatever_is_typed_only_known_glyphs_are_printed(text: str) -> None:
    from reportlab.pdfbase.pdfmetrics import getFont

    glyphs = getFont(style.REGULAR).face.charToGlyph
    assert all(char == "\n" or ord(char) in glyphs for char in printable(text, style.REGULAR))
