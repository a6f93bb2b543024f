"""受理小票: the receipt for an 80-mm till printer, as long as its text; same facts, same seal."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Spacer

from desktop.reports import blocks, style
from desktop.reports.codes import QrCode
from desktop.reports.formats import EMPTY, label, long_moment, moment
from desktop.reports.models import Receipt
from desktop.reports.receipt import how_to_ask, receipt_facts
from desktop.reports.seal import Signer, sign_facts
from desktop.texts import Texts

WIDTH_MM: Final = 80
#: Till printers print 72 of the 80 millimetres.
MARGIN_MM: Final = 4
_FEED_MM: Final = 6
#: Of somebody's words on a slip; the rest is in the file.
_WORDS_SHOWN: Final = 120

_BODY: Final = ParagraphStyle("slip", parent=style.BODY, fontSize=9, leading=13, spaceAfter=2)
_BOLD: Final = ParagraphStyle("slip-bold", parent=_BODY, fontName=style.BOLD)
_SMALL: Final = ParagraphStyle("slip-small", parent=_BODY, fontSize=7.5, leading=10.5)
_TITLE: Final = ParagraphStyle(
    "slip-title", parent=_BOLD, fontSize=13, leading=18, alignment=TA_CENTER
)
_OWNER: Final = ParagraphStyle("slip-owner", parent=_BODY, alignment=TA_CENTER)


class _Cut(Flowable):  # type: ignore[misc]
    """A dashed line across the slip."""

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Take the width and a little height."""
        self.width = width
        return width, 3 * mm

    def draw(self) -> None:
        """Draw in black: till printers know no grey."""
        self.canv.setDash(1.5, 1.5)
        self.canv.line(0, 1.5 * mm, self.width, 1.5 * mm)
        self.canv.setDash()


def render_slip(model: Receipt, texts: Texts, signer: Signer | None = None) -> bytes:
    """Return the slip as a PDF of one page whose height is that of its text."""
    style.register_fonts()
    payload = sign_facts("receipt", receipt_facts(model), signer) if signer else None
    room = (WIDTH_MM - 2 * MARGIN_MM) * mm
    story = _story(model, texts, payload)
    heights = [part.wrap(room, 10_000 * mm)[1] + part.getSpaceAfter() for part in story]
    height = sum(heights) + (MARGIN_MM + _FEED_MM) * mm
    buffer = BytesIO()
    canvas = Canvas(
        buffer,
        pagesize=(WIDTH_MM * mm, height),
        invariant=1,
        initialFontName=style.REGULAR,
        lang={"zh_CN": "zh-CN", "en": "en"}[texts.lang],
    )
    canvas.setTitle(f"{texts.get('report.receipt.title')} {model.number}")
    canvas.setAuthor(model.store.name)
    canvas.setCreator("Amends 安诉")
    _draw(canvas, story, room, height)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw(canvas: Any, story: list[Flowable], room: float, height: float) -> None:
    y = height - MARGIN_MM * mm
    for part in story:
        width, tall = part.wrap(room, 10_000 * mm)
        y -= tall
        middle = (room - width) / 2 if isinstance(part, QrCode) else 0
        part.drawOn(canvas, MARGIN_MM * mm + middle, y)
        y -= part.getSpaceAfter()


def _story(model: Receipt, texts: Texts, payload: str | None) -> list[Flowable]:
    get = texts.get
    facts = (
        (get("report.opened_at"), long_moment(model.opened_at, model.tz, texts.lang)),
        (get("report.customer_name"), model.customer_name),
        (get("report.handler"), model.handler),
        (get("report.complaint_phone"), model.store.complaint_phone),
        (get("report.subject"), model.subject),
    )
    return [
        blocks.text(model.store.name, _OWNER),
        blocks.text(get("report.receipt.title"), _TITLE),
        blocks.text(get("report.number_line", number=model.number), _BOLD),
        _Cut(),
        *(blocks.text(_fact(name, value, texts), _BODY) for name, value in facts if value.strip()),
        _Cut(),
        blocks.text(get("report.receipt.words"), _BOLD),
        blocks.text(_short(model.customer_words), _BODY),
        blocks.text(get("report.receipt.wanted"), _BOLD),
        blocks.text(_short(model.wanted), _BODY),
        _Cut(),
        blocks.text(get("report.receipt.promises"), _BOLD),
        *_promises(model, texts),
        _Cut(),
        blocks.text(how_to_ask(model.store, texts), _SMALL),
        *([Spacer(1, 2 * mm), QrCode(payload)] if payload else []),
    ]


def _promises(model: Receipt, texts: Texts) -> list[Flowable]:
    if not model.promises:
        return [blocks.text(texts.get("report.receipt.no_promise"), _BODY)]
    lines = []
    for promise in sorted(model.promises, key=lambda item: item.due):
        due = moment(promise.due, model.tz)
        if promise.provisional:
            due = texts.get("report.provisional", due=due)
        lines.append(blocks.text(_fact(label(texts, "clock", promise.clock), due, texts), _BODY))
    return lines


def _fact(name: str, value: str, texts: Texts) -> str:
    return f"{name}{'：' if texts.lang == 'zh_CN' else ': '}{value}"


def _short(words: str) -> str:
    words = " ".join(words.split()) or EMPTY
    return words if len(words) <= _WORDS_SHOWN else f"{words[:_WORDS_SHOWN]}…"
