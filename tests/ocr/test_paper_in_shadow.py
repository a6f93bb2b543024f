"""A shadow's soft edge between two lines of writing is no side of the paper (IN-04)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.paper import find_papers


def photo(shadow_from: float | None) -> NDArray[np.uint8]:
    """Return a paper 600 wide and 850 high on a dark desk, from a height on in shadow."""
    grain = np.random.default_rng(7).normal(0, 12, (25, 20)).astype(np.float32)
    desk = cv2.resize(grain, (800, 1000), interpolation=cv2.INTER_CUBIC) + 112
    picture = np.repeat(desk[:, :, None], 3, axis=2).astype(np.uint8)
    picture[80:930, 100:700] = 240
    if shadow_from is not None:
        rows = np.arange(1000)[:, None, None]
        light = 1 - 0.45 / (1 + np.exp(-(rows - shadow_from) / 14))
        picture = np.clip(picture * light, 0, 255).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.2), np.uint8)


def test_a_paper_half_in_shadow_is_not_cut_at_the_shadow() -> None:
    for shadow_from in (None, 400.0, 600.0):
        for paper in find_papers(photo(shadow_from)):
            assert paper[:, 1].max() > 880, shadow_from
    assert len(find_papers(photo(None))) == 1
