"""Our own digit reader reads digits, says what is none, and is missed by nobody when it breaks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr.engines.base import EngineUnavailableError
from ocr.engines.digits import NO_DIGIT, SIDE, DigitReader, as_input, judged
from tests.ocr.drawn_forms import font


def tile(sign: str, size: int = 40) -> np.ndarray:
    image = Image.new("L", (2 * size, 2 * size), 255)
    ImageDraw.Draw(image).text((size, size), sign, font=font(size), fill=40, anchor="mm")
    return np.asarray(image, np.uint8)


def test_printed_digits_of_any_size_are_read() -> None:
    for size in (18, 40, 90):
        shares = DigitReader().judge([tile(digit, size) for digit in "0123456789"])
        assert shares.argmax(axis=1).tolist() == list(range(10))
        assert shares.sum(axis=1) == pytest.approx(np.ones(10), abs=1e-4)


def test_chinese_signs_are_no_digits() -> None:
    shares = DigitReader().judge([tile(sign) for sign in "张店美"])
    assert (shares.argmax(axis=1) == NO_DIGIT).all()


def test_nothing_and_bare_paper_are_judged_without_a_fault() -> None:
    reader = DigitReader()
    assert reader.judge([]).shape == (0, NO_DIGIT + 1)
    assert reader.judge([np.full((9, 5), 255, np.uint8)]).shape == (1, NO_DIGIT + 1)


def test_a_thin_stroke_keeps_its_shape() -> None:
    thin = np.full((60, 60), 255, np.uint8)
    thin[10:50, 29:32] = 0
    seen = as_input(thin)
    assert seen.shape == (SIDE, SIDE)
    assert seen.sum(axis=0).argmax() in (SIDE // 2 - 1, SIDE // 2)
    assert (seen > 0.5).any(axis=0).sum() <= 5


def test_a_broken_network_is_told_and_leaves_the_other_reader_alone(tmp_path: Path) -> None:
    broken = tmp_path / "digits.onnx"
    broken.write_bytes(b"no network")
    reader = DigitReader(broken)
    with pytest.raises(EngineUnavailableError, match="install Amends again"):
        reader.judge([tile("1")])
    shares = judged(reader, [tile("1"), tile("2")])
    assert shares.shape == (2, NO_DIGIT + 1)
    assert shares.max() == pytest.approx(shares.min())
