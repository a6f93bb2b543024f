"""Invented complaints, drawn from `resources/demo/stories.yaml` (shares of CL-15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from random import Random
from typing import Any

from ruamel.yaml import YAML


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


class Stories:
    """Draws stories by weight; the same `Random` gives the same stories."""

    def __init__(self) -> None:
        text = (files("resources") / "demo" / "stories.yaml").read_text(encoding="utf-8")
        self._book: Mapping[str, Any] = YAML(typ="safe").load(text)
        self._stories: Sequence[Mapping[str, Any]] = self._book["stories"]
        self._weights = [int(story["weight"]) for story in self._stories]

    def draw(self, rng: Random) -> Story:
        """Return the next story."""
        story = rng.choices(self._stories, self._weights)[0]
        product = rng.choice(self._book["products"][story["kind"]])
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
        )
