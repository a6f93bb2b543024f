"""The pages that the reader is measured on take turns among hands and captures, by number."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.bench.ocr_corpus.faults import CAPTURES
from tests.bench.ocr_corpus.hands import HELD_BACK_HANDS, TUNING_HANDS
from tests.bench.ocr_corpus.sampling import FRESH, HELD_BACK, spread


@pytest.mark.parametrize(("first", "hands"), [(FRESH, HELD_BACK_HANDS), (0, TUNING_HANDS)])
def test_every_hand_and_capture_comes_equally_often(first: int, hands: tuple[object, ...]) -> None:
    whole = len(hands) * len(CAPTURES)
    numbers = spread(first, whole)
    written_by = Counter(number // len(CAPTURES) % len(hands) for number in numbers)
    captured = Counter(number % len(CAPTURES) for number in numbers)
    assert set(written_by.values()) == {len(CAPTURES)}
    assert set(captured.values()) == {len(hands)}
    assert len(set(spread(first, 3 * whole))) == 3 * whole, "no page counts twice"


def test_fresh_pages_are_held_back_and_always_the_same() -> None:
    assert min(spread(FRESH, 50)) >= FRESH > HELD_BACK
    assert spread(FRESH, 24) == spread(FRESH, 50)[:24]
