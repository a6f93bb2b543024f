"""Invented complaints, drawn from `resources/demo/stories.yaml` (shares of CL-15)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from random import Random
from typing import Any, Final

from ruamel.yaml import YAML

#: What goes wrong in the month that has a story to tell, and how often.
SURGE_CODE: Final = "PQ-02"
SURGE_PRODUCT: Final = "草莓酸奶6杯"
SURGE_SHARE: Final = 0.16


def sku_of(product: str) -> str:
    """Return the invented 13-digit code of a product, always the same."""
    return f"69{int.from_bytes(hashlib.sha256(product.encode()).digest()[:6], 'big') % 10**11:011d}"


@dataclass(frozen=True, slots=True)
class Story:
    """One complaint as a customer tells it; `price` of the purchase in yuan."""

    code: str
    words: str
    wants: str
    product: str
    customer: str
    phone: str
    receipt_no: str
    price: Decimal
    emotion: int
    level: int
    vip: bool
    channel: str
    sku: str
    batch: str


class Stories:
    """Draws stories by weight; the same `Random` gives the same stories."""

    def __init__(self) -> None:
        text = (files("resources") / "demo" / "stories.yaml").read_text(encoding="utf-8")
        self._book: Mapping[str, Any] = YAML(typ="safe").load(text)
        self._stories: Sequence[Mapping[str, Any]] = self._book["stories"]
        self._weights = [int(story["weight"]) for story in self._stories]

    def draw(self, rng: Random, day: date, surge: str = "") -> Story:
        """Return the next story of `day`; in the month `surge` (YYYY-MM) one product goes wrong.

        Then PQ-02 comes more often, mostly about one product and one batch, so that there is
        something to find out.
        """
        bad = f"{day:%Y-%m}" == surge and rng.random() < SURGE_SHARE
        story = rng.choices(self._stories, self._weights)[0]
        if bad:
            story = next(s for s in self._stories if s["code"] == SURGE_CODE)
        products = self._book["products"][story["kind"]]
        product = SURGE_PRODUCT if bad else rng.choice(products)
        batch = f"{day:%y%m}{'A' if bad else rng.choice('BCD')}"
        emotion = rng.choices((1, 2, 3, 4, 5), (10, 30, 38, 18, 4))[0]
        return Story(
            code=story["code"],
            words=rng.choice(story["words"]).format(product=product),
            wants=rng.choice(story["wants"]),
            product=product,
            customer=rng.choice(self._book["surnames"]) + rng.choice(self._book["given"]),
            phone=f"1{rng.choice((38, 39, 50, 58, 86, 89))}{rng.randrange(10**8):08d}",
            receipt_no=f"{rng.randrange(10**10):010d}",
            price=Decimal(rng.randrange(1500, 300000)) / 100,
            emotion=emotion,
            level=rng.choices((1, 2, 3, 4), (1, 7, 86, 6))[0],
            vip=rng.random() < 0.12,
            channel=rng.choices(("walk_in", "store_phone", "paper", "12315"), (62, 22, 12, 4))[0],
            sku=sku_of(product),
            batch=batch,
        )
