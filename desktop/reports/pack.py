"""Any report as PDF: sections in the outline, figures with their parts, charts as vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Spacer

from desktop.domain.analytics.drawing import text_width
from desktop.domain.analytics.report import (
    Block,
    ChartBlock,
    Column,
    Figure,
    FigureBlock,
    PairBlock,
    PictureBlock,
    Report,
    Section,
    TableBlock,
    TextBlock,
    WriteBlock,
    change,
)
from desktop.reports import blocks, pictures, style
from desktop.reports.drawn import chart_flowable
from desktop.reports.formats import EMPTY
from desktop.reports.pdf import PageInfo, build_pdf
from desktop.reports.seal import FactValue, Signer, sign_facts
from desktop.reports.tagging import decoration
from desktop.texts import Texts

#: Tables up to this many rows stay on one page with their heading.
SHORT_TABLE: Final = 10
#: So many figures stay on one page, so that the next does not begin with the last two.
SHORT_FIGURES: Final = 6
_LINE_MM: Final = 8.5
#: Labels of a grid take as much room as the longest needs, within these.
_LABEL_MM, _LABEL_GAP_MM, _LABEL_MOST_MM = 28.0, 4.0, 62.0


def report_facts(report: Report) -> dict[str, FactValue]:
    """Return the facts that the code of a report signs."""
    return {"r": report.kind, **report.facts}


def render_pack(report: Report, signer: Signer | None = None) -> bytes:
    """Return the report as PDF; the same report gives the same bytes."""
    texts = Texts(report.lang)
    payload = sign_facts("report", report_facts(report), signer) if signer else None
    page = PageInfo(report.title, report.period, report.scope, report.note)
    return build_pdf(
        page,
        lambda: _story(report, payload, texts),
        texts,
        lambda: _story(report, payload, texts, dense=True),
    )


def _story(
    report: Report, payload: str | None, texts: Texts, *, dense: bool = False
) -> list[Flowable]:
    story = blocks.masthead(
        report.scope, report.contact, report.title, report.period, payload, texts
    )
    for section in report.sections:
        parts = _section(section, texts, dense=dense)
        story += [KeepTogether(_loose(parts))] if _is_one_chart(section) else parts
    return story


def _is_one_chart(section: Section) -> bool:
    """Tell whether a section is a chart with its few numbers, which are read side by side."""
    charts = [block for block in section.blocks if isinstance(block, ChartBlock)]
    return len(charts) == 1 and all(
        isinstance(block, TextBlock | PairBlock | ChartBlock)
        or _is_one(block)
        or (isinstance(block, TableBlock) and _is_short(block))
        for block in section.blocks
    )


def _loose(parts: Sequence[Flowable]) -> list[Flowable]:
    """Return the parts without what keeps some of them together."""
    found: list[Flowable] = []
    for part in parts:
        if isinstance(part, KeepTogether):
            found += part._content
        elif not isinstance(part, CondPageBreak):
            found.append(part)
    return found


def _section(section: Section, texts: Texts, *, dense: bool) -> list[Flowable]:
    """Keep the heading with what follows it; long tables alone run over pages."""
    title = blocks.heading(section.title)[-1]
    if _is_form(section):
        # Lines to fill in by hand are one form; nobody turns the page between them.
        lines = [line for block in section.blocks for line in _block(block, texts, dense=dense)]
        return [KeepTogether([title, *lines])]
    parts: list[Flowable] = []
    kept: list[Flowable] = []
    head: list[Flowable] | None = [title]
    for block in section.blocks:
        drawn = _block(block, texts, dense=dense)
        if isinstance(block, TextBlock) or (block is not section.blocks[-1] and _is_one(block)):
            # Words stay with what they speak of: the chart or table that follows; so does the
            # figure that a table takes apart.
            head = [*(head or [Spacer(0, 2.5 * mm)]), *drawn]
            if _is_one(block):
                head.append(Spacer(0, 1.5 * mm))
        elif head is not None and _is_short(block):
            kept = [*head, *drawn]
            parts.append(KeepTogether(kept))
            head = None
        elif head is not None:
            parts += [CondPageBreak(58 * mm), *head, *drawn]
            head, kept = None, []
        elif _is_short(block):
            kept = [Spacer(0, 2 * mm), *drawn]
            parts.append(KeepTogether(kept))
        else:
            parts += [CondPageBreak(40 * mm), Spacer(0, 2 * mm), *drawn]
            kept = []
    if head is not None and kept:
        # Words at the end stay with what they explain.
        parts[-1] = KeepTogether([*kept, *head])
    elif head is not None:
        parts.append(KeepTogether(head))
    return parts


def _is_form(section: Section) -> bool:
    """Tell whether a section is lines to write on, perhaps with words about them."""
    lines = [block for block in section.blocks if isinstance(block, WriteBlock)]
    words = [block for block in section.blocks if isinstance(block, TextBlock)]
    return bool(lines) and len(lines) + len(words) == len(section.blocks)


def _is_one(block: Block) -> bool:
    return isinstance(block, FigureBlock) and len(block.figures) == 1


def _is_short(block: Block) -> bool:
    if isinstance(block, TableBlock):
        return len(block.rows) <= SHORT_TABLE
    return not isinstance(block, FigureBlock) or len(block.figures) <= SHORT_FIGURES


def _block(block: Block, texts: Texts, *, dense: bool) -> list[Flowable]:
    match block:
        case TextBlock():
            kind = style.SMALL if block.small else style.BODY
            return [blocks.text(block.text, kind), Spacer(0, 1 * mm)]
        case FigureBlock():
            return [_figures(block.figures, texts, dense=dense)]
        case TableBlock():
            return [_table(block, dense=dense)]
        case ChartBlock():
            if not block.marks:
                return [blocks.text(block.empty or EMPTY, style.SMALL)]
            return [chart_flowable(block), Spacer(0, 1.5 * mm)]
        case PairBlock():
            pairs = [blocks.Pair(name, value, wide=True) for name, value in block.pairs]
            size = style.LABEL.fontSize
            wide = max((text_width(name, size) for name, _ in block.pairs), default=0) / mm
            label = min(max(wide + _LABEL_GAP_MM, _LABEL_MM), _LABEL_MOST_MM)
            return [blocks.grid(pairs, label), Spacer(0, 2 * mm)]
        case PictureBlock():
            return _pictures(block, texts)
        case WriteBlock():
            return _lines(block)


def _pictures(block: PictureBlock, texts: Texts) -> list[Flowable]:
    """Return pictures with name and note; what cannot be drawn says so."""
    side = style.CONTENT_MM / pictures.PICTURES - 4
    drawn = [
        (
            pictures.picture(found.content, side, found.name)
            or blocks.text(texts.get("report.file.no_picture"), style.SMALL),
            f"{found.name}\n{found.note}",
        )
        for found in block.pictures
    ]
    return pictures.gallery(drawn)


def _figures(figures: Sequence[Figure], texts: Texts, *, dense: bool) -> Flowable:
    get = texts.get
    columns = [
        blocks.Column(get("pack.col.figure"), style.CONTENT_MM - 96),
        blocks.Column(get("pack.col.basis"), 28, "right"),
        blocks.Column(get("pack.col.value"), 31, "right"),
        blocks.Column(get("pack.col.change"), 18.5, "right"),
        blocks.Column(get("pack.col.change_year"), 18.5, "right"),
    ]
    rows = [
        [
            _named(figure, texts),
            _basis(figure, texts),
            _value(figure, texts),
            change(figure.value, figure.before, figure.kind),
            change(figure.value, figure.year_before, figure.kind),
        ]
        for figure in figures
    ]
    return blocks.table(columns, rows, get("pack.no_cases"), dense=dense)


def _named(figure: Figure, texts: Texts) -> Flowable:
    notes = [figure.definition]
    if figure.kind not in ("count", "sum") and figure.exclusions:
        notes.append(texts.get("pack.excluded", what=figure.exclusions))
    if figure.target:
        notes.append(texts.get("pack.target", target=figure.target))
    if figure.small:
        notes.append(texts.get("pack.small_n", n=figure.n))
    return blocks.stack(
        [
            blocks.text(figure.name, style.CELL_BOLD),
            *(blocks.text(note, style.CELL_SMALL) for note in notes),
        ]
    )


def _basis(figure: Figure, texts: Texts) -> str:
    if figure.denominator is None:
        return EMPTY
    return f"{parts_of(figure)}\n{texts.get('pack.n', n=figure.n)}"


def parts_of(figure: Figure) -> str:
    """Return numerator and denominator as they are printed: `41 / 53`."""
    numerator = figure.numerator
    if numerator == numerator.to_integral_value():
        return f"{numerator:.0f} / {figure.denominator}"
    return f"{numerator:.2f} / {figure.denominator}"


def _value(figure: Figure, texts: Texts) -> Flowable | str:
    if figure.value is None:
        return EMPTY
    unit = texts.get(f"pack.unit.{figure.unit}") if figure.unit else ""
    return blocks.figure(figure.shown, unit)


def _table(block: TableBlock, *, dense: bool) -> Flowable:
    columns = [_column(column) for column in block.columns]
    totals = [list(block.total)] if block.total else []
    return blocks.table(
        columns, [list(row) for row in block.rows], block.empty, totals, dense=dense
    )


def _column(column: Column) -> blocks.Column:
    return blocks.Column(column.head, column.weight * style.CONTENT_MM, column.align)


def _lines(block: WriteBlock) -> list[Flowable]:
    """Return a label above lines to write on."""
    ruled = [_Ruled(_LINE_MM) for _ in range(block.lines)]
    return [blocks.text(block.label, style.LABEL), *ruled, Spacer(0, 2 * mm)]


class _Ruled(Flowable):  # type: ignore[misc]
    """An empty line of the whole width with a hairline below."""

    def __init__(self, height_mm: float) -> None:
        super().__init__()
        self.width, self.height = style.CONTENT_WIDTH, height_mm * mm

    def draw(self) -> None:
        """Draw the hairline."""
        with decoration(self.canv):
            self.canv.setStrokeColor(style.MUTED)
            self.canv.setLineWidth(0.5)
            self.canv.line(0, 0, self.width, 0)
