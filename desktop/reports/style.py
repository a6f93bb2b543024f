"""Fonts, colours, sizes and paragraph styles shared by every document."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from typing import Final

from reportlab.graphics.shapes import STATE_DEFAULTS
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR: Final = "AmendsSans"
BOLD: Final = "AmendsSans-Bold"

INK: Final[Color] = HexColor("#1A2230")
MUTED: Final[Color] = HexColor("#5B6675")
LINE: Final[Color] = HexColor("#D3D9E0")
ACCENT: Final[Color] = HexColor("#0F766E")
SOFT: Final[Color] = HexColor("#B9C9C7")

PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN_X: Final = 20 * mm
MARGIN_TOP: Final = 22 * mm
MARGIN_FIRST: Final = 14 * mm
MARGIN_BOTTOM: Final = 18 * mm
CONTENT_WIDTH: Final = PAGE_WIDTH - 2 * MARGIN_X
CONTENT_MM: Final = CONTENT_WIDTH / mm


@cache
def register_fonts() -> None:
    """Register the bundled Noto Sans SC in two weights; each PDF embeds the subset it uses."""
    folder = files("resources") / "fonts"
    for name, file in ((REGULAR, "NotoSansSC_400Regular.ttf"), (BOLD, "NotoSansSC_700Bold.ttf")):
        with as_file(folder / file) as path:
            pdfmetrics.registerFont(TTFont(name, str(path)))
    pdfmetrics.registerFontFamily(
        REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD
    )
    # Drawings name a font before their first text; ours is embedded, reportlab's is not.
    STATE_DEFAULTS["fontName"] = REGULAR


def _style(name: str, size: float, leading: float, **changes: object) -> ParagraphStyle:
    settings: dict[str, object] = {
        "fontName": REGULAR,
        "textColor": INK,
        "wordWrap": "CJK",
        "allowWidows": 0,
        "allowOrphans": 0,
        **changes,
    }
    return ParagraphStyle(name, fontSize=size, leading=leading, **settings)


ORGANISATION: Final = _style("organisation", 10.5, 15, fontName=BOLD)
TITLE: Final = _style("title", 23, 31, fontName=BOLD, spaceBefore=7)
SUBTITLE: Final = _style("subtitle", 10.5, 15, textColor=ACCENT, fontName=BOLD)
HEADING: Final = _style(
    "heading", 11.5, 16, fontName=BOLD, textColor=ACCENT, spaceBefore=10, spaceAfter=2
)
BODY: Final = _style("body", 9.6, 15, spaceAfter=4)
LETTER: Final = _style("letter", 10.8, 20, spaceAfter=9)
LETTER_INDENTED: Final = _style("letter-indented", 10.8, 20, spaceAfter=9, firstLineIndent=21.6)
LETTER_RIGHT: Final = _style("letter-right", 10.8, 18, alignment=TA_RIGHT)
QUOTE: Final = _style("quote", 9.6, 15, leftIndent=10, spaceAfter=4)
LABEL: Final = _style("label", 8.2, 14, textColor=MUTED)
VALUE: Final = _style("value", 9.6, 14)
VALUE_BOLD: Final = _style("value-bold", 9.6, 14, fontName=BOLD)
SMALL: Final = _style("small", 8, 12.2, textColor=MUTED)
SMALL_CENTER: Final = _style("small-center", 7, 9.5, textColor=MUTED, alignment=TA_CENTER)
CELL: Final = _style("cell", 8.8, 12.8)
CELL_BOLD: Final = _style("cell-bold", 8.8, 12.8, fontName=BOLD)
CELL_RIGHT: Final = _style("cell-right", 8.8, 12.8, alignment=TA_RIGHT)
CELL_RIGHT_BOLD: Final = _style("cell-right-bold", 8.8, 12.8, alignment=TA_RIGHT, fontName=BOLD)
CELL_HEAD: Final = _style("cell-head", 8, 11.5, fontName=BOLD, textColor=MUTED)
CELL_HEAD_RIGHT: Final = _style(
    "cell-head-right", 8, 11.5, fontName=BOLD, textColor=MUTED, alignment=TA_RIGHT
)
CELL_SMALL: Final = _style("cell-small", 7.4, 10.6, textColor=MUTED)
FIGURE_RIGHT: Final = _style("figure", 14, 18, fontName=BOLD, alignment=TA_RIGHT)
SUM: Final = _style("sum", 12.5, 18, fontName=BOLD)
