"""Finds labels whose value is written right at their end, without a colon or a gap between."""

from __future__ import annotations

from ocr.labels import Label, Labels
from ocr.runs import Run

_COLUMN = 2
"""Labels that must begin at the same place for another to be expected there."""


def take_leading(found: list[Label], rest: list[Run], labels: Labels) -> None:
    """Move words that begin a line where other labels begin, too, from `rest` to `found`.

    The words must be sure, and name a field that no label on the sheet's open part names.
    """
    named = {label.key for label in found}
    lefts = [label.run.rect.left for label in found]
    fresh: list[tuple[Run, Label, Run]] = []
    for run in rest:
        cut = labels.leading(run)
        if cut is None or cut[0].key in named:
            continue
        column = sum(abs(left - run.rect.left) < run.em for left in lefts)
        if column >= _COLUMN:
            fresh.append((run, *cut))
            named.add(cut[0].key)
    for run, label, value in fresh:
        rest.remove(run)
        found.append(label)
        rest.append(value)


def holds_a_label(runs: tuple[Run, ...], labels: Labels) -> bool:
    """Tell whether a later line of a text begins with a field's label: it may not be its own."""
    return any(labels.leading(run) is not None for run in runs[1:])
