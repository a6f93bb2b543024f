"""The crop of a field shows all of its writing and little else (IN-04)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from ui.widgets.writing import written_part

BOX = (100.0, 100.0, 800.0, 200.0)


def sheet(*strokes: QRectF, slant: float = 0.0) -> QImage:
    """Draw a framed box with lines to write on, slanted by pixels, and strokes of a pen."""
    image = QImage(1000, 400, QImage.Format.Format_RGB32)
    image.fill(QColor(250, 250, 248))
    painter = QPainter(image)
    painter.setPen(QPen(QColor(40, 40, 40), 2))
    x, y, w, h = BOX
    for level in (y, y + h / 2, y + h):
        painter.drawLine(QLineF(x, level, x + w, level + slant))
    for side in (x, x + w):
        painter.drawLine(QLineF(side, y, side - slant / 4, y + h))
    for stroke in strokes:
        painter.fillRect(stroke, QColor(30, 40, 90))
    painter.end()
    return image


@pytest.mark.parametrize("slant", [0.0, 8.0, -12.0])
@pytest.mark.parametrize(
    "strokes",
    [
        [QRectF(125, 120, 12, 40)],
        [QRectF(130, 130, 60, 6), QRectF(130, 120, 6, 50), QRectF(300, 230, 6, 40)],
        [QRectF(850, 120, 12, 40)],
    ],
    ids=["one stroke at the left", "two lines", "at the far right"],
)
@pytest.mark.parametrize("several", [False, True])
def test_no_stroke_is_hidden(strokes: list[QRectF], slant: float, several: bool) -> None:
    shown = QRectF(*written_part(sheet(*strokes, slant=slant), BOX, several=several))

    assert all(shown.contains(stroke) for stroke in strokes)


@pytest.mark.parametrize("slant", [0.0, 4.0, -9.0, 16.0, -22.0])
def test_empty_paper_beside_and_under_the_writing_goes(slant: float) -> None:
    strokes = [QRectF(125 + 30 * n, 120, 8, 40) for n in range(4)]
    written = QRectF(125, 120, 98, 40)
    shown = QRectF(*written_part(sheet(*strokes, slant=slant), BOX, several=True))

    assert shown.contains(written)
    assert shown.right() < written.right() + 60
    assert shown.bottom() < written.bottom() + 40


@pytest.mark.parametrize("slant", [10.0, -14.0])
def test_the_side_of_a_tilted_frame_within_the_box_keeps_no_empty_paper(slant: float) -> None:
    """IN-04: a photographed box leans within the upright one that is around it."""
    strokes = [QRectF(150 + 30 * n, 120, 8, 40) for n in range(4)]
    around = (BOX[0] - 30, BOX[1] - 10, BOX[2] + 60, BOX[3] + 20)
    shown = QRectF(*written_part(sheet(*strokes, slant=slant), around, several=True))

    assert all(shown.contains(stroke) for stroke in strokes)
    assert shown.bottom() < 160 + 40


def test_the_broken_end_of_a_printed_line_is_no_writing() -> None:
    """IN-04: a poor scan breaks lines; their short ends keep no empty rows."""
    strokes = [QRectF(150 + 30 * n, 115, 8, 40) for n in range(4)]
    image = sheet(*strokes)
    painter = QPainter(image)
    painter.fillRect(QRectF(150, 192, 8, 16), QColor(250, 250, 248))
    painter.fillRect(QRectF(860, 192, 8, 16), QColor(250, 250, 248))
    painter.end()
    shown = QRectF(*written_part(image, BOX, several=True))

    assert all(shown.contains(stroke) for stroke in strokes)
    assert shown.bottom() < 155 + 30


def test_an_empty_box_is_shown_whole() -> None:
    assert written_part(sheet(), BOX, several=False) == BOX


def test_a_box_beyond_the_edge_of_the_picture_is_no_fault() -> None:
    assert written_part(sheet(), (990.0, 390.0, 40.0, 40.0), several=False)[2] > 0
    assert written_part(QImage(), BOX, several=True) == BOX
