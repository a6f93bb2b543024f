"""A report as plain values (报表模型): the one source of screen, PDF and workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal, TypeAlias

#: Below 30 cases one case moves a share by more than 3 points.
SMALL_N: Final = 30

FigureKind: TypeAlias = Literal["count", "share", "mean", "sum", "score"]


@dataclass(frozen=True, slots=True)
class Drill:
    """The cases behind a mark: dimension and key of their cells, days [since, until), stores."""

    dim: str
    key: str
    since: date
    until: date
    stores: frozenset[str]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with everything that it stands on (AN-01, AN-15).

    `share`: numerator over denominator in percent; `mean`: numerator over denominator in `unit`;
    `score`: (numerator / denominator) × 100 without a percent sign (NPS); `count` and `sum`: the
    numerator. `n` is how many cases it rests on. `before` and `year_before` are the same figure
    of the period before and a year before (环比, 同比), None where there is none.
    """

    key: str
    name: str
    definition: str
    kind: FigureKind
    numerator: Decimal
    denominator: int | None = None
    unit: str = ""
    n: int = 0
    exclusions: str = ""
    target: str = ""
    before: Decimal | None = None
    year_before: Decimal | None = None
    drill: Drill | None = None

    @property
    def value(self) -> Decimal | None:
        """The figure itself, None with no cases; shares and means with one decimal."""
        if self.kind in ("count", "sum"):
            return self.numerator
        if not self.denominator:
            return None
        factor = 100 if self.kind in ("share", "score") else 1
        places = Decimal("0.01") if self.unit == "yuan" else Decimal("0.1")
        return (self.numerator * factor / self.denominator).quantize(places, ROUND_HALF_UP)

    @property
    def small(self) -> bool:
        """Whether it rests on so few cases that one more could change it much."""
        return self.kind not in ("count", "sum") and self.n < SMALL_N

    @property
    def shown(self) -> str:
        """The value as it is written, without its unit."""
        return written(self.value, self.kind, self.unit)


def written(value: Decimal | None, kind: FigureKind, unit: str = "") -> str:
    """Return a value as figures are written; a dash for none."""
    if value is None:
        return "—"
    if kind == "share":
        return f"{value}%"
    if unit == "yuan":
        return f"{value:,.2f}"
    whole = value == value.to_integral_value() and kind in ("count", "sum")
    return f"{value:,.0f}" if whole else f"{value:,}"


def change(value: Decimal | None, before: Decimal | None, kind: FigureKind) -> str:
    """Return how a figure moved: points for shares and scores, percent for the rest."""
    if value is None or before is None:
        return "—"
    if kind in ("share", "score"):
        return f"{value - before:+.1f}"
    if not before:
        return "—"
    return f"{(value - before) * 100 / before:+.1f}%"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: head, share of the width, and how its cells stand."""

    head: str
    weight: float
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """Figures with their definitions and parts."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class TableBlock:
    """Rows of text; `drills` stands beside `rows`, `total` is a last row in bold."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str
    drills: tuple[Drill | None, ...] = ()
    total: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of a chart: its label, its number, the text beside it, the cases behind it."""

    label: str
    value: float
    text: str
    drill: Drill | None = None


@dataclass(frozen=True, slots=True)
class ChartBlock:
    """A chart by kind; `marks` in order; what else each kind needs is in `extra`.

    bars: marks. pareto: marks in falling order; `extra`: heads and the rest's name. heat: 168
    marks, Monday 0 h first, `rows` the weekday names. trend: marks along time, `second` a line of
    the year before. fishbone: marks are (rib, cause) by `label` and `text`, `title` the effect.
    """

    kind: Literal["bars", "pareto", "heat", "trend", "columns", "fishbone"]
    title: str
    marks: tuple[Mark, ...]
    second: tuple[float | None, ...] = ()
    rows: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    empty: str = ""
    at: int | None = None


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph; `small` for notes and definitions."""

    text: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class PairBlock:
    """Labels with their values in a grid."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WriteBlock:
    """Lines to write on by hand: a label and how many lines."""

    label: str
    lines: int = 2


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the evidence: its bytes as kept, its name, and a line below it."""

    name: str
    note: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PictureBlock:
    """Pictures side by side, small; the originals are named by their hashes."""

    pictures: tuple[Picture, ...]


Block: TypeAlias = (
    FigureBlock | TableBlock | ChartBlock | TextBlock | PairBlock | PictureBlock | WriteBlock
)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the report, an entry of its outline."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report; `facts` are signed into its code: text or whole numbers by short names.

    `made_at` is the newest event that it counts, so that the same data gives the same bytes.
    """

    kind: str
    lang: Literal["zh_CN", "en"]
    title: str
    period: str
    scope: str
    contact: str
    note: str
    made_at: datetime
    timezone: str
    sections: tuple[Section, ...]
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def figures(self) -> Sequence[Figure]:
        """Return every figure of the report in order."""
        blocks = (block for section in self.sections for block in section.blocks)
        return [f for block in blocks if isinstance(block, FigureBlock) for f in block.figures]

    def figure(self, key: str) -> Figure:
        """Return one figure; raises KeyError."""
        for found in self.figures():
            if found.key == key:
                return found
        raise KeyError(key)
