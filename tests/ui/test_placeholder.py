"""The words that stand in an empty field are as readable as any other text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.theme import theme
from ui.tokens import THEMES, ThemeName, contrast
from ui.widgets.inputs import LineEdit, SearchBox, TextArea

WORDS = "已经对谁说过什么"


@pytest.mark.parametrize("look", sorted(THEMES))
@pytest.mark.parametrize(
    "make", [lambda: LineEdit(WORDS), lambda: TextArea(2, WORDS), lambda: SearchBox(WORDS)]
)
def test_words_in_an_empty_field_reach_a_contrast_of_4_5(
    qtbot: QtBot, make: Callable[[], QWidget], look: ThemeName
) -> None:
    before = theme().appearance, theme().scale
    theme().apply(look, 2.0)
    try:
        field = make()
        qtbot.addWidget(field)
        field.resize(500, 120)
        field.ensurePolished()
        picture = field.grab().toImage()
        middle = range(120, 380)
        colours = [
            picture.pixelColor(x, y).name() for x in middle for y in range(8, picture.height() - 8)
        ]
        ground = max(set(colours), key=colours.count)
        assert max(contrast(colour, ground) for colour in set(colours)) >= 4.5
    finally:
        theme().apply(*before)
