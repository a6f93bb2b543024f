"""Tells from the labels on a picture whether more than one form is on it (IN-04)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product
from typing import Final

from ocr.labels import OTHER, Label

_LEAST_SHARED: Final = 3
"""Fields that must be named on both sides: one form may repeat a name, a date, a signature."""
_ALIKE: Final = 0.6
"""Least share of all the fields of both sides that both sides name.

Two forms ask for much the same things; the receipt slip (回执) or the second row of goods on
one form repeats only a few of them.
"""
_SAME_STEP: Final = 0.08
"""How far, as a share of its length, the step from a label to its like may differ."""


def shows_several_forms(labels: Sequence[Label], line_height: float) -> bool:
    """Tell whether a straight cut, down or across, leaves a set of labels on either side.

    `line_height` is in pixels of the sheet, as the labels' rectangles are.
    """
    strong = _strong(labels)
    for axis in (0, 1):
        ordered = sorted(strong, key=lambda label: label.run.rect.middle[axis])
        for index, (last, first) in enumerate(pairwise(ordered), start=1):
            apart = first.run.rect.middle[axis] - last.run.rect.middle[axis]
            if apart > line_height and _two_sets(ordered[:index], ordered[index:], line_height):
                return True
    return False


def _strong(labels: Sequence[Label]) -> list[Label]:
    """Keep labels of fields; a word that may mean something else only where no surer one is."""
    sure = {label.key for label in labels if label.sure}
    return [
        label for label in labels if label.key != OTHER and (label.sure or label.key not in sure)
    ]


def _two_sets(one: Sequence[Label], two: Sequence[Label], line_height: float) -> bool:
    first, second = {label.key for label in one}, {label.key for label in two}
    shared = first & second
    if len(shared) < _LEAST_SHARED:
        return False
    return len(shared) >= _ALIKE * len(first | second) or _repeated(one, two, line_height)


def _repeated(one: Sequence[Label], two: Sequence[Label], line_height: float) -> bool:
    """Tell whether labels on more than one row, the complaint's own too, recur by one step.

    That finds a copy of a form of which many labels could not be read.
    """
    steps = [
        (label, like.run.rect.middle[0] - x, like.run.rect.middle[1] - y)
        for label, like in product(one, two)
        if label.key == like.key
        for x, y in (label.run.rect.middle,)
    ]
    for _, right, down in steps:
        near = max(line_height, _SAME_STEP * max(abs(right), abs(down)))
        alike = [label for label, x, y in steps if abs(x - right) < near and abs(y - down) < near]
        keys = {label.key for label in alike}
        rows = [label.run.rect.middle[1] for label in alike]
        if (
            len(keys) >= _LEAST_SHARED
            and "description" in keys
            and max(rows) - min(rows) > line_height
        ):
            return True
    return False
