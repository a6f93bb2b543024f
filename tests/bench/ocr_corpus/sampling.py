"""One sample by number: the picture as bytes with its truth; the same number, the same bytes.

Numbers below HELD_BACK are for tuning. Those from HELD_BACK on are drawn with other hands and
were looked at by no threshold; the figures that count come from them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final, Literal

from tests.bench.ocr_corpus import foreign, ours, unlike
from tests.bench.ocr_corpus.content import values
from tests.bench.ocr_corpus.faults import CAPTURES, capture, jpeg
from tests.bench.ocr_corpus.hands import HELD_BACK_HANDS, INKS, PRINTER, TUNING_HANDS

HELD_BACK: Final = 100_000
FRESH: Final = 500_000
"""From this number on no page has been looked at by those who changed the reader."""
Kind = Literal["ours", "foreign", "unlike"]
Fill = Literal["printed", "hand"]


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture of a form and what stands on it."""

    name: str
    kind: Kind
    fill: Fill
    capture: str
    content: bytes
    fields: dict[str, str]
    ticks: dict[str, tuple[str, ...]]
    serial: str | None


def spread(first: int, pages: int) -> list[int]:
    """Return the numbers of pages from about `first` on, every hand and capture equally often.

    Six pages have six hands and six captures, 36 have every hand in every capture.
    """
    ways = len(CAPTURES)
    hands = len(HELD_BACK_HANDS if first >= HELD_BACK else TUNING_HANDS)
    start = -(-first // (ways * ways)) * ways * ways
    return [
        start
        + page // (ways * hands) * ways * hands
        + page % hands * ways
        + (page % hands + page // hands) % ways
        for page in range(pages)
    ]


def sample(kind: Kind, fill: Fill, number: int) -> Sample:
    """Return sample `number`; captures take turns, hands and layouts are drawn."""
    rng = random.Random(f"{kind} {fill} {number}")
    hands = HELD_BACK_HANDS if number >= HELD_BACK else TUNING_HANDS
    hand = PRINTER if fill == "printed" else hands[number // len(CAPTURES) % len(hands)]
    ink = INKS[0] if fill == "printed" else rng.choice(INKS)
    how = CAPTURES[number % len(CAPTURES)]
    fields = values(rng)
    for key in ("member_no", "receipt_no", "product"):
        if rng.random() < 0.06:
            fields[key] = ""
    layout = ""
    serial: str | None = None
    if kind == "ours":
        variant: ours.Variant = rng.choice(("zh", "bilingual"))
        page, ticks, serial = ours.fill(fields, 1 + number % 99_999_999, variant, hand, ink, rng)
        layout, written = variant, {key: value for key, value in fields.items() if value}
    else:
        if kind == "unlike":
            # Layouts take turns as captures do, a step later with each round.
            layout = list(unlike.LAYOUTS)[(number + number // len(CAPTURES)) % len(unlike.LAYOUTS)]
            draw, size = unlike.LAYOUTS[layout]
        else:
            layout = rng.choice(list(foreign.LAYOUTS))
            draw, size = foreign.LAYOUTS[layout], foreign.A4
        sheet = foreign.Sheet(hand, ink, rng, fields, size)
        draw(sheet)
        page, ticks, written = sheet.page, sheet.ticks, sheet.fields
    content = jpeg(capture(page, how, rng), rng)
    name = f"{kind}-{fill}-{number} {layout} {how} {hand.name}"
    return Sample(name, kind, fill, how, content, written, ticks, serial)
