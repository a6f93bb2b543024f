"""A period with few complaints or none (空白期): what has no data is named, not printed empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from desktop.domain.analytics.report import (
    SMALL_N,
    Block,
    ChartBlock,
    FigureBlock,
    PairBlock,
    Section,
    TableBlock,
    TextBlock,
    WriteBlock,
)
from desktop.services.reporting_numbers import Numbers

#: Kinds of a single page, whose empty line is what they say, and the screen's own overview.
WHOLE: Final = frozenset({"daily", "audit", "chargeback", "journey", "overview"})

#: Sections that are one sentence where they have nothing.
SAY_NONE: Final = frozenset({"pareto", "service_quality"})

#: The key figures: a count of none is a figure there.
COUNTS: Final = "figures"


def condensed(kind: str, made: Sequence[Section], numbers: Numbers) -> tuple[Section, ...]:
    """Return a pack's sections without those that hold nothing, which are named at the end.

    Only where few complaints were received: in a full month an empty section says something. With
    none received and none closed, figures without a value are named too instead of a page of
    dashes (AN-01: no figure without its n).
    """
    opened, closed = numbers.now.n("opened"), numbers.now.n("closed")
    if kind in WHOLE or opened >= SMALL_N:
        return tuple(made)
    none = not opened and not closed
    text = numbers.frame.texts.get
    kept: list[Section] = []
    names: list[str] = []
    for section in made:
        if _is_blank(section):
            names.append(section.title)
            continue
        kept.append(_with_values(section, names) if none else section)
    if none or names:
        words = [text("pack.nothing_received")] if none else []
        if names:
            words.append(text("pack.nothing_of", names=text("pack.and").join(names)))
        blocks = tuple(TextBlock(line) for line in words)
        kept.insert(_before_forms(kept), Section("nothing", text("pack.sec.nothing"), blocks))
    return tuple(kept)


def _before_forms(kept: Sequence[Section]) -> int:
    """Return where the named ones stand: before what a meeting fills in, else at the end."""
    forms = (at for at, s in enumerate(kept) if any(isinstance(b, WriteBlock) for b in s.blocks))
    return next(forms, len(kept))


def _is_blank(section: Section) -> bool:
    """Tell whether figures, charts and tables are there and none of them holds a value.

    Tables beside figures take those apart: without the figures they hold nothing either.
    """
    blocks = section.blocks
    if section.id in SAY_NONE and all(isinstance(block, TextBlock) for block in blocks):
        return True
    figures = [block for block in blocks if isinstance(block, FigureBlock)]
    tables = [block for block in blocks if isinstance(block, TableBlock)]
    charts = [block for block in blocks if isinstance(block, ChartBlock)]
    if len(figures) + len(tables) + len(charts) == 0 or not all(
        isinstance(block, FigureBlock | TableBlock | ChartBlock | TextBlock | PairBlock)
        for block in blocks
    ):
        return False
    counted = section.id == COUNTS
    if any(f.value or (counted and f.value is not None) for b in figures for f in b.figures):
        return False
    if any(mark.value for block in charts for mark in block.marks):
        return False
    return bool(figures) or not any(block.rows for block in tables)


def _with_values(section: Section, names: list[str]) -> Section:
    """Return a section with the figures that have a value; the others' names go to `names`."""
    blocks: list[Block] = []
    for block in section.blocks:
        if isinstance(block, FigureBlock):
            names += [f.name for f in block.figures if f.value is None]
            blocks.append(FigureBlock(tuple(f for f in block.figures if f.value is not None)))
        else:
            blocks.append(block)
    return replace(section, blocks=tuple(blocks))
