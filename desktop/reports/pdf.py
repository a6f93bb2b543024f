"""Lays a story out on A4 with header, footer, outline and metadata; same data, same bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from desktop.reports import style
from desktop.reports.tagging import TaggedCanvas, decoration
from desktop.reports.text_lines import printable
from desktop.texts import Texts

Story = Callable[[], list[Flowable]]

_PDF_LANGS: Final = {"zh_CN": "zh-CN", "en": "en"}
_OUTLINE_FROM: Final = 4
#: Of a last page filled less than this much, and of papers up to so many pages, a denser layout
#: is tried: two figures alone on a page look like a mistake.
_THIN_PAGE: Final = 0.35
_MOST_DENSE: Final = 6


@dataclass(frozen=True, slots=True)
class PageInfo:
    """What stands around the text: title, number and owner of the document, and a foot note."""

    title: str
    number: str
    owner: str
    note: str = ""


def build_pdf(page: PageInfo, story: Story, texts: Texts, dense: Story | None = None) -> bytes:
    """Return the PDF of `story`; the same data gives the same bytes.

    The story is laid out twice, since every footer names the number of pages. Where the last page
    of a short paper would be nearly empty, `dense` is taken if it needs a page less.
    """
    style.register_fonts()
    laid = _lay_out(page, story(), texts, total=None)
    thin = 1 < laid.pages <= _MOST_DENSE and laid.filled < _THIN_PAGE
    if dense is not None and thin:
        denser = _lay_out(page, dense(), texts, total=None)
        if denser.pages < laid.pages:
            laid, story = denser, dense
    return _lay_out(page, story(), texts, total=laid.pages).content


@dataclass(frozen=True, slots=True)
class _Laid:
    """A document as it was laid out; `filled` is the share of its last page that is used."""

    pages: int
    filled: float
    content: bytes


def _lay_out(page: PageInfo, story: list[Flowable], texts: Texts, total: int | None) -> _Laid:
    buffer = BytesIO()
    document = _Document(buffer, page, texts, total)
    document.build(story, canvasmaker=TaggedCanvas)
    return _Laid(document.page, document.filled, buffer.getvalue())


class _Document(BaseDocTemplate):  # type: ignore[misc]
    """One A4 document; headings enter the outline as they are drawn."""

    def __init__(self, buffer: BytesIO, page: PageInfo, texts: Texts, total: int | None) -> None:
        super().__init__(
            buffer,
            pagesize=A4,
            invariant=1,
            title=" ".join(part for part in (page.title, page.number) if part),
            author=page.owner,
            subject=page.title,
            creator="Amends 安诉",
            lang=_PDF_LANGS[texts.lang],
            initialFontName=style.REGULAR,  # else every page names a font that is not embedded
        )
        self._around = page
        self._texts = texts
        self._total = total
        self._headings: list[tuple[str, str]] = []
        #: The share of the page in hand that is used.
        self.filled = 0.0
        self.addPageTemplates(
            [
                self._template("first", style.MARGIN_FIRST),
                self._template("later", style.MARGIN_TOP),
            ]
        )

    def _template(self, name: str, top: float) -> PageTemplate:
        frame = Frame(
            style.MARGIN_X,
            style.MARGIN_BOTTOM,
            style.CONTENT_WIDTH,
            style.PAGE_HEIGHT - top - style.MARGIN_BOTTOM,
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )
        return PageTemplate(name, [frame], onPage=self._draw_page, autoNextPageTemplate="later")

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab calls it
        """Add a heading to the outline, and note how far down the page it is by now."""
        room = style.PAGE_HEIGHT - style.MARGIN_TOP - style.MARGIN_BOTTOM
        if self.frame is not None:  # none between two pages
            self.filled = 1 - (self.frame._y - style.MARGIN_BOTTOM) / room
        name = getattr(flowable, "outline_name", None)
        if name:
            key = f"h{len(self._headings)}"
            self._headings.append((key, name))
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(name, key, level=0)

    def _draw_page(self, canvas: Any, _document: Any) -> None:
        with decoration(canvas):
            self._draw_around(canvas)

    def _draw_around(self, canvas: Any) -> None:
        canvas.saveState()
        if canvas.getPageNumber() == 1:
            canvas.setViewerPreference("DisplayDocTitle", "true")
            canvas.setFillColor(style.ACCENT)
            canvas.rect(style.MARGIN_X, style.PAGE_HEIGHT - 5 * mm, 24 * mm, 5 * mm, 0, 1)
        else:
            self._draw_running_head(canvas)
        if self._total is not None and self._total >= _OUTLINE_FROM:
            canvas.showOutline()
        self._draw_foot(canvas)
        canvas.restoreState()

    def _draw_running_head(self, canvas: Any) -> None:
        y = style.PAGE_HEIGHT - 14 * mm
        canvas.setFillColor(style.MUTED)
        canvas.setFont(style.REGULAR, 8)
        title = f"{self._around.title}  {self._around.number}".strip()
        title = fit(title, 8, style.CONTENT_WIDTH * 0.6)
        canvas.drawString(style.MARGIN_X, y, title)
        left = style.CONTENT_WIDTH - stringWidth(title, style.REGULAR, 8) - 6 * mm
        right = style.PAGE_WIDTH - style.MARGIN_X
        canvas.drawRightString(right, y, fit(self._around.owner, 8, left))
        _rule(canvas, y - 2.4 * mm)

    def _draw_foot(self, canvas: Any) -> None:
        y = 11 * mm
        _rule(canvas, y + 3.6 * mm)
        canvas.setFillColor(style.MUTED)
        canvas.setFont(style.REGULAR, 7.5)
        place = self._texts.get(
            "report.page_of", page=canvas.getPageNumber(), total=self._total or 1
        )
        canvas.drawRightString(style.PAGE_WIDTH - style.MARGIN_X, y, place)
        space = style.CONTENT_WIDTH - stringWidth(place, style.REGULAR, 7.5) - 6 * mm
        canvas.drawString(style.MARGIN_X, y, fit(self._around.note, 7.5, space))


def fit(text: str, size: float, width: float, font: str = style.REGULAR) -> str:
    """Return `text` on one line, shortened with … where it is wider than `width` points."""
    text = printable(text, font).replace("\n", " ")
    if stringWidth(text, font, size) <= width:
        return text
    while text and stringWidth(text + "…", font, size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _rule(canvas: Any, y: float) -> None:
    canvas.setStrokeColor(style.LINE)
    canvas.setLineWidth(0.5)
    canvas.line(style.MARGIN_X, y, style.PAGE_WIDTH - style.MARGIN_X, y)
