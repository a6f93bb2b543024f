"""The paper on a photo is found whole, also where a soft shadow lies across it (IN-04)."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.paper import find_papers


def _half_in_shadow() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A sheet on a dark desk, its left half in a soft shadow that one line runs across."""
    picture = np.full((800, 600, 3), 245, np.uint8)
    cv2.putText(picture, "lllllll", (270, 200), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (20, 20, 20), 2)
    cv2.rectangle(picture, (250, 300), (380, 304), (20, 20, 20), -1)
    light = 0.4 + 0.6 / (1 + np.exp(-(np.arange(600) - 300) / 12))
    lit = np.asarray(picture * light[None, :, None], np.uint8)
    # The desk is as bright as the paper in the shadow, so that its far side is not seen.
    desk = np.full_like(lit, 92)
    desk[60:740, 60:540] = lit[60:740, 60:540]
    return desk


def test_a_shadows_soft_edge_is_no_side_of_the_paper() -> None:
    papers = find_papers(_half_in_shadow())

    assert all(paper[:, 0].max() - paper[:, 0].min() > 430 for paper in papers)
