"""Options that have a cell each are one group under the first cell's label, each with its words."""

from __future__ import annotations

import numpy as np

from ocr.boxes import TickBox
from ocr.engines.base import Image, LineReading, Quad
from ocr.labels import shipped_labels
from ocr.layout import lay_out
from ocr.runs import Rect
from ocr.ticks import group_boxes
from tests.ocr.test_odd_layouts import SIZE, ruling, said

OPTIONS = ("质量", "服务", "标价")


class _InTurn:
    """Says the options in the order in which their crops are asked for."""

    def check(self) -> None: ...

    def release(self) -> None: ...

    def detect(self, image: Image) -> list[Quad]:
        return []

    def recognise(self, crops: list[Image], *, digits: bool = False) -> list[LineReading]:
        assert all(crop.shape[1] > 10 for crop in crops)
        return [LineReading(text, 0.99, ()) for text in OPTIONS[: len(crops)]]


def test_options_in_cells_of_their_own_are_one_group() -> None:
    cells = [Rect(300 * i, 100, 300 * (i + 1), 180) for i in range(4)]
    runs = [said("投诉种类 Type", 20, 120)]
    runs += [said(text, 360 + 300 * i, 120) for i, text in enumerate(OPTIONS)]
    boxes = [TickBox(Rect(320 + 300 * i, 130, 340 + 300 * i, 150), ticked=i == 2) for i in range(3)]
    clean = np.full((SIZE[1], SIZE[0]), 255, np.uint8)
    for run in runs:
        clean[135:150, int(run.rect.left) : int(run.rect.right)] = 0
    layout = lay_out(runs, ruling(*cells), shipped_labels(), SIZE)

    (group,) = group_boxes(boxes, layout, clean, _InTurn())

    assert group.label == "投诉种类"
    assert group.options == (("质量", False), ("服务", False), ("标价", True))


def _options_before_their_boxes(
    label: str, left: int, *cells: Rect
) -> tuple[str, tuple[tuple[str, bool], ...], list[int]]:
    """Read three options at `left`, each with its box behind; return the widths of crops too."""
    runs = [said(label, 20, 120)]
    runs += [said(text, left + 200 * i, 120) for i, text in enumerate(OPTIONS)]
    ends = [int(run.rect.right) + 20 for run in runs[1:]]
    boxes = [TickBox(Rect(x, 125, x + 20, 145), ticked=x == ends[0]) for x in ends]
    clean = np.full((SIZE[1], SIZE[0]), 255, np.uint8)
    for run in runs:
        clean[125:145, int(run.rect.left) : int(run.rect.right)] = 0
    widths: list[int] = []

    class _Measured(_InTurn):
        def recognise(self, crops: list[Image], *, digits: bool = False) -> list[LineReading]:
            widths.extend(crop.shape[1] for crop in crops)
            return super().recognise(crops, digits=digits)

    layout = lay_out(runs, ruling(*cells), shipped_labels(), SIZE)
    (group,) = group_boxes(boxes, layout, clean, _Measured())
    return group.label, group.options, widths


def test_options_before_their_boxes_begin_after_the_labels_colon() -> None:
    label, options, widths = _options_before_their_boxes("类别：", 180)

    assert label == "类别"
    assert options == (("质量", True), ("服务", False), ("标价", False))
    assert max(widths) < 1.5 * min(widths)


def test_options_before_their_boxes_are_named_by_the_cell_before() -> None:
    cells = Rect(0, 100, 280, 180), Rect(280, 100, 1200, 180)

    label, options, _ = _options_before_their_boxes("投诉种类", 320, *cells)

    assert label == "投诉种类"
    assert options == (("质量", True), ("服务", False), ("标价", False))
