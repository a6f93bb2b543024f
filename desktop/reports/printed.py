"""Compares what a page says with the facts that its code signs; what differs stands out (NC-03)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from difflib import SequenceMatcher
from typing import Final, Literal

from desktop.domain.analytics.periods import parse_period
from desktop.reports.formats import long_day, long_moment, moment
from desktop.reports.seal import FactValue
from desktop.texts import Texts

State = Literal["same", "different", "not_read"]
_FRACTION: Final = re.compile(r"(-?\d[\d,]*(?:\.\d+)?)/(\d+)")
_SHARE: Final = re.compile(r"(-?\d[\d,]*(?:\.\d+)?)%")
_NUMBER: Final = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
#: How alike a printed label must be to count as the one looked for.
_ALIKE: Final = 0.8
#: Facts that name the document itself; the rest are figures.
_HEAD: Final = ("r", "s", "p", "t")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text on a page with its box; y grows downwards, any unit."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    page: int = 1

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Compared:
    """One signed fact beside what the page says."""

    fact: str
    name: str
    signed: str
    read: str
    state: State


def compare(
    document: str, facts: Mapping[str, FactValue], pieces: Sequence[Piece], texts: Texts
) -> list[Compared]:
    """Return every signed fact beside the page's, in the order of the facts."""
    whole = "".join(_plain(piece.text) for piece in pieces)
    found = []
    for fact, value in facts.items():
        if document == "report" and texts.has(f"pack.fig.{fact}"):
            found.append(_figure(fact, str(value), pieces, texts))
        else:
            found.append(_anywhere(fact, value, whole, texts))
    return found


def _figure(fact: str, value: str, pieces: Sequence[Piece], texts: Texts) -> Compared:
    """Compare a figure's numerator / denominator, and the value printed from them."""
    name = texts.get(f"pack.fig.{fact}")
    rows = ["".join(_plain(p.text) + " " for p in row) for row in _rows_of(name, pieces)]
    # The name of a figure may also head a table's column; its own row holds the numbers.
    wanted = _FRACTION if "/" in value else _NUMBER
    words = next((row for row in rows if wanted.search(row)), rows[0] if rows else "")
    if not words:
        return Compared(fact, name, _spaced(value), "", "not_read")
    if "/" not in value:
        numbers = [n.replace(",", "") for n in _NUMBER.findall(words)]
        read = numbers[0] if numbers else ""
        return Compared(fact, name, value, read, _state(read, value))
    basis = _FRACTION.search(words)
    shares = _SHARE.findall(words)
    read = f"{basis[1].replace(',', '')}/{basis[2]}" if basis else ""
    expected = _share_of(value)
    signed = f"{_spaced(value)}" + (f" = {expected}%" if shares else "")
    shown = _spaced(read) + (f" = {shares[0]}%" if shares else "")
    same = _same_number(read, value) and (not shares or shares[0] == expected)
    state: State = "same" if same else "different" if read else "not_read"
    return Compared(fact, name, signed, shown, state)


def _rows_of(name: str, pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Return what stands to the right of each label of that name, or else of one much like it."""
    wanted = _plain(name)
    labels = [p for p in pieces if _plain(p.text) == wanted] or [
        p for p in pieces if _is_like(_plain(p.text), wanted)
    ]
    return [_right_of(label, pieces) for label in labels]


def _right_of(label: Piece, pieces: Sequence[Piece]) -> list[Piece]:
    height = label.bottom - label.top
    row = [
        p
        for p in pieces
        if p.page == label.page
        and p is not label
        and abs(p.middle - label.middle) < 0.8 * height
        and p.left >= label.right - height
    ]
    return sorted(row, key=lambda p: p.left)


def _is_like(text: str, wanted: str) -> bool:
    return abs(len(text) - len(wanted)) <= 2 and (
        SequenceMatcher(None, text, wanted).ratio() >= _ALIKE
    )


def _anywhere(fact: str, value: FactValue, whole: str, texts: Texts) -> Compared:
    """Compare a fact that is printed once, anywhere: number, store, time, sum."""
    name_key = f"verify.fact_{fact}"
    name = texts.get(name_key) if texts.has(name_key) else fact
    forms = list(_forms(fact, value, texts))
    read = next((form for form in forms if _plain(form) in whole), "")
    if not forms:
        return Compared(fact, name, str(value), "", "not_read")
    return Compared(fact, name, forms[0], read, "same" if read else "not_read")


def _forms(fact: str, value: FactValue, texts: Texts) -> Iterable[str]:
    """Yield how a fact may be printed, the usual one first."""
    text = str(value)
    if fact == "r":
        key = f"pack.kind.{text}"
        yield texts.get(key) if texts.has(key) else text
    elif fact == "p" and (period := parse_period(text)) is not None:
        yield period.label(texts.lang)
        yield text
    elif fact in ("t", "due", "d"):
        yield from _times(text, texts)
    elif re.fullmatch(r"\d+\.\d\d", text):
        yield f"{Decimal(text):,.2f}"
        yield text
    elif fact == "s" and text.isdigit():
        yield texts.get("pack.scope_region", count=text)
    elif fact == "j":
        chain, _, rest = text.partition("#")
        yield chain
        yield rest
    else:
        yield text


def _times(text: str, texts: Texts) -> Iterable[str]:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        yield text
        return
    if at.tzinfo is None:
        yield at.date().isoformat()
        yield long_day(at.date(), texts.lang)
        return
    # The offset in the fact is the store's own zone at that time.
    local = at.replace(tzinfo=None)
    yield f"{local:%Y-%m-%d %H:%M}"
    yield long_moment(at, "Asia/Shanghai", texts.lang)
    yield moment(at, "Asia/Shanghai")
    yield long_day(local.date(), texts.lang)


def _share_of(value: str) -> str:
    top, bottom = value.split("/")
    if not int(bottom):
        return "—"
    share = Decimal(top) * 100 / int(bottom)
    return f"{share.quantize(Decimal('0.1'), ROUND_HALF_UP)}"


def _same_number(read: str, signed: str) -> bool:
    if not read:
        return False
    (a, b), (c, d) = read.split("/"), signed.split("/")
    return Decimal(a) == Decimal(c) and b == d


def _state(read: str, signed: str) -> State:
    if not read:
        return "not_read"
    return "same" if Decimal(read) == Decimal(signed) else "different"


def _spaced(value: str) -> str:
    return value.replace("/", " / ")


def _plain(text: str) -> str:
    """Return text without spaces, in one width, for comparing."""
    return (
        "".join(unicodedata.normalize("NFKC", text).split()).replace("：", ":").replace("／", "/")
    )
