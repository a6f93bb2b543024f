"""Doubts short texts that two readings of one engine agree on: names, stores and products.

Readings of one engine share its errors: a character is taken for a rarer one that looks alike,
or characters in a row are left out. Each shows otherwise: by how common the character is, by
ink that no character explains, and by a third reading of the writing with other strokes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import cv2
import numpy as np
from ruamel.yaml import YAML

from ocr.engines.base import Engine, Image
from ocr.normalise import comparable, normalise
from ocr.unread import is_chinese, unread_ink

WORTH_A_LOOK: Final = 0.5
"""A short text with a weaker character is certain by no third reading."""
_POOR_LOOK: Final = 0.06
"""By how much the middle one of three readings outweighs the least sure one."""
_COMMON: Final = range(0xB0, 0xD8)
"""First bytes of GB 2312's level 1: the 3,755 characters in daily use."""


_UNCOUNTED: Final = re.compile(
    r"(?<![0-9.一二两三四五六七八九十百半])(?:[只件支片粒枚颗块条双]装|ml|kg)", re.IGNORECASE
)
"""A measure without its number, which is easily left out between Chinese characters."""
_CUT_SHORT: Final = re.compile(r"[\u4e00-\u9fff][0-9]$")
"""One digit at the end, whose others and unit are easily left out: 5 of 500ml."""
_PRINTED: Final = re.compile(r"投诉|登记|名称$|姓名|电话")
"""Words of a form itself, which its title or a label says and no name, store or product."""
_LETTER_FOR_DIGIT: Final = re.compile(r"[0-9][CDIOQSZl]|[CDIOQSZl][0-9]")
_NAMES: Final = {
    "customer_name": "people",
    "received_by": "people",
    "product": "goods",
    "store": "places",
}


def likelier(text: str, key: str) -> str:
    """Return a name with the sign in it that a rare or impossible one is read for.

    毓 is read where 敏 is written far more often than it is written itself, and a store in 元锡
    is one in 无锡. A person sees both.
    """
    kind = _NAMES.get(key)
    if kind == "people":
        return text.translate(_taken_for())
    return _of_a_city(text) if kind == "places" else text


def _of_a_city(text: str) -> str:
    """Return a place with one sign changed for one that looks alike, if that makes it a city."""
    alike, cities = _places()
    if text.startswith(cities):
        return text
    others = [
        text[:at] + other + text[at + 1 :]
        for at, sign in enumerate(text[:3])
        for other in alike.get(sign, "")
    ]
    known = [one for one in others if one.startswith(cities)]
    return known[0] if len(known) == 1 else text


def lacks_a_digit(text: str) -> bool:
    """Tell whether a measure lacks its number or unit, or a letter stands where a digit may be."""
    return any(odd.search(text) for odd in (_UNCOUNTED, _CUT_SHORT, _LETTER_FOR_DIGIT))


def of_the_form(text: str) -> bool:
    """Tell whether a value says what a form's title or a label says: it was taken for writing."""
    return _PRINTED.search(text) is not None


def rare_signs(text: str, key: str = "") -> bool:
    """Tell whether a text holds a Chinese character outside those in daily use.

    Those that people, goods or places are named with are none where field `key` holds a name.
    """
    known = _of_names().get(_NAMES.get(key, ""), frozenset())
    return any(is_chinese(sign) and not _common(sign) and sign not in known for sign in text)


@cache
def _known() -> Mapping[str, str]:
    text = (files("resources") / "ocr" / "names.yaml").read_text(encoding="utf-8")
    return dict(YAML(typ="safe").load(text))


@cache
def _of_names() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(_known()[name]) for name in ("people", "goods", "places")}


@cache
def _places() -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Return what each sign looks like, and the cities."""
    text = (files("resources") / "ocr" / "cities.yaml").read_text(encoding="utf-8")
    content = YAML(typ="safe").load(text)
    alike = {sign: group.replace(sign, "") for group in content["alike"].split() for sign in group}
    return alike, tuple(content["cities"].split())


@cache
def _taken_for() -> Mapping[int, str]:
    return {ord(pair[0]): pair[1] for pair in _known()["taken_for"].split()}


def _common(sign: str) -> bool:
    try:
        return sign.encode("gb2312")[0] in _COMMON
    except UnicodeEncodeError:
        return False


def restroked(crop: Image) -> Image:
    """Draw a line with thicker, softer strokes and a little narrower: another look at it."""
    thick = cv2.erode(crop, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2, 2)))
    soft = cv2.GaussianBlur(thick, (0, 0), max(0.6, crop.shape[0] / 60))
    padded = cv2.copyMakeBorder(soft, 4, 4, 6, 6, cv2.BORDER_CONSTANT, value=255)
    return np.asarray(cv2.resize(padded, None, fx=0.92, fy=1.0, interpolation=cv2.INTER_AREA))


def together(*levels: float) -> float:
    """Return one level for three readings that agree.

    It is that of the least sure one, or nearly that of the middle one: one look may be poor.
    """
    low, middle, _ = sorted(levels)
    return max(low, middle - _POOR_LOOK) if low >= WORTH_A_LOOK else low


def borne_out(
    values: Mapping[str, str], crops: Mapping[str, Sequence[Image]], engine: Engine
) -> dict[str, float]:
    """Return for each value the least confidence with which a third reading bears it out.

    It is 0 where that reading differs, where ink or a number was left out, where a character is
    rare, and where the value is a word of the form itself.
    """
    if not values:
        return {}
    looks = {key: [restroked(crop) for crop in crops[key]] for key in values}
    readings = iter(engine.recognise([look for several in looks.values() for look in several]))
    found: dict[str, float] = {}
    for key, value in values.items():
        several = [next(readings) for _ in looks[key]]
        text = normalise(key, " ".join(one.text for one in several if one.text))
        doubted = (
            comparable(text) != comparable(value)
            or rare_signs(value, key)
            or lacks_a_digit(value)
            or of_the_form(value)
            or any(
                unread_ink(look, one, is_chinese)
                for look, one in zip(looks[key], several, strict=True)
            )
        )
        found[key] = 0.0 if doubted else min((one.weakest for one in several), default=0.0)
    return found
