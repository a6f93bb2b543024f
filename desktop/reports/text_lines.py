"""Breaks mixed Chinese and Latin text into lines and keeps unprintable characters readable.

reportlab's own CJK breaking lets ，；：？！》 begin a line and hangs others past the margin;
here the rules of 中文排版需求 (clreq §3.1.6) hold and no line is wider than its box.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Final

from reportlab.pdfbase.pdfmetrics import getFont
from reportlab.platypus import Paragraph
from reportlab.platypus.paragraph import ParaLines, cjkU, makeCJKParaLine

from desktop.reports.tagging import content

_NO_START: Final = frozenset(
    "!%),.:;?]}¢°·ˇ—‐–’”‰′″℃、。〃々〉》」』】〕〗〞︰！＂％＇），．：；？］｝～…/"
)
_NO_END: Final = frozenset("([{£¥‘“〈《「『【〔〖〝﹙（．［｛￡￥$#№@")
_TOLERANCE: Final = 1e-6


def can_break(before: str, after: str) -> bool:
    """Tell whether a line may end between two neighbouring characters."""
    if after in _NO_START or before in _NO_END or after.isspace():
        return False
    if before.isspace() or _is_wide(before) or _is_wide(after):
        return True
    return before in "-_/" and after.isalpha()


def break_points(widths: Sequence[float], chars: Sequence[str], limit: float) -> list[int]:
    """Return the end index of each line of at most `limit` points, spaces at line ends aside.

    A run with no place to break (a long code) is cut where the box ends.
    """
    ends: list[int] = []
    start = 0
    while start < len(chars):
        end, used, candidate = start, 0.0, 0
        while end < len(chars):
            used += widths[end]
            if used > limit + _TOLERANCE and not chars[end].isspace() and end > start:
                break
            end += 1
            if end < len(chars) and can_break(chars[end - 1], chars[end]):
                candidate = end
        if end < len(chars) and candidate > start and not can_break(chars[end - 1], chars[end]):
            end = candidate
        ends.append(end)
        start = end
    return ends


class Lines(Paragraph):  # type: ignore[misc]
    """A paragraph that breaks its lines by `break_points` and is tagged as what it is."""

    def draw(self) -> None:
        """Draw the words as heading, paragraph or content of the cell that they stand in."""
        title = self.style.name == "title"
        kind = "H1" if title else "H2" if getattr(self, "outline_name", "") else "P"
        with content(self.canv, kind):
            super().draw()

    def breakLinesCJK(self, maxWidths: Any) -> Any:  # noqa: N802, N803 - reportlab calls it
        """Return reportlab's line structure for a paragraph of any number of fragments."""
        if hasattr(self, "blPara") and getattr(self, "_splitpara", False):
            return self.blPara
        limits = maxWidths if isinstance(maxWidths, (list, tuple)) else [maxWidths]
        lines: list[Any] = []
        for units, forced in _hard_lines(self.frags):
            chars = [str(unit) for unit in units]
            limit = limits[min(len(lines), len(limits) - 1)]
            begin = 0
            for end in break_points([unit.width for unit in units], chars, limit) or [0]:
                last = end == len(units)
                lines.append(_line(units[begin:end], limit, forced if last else False))
                begin = end
        self.height = 0
        return ParaLines(kind=1, lines=lines)


def _hard_lines(frags: Sequence[Any]) -> list[tuple[list[Any], bool]]:
    lines: list[tuple[list[Any], bool]] = []
    units: list[Any] = []
    for frag in frags:
        if hasattr(frag, "lineBreak"):
            # An empty unit keeps the height of an empty line.
            lines.append((units or [cjkU("", frag, "utf8")], True))
            units = []
        else:
            units.extend(cjkU(char, frag, "utf8") for char in frag.text)
    if units or not lines:
        lines.append((units, False))
    return lines


def _line(units: list[Any], limit: float, forced: bool) -> Any:
    while len(units) > 1 and units[-1].isspace():
        units = units[:-1]
    used = sum(unit.width for unit in units)
    return makeCJKParaLine(units, limit, used, limit - used, forced, False)


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF" or "\u2e80" <= char <= "\u9fff"


def printable(text: str, font: str) -> str:
    """Return `text` with each character that `font` lacks written out, so nothing turns to □.

    Emoji and scripts outside the font appear by their Unicode name in brackets; control
    characters, joiners and variation selectors vanish; tabs become spaces.
    """
    has = getFont(font).face.charToGlyph
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_visible(char, has.__contains__) for char in text)


def _visible(char: str, known: Callable[[int], bool]) -> str:
    if char == "\n":
        return char
    category = unicodedata.category(char)
    if char == "\t" or category == "Zs":
        return char if char == "\u3000" else " "
    if category in ("Cc", "Cf", "Cs", "Zl", "Zp") or "\ufe00" <= char <= "\ufe0f":
        return ""
    if known(ord(char)):
        return char
    name = unicodedata.name(char, "")
    return f"[{name.lower()}]" if name else f"[U+{ord(char):04X}]"


def markup(text: str, font: str) -> str:
    """Return plain `text` as safe paragraph markup, line breaks kept."""
    return escape(printable(text, font), quote=False).replace("\n", "<br/>")
