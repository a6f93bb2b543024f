"""A form filled in with a red pen, or printed with a filled logo, is read as any other."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ocr.boxes import find_boxes
from ocr.reader import FormReader
from ocr.ruling import Ruling
from ocr.runs import Rect, Run
from tests.ocr import drawn_forms
from tests.ocr.drawn_forms import Drawn
from tests.ocr.test_reading_forms import check


def in_red(drawn: Drawn) -> Drawn:
    """Return the form with its blue pen as a red one."""
    pixels = np.asarray(drawn.image, np.float64)
    ink = np.clip((pixels[..., 2:] - pixels[..., :1]) / 85, 0, 1)
    red = pixels * (1 - ink) + np.asarray([196, 36, 44]) * ink
    return Drawn(Image.fromarray(red.astype(np.uint8)), drawn.fields, drawn.ticks)


def test_a_form_filled_in_with_a_red_pen_is_read(reader: FormReader) -> None:
    drawn = in_red(drawn_forms.ruled(seed=17))

    (reading,) = reader.read_bytes(drawn.jpeg(), "red.jpg")

    check(reading, drawn, allowed=1)


def test_a_filled_logo_leaves_the_boxes_to_be_found() -> None:
    sheet = np.full((900, 1200), 255, np.uint8)
    sheet[40:240, 60:260] = 40
    for left in (105, 155, 205):
        sheet[60:220, left : left + 8] = 255
    for left in range(200, 1000, 160):
        sheet[600:624, left : left + 24] = 0
        sheet[603:621, left + 3 : left + 21] = 255
    nothing = np.zeros_like(sheet)
    runs = [Run(Rect(60, 40, 260, 240), ()), Run(Rect(200, 590, 1000, 634), ())]

    boxes = find_boxes(sheet, Ruling(nothing, nothing, ()), runs, 44.0)

    assert [round(box.rect.left / 160, 1) for box in boxes] == [1.2, 2.2, 3.2, 4.2, 5.2]
    assert not any(box.ticked for box in boxes)
