"""Line crops are batched by width, so that short words cost little, and decoded in order."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr.engines.base import NOTHING
from ocr.engines.rapid import RapidEngine
from ocr.engines.strips import as_tensor, batches, decode, line_strip
from tests.ocr.drawn_forms import font

SIGNS = ["blank", *"abc0123456789", " "]


def written(text: str, size: int = 44) -> np.ndarray:
    image = Image.new("L", (size * len(text) + 40, size + 24), 255)
    ImageDraw.Draw(image).text((14, 4), text, font=font(size), fill=20)
    return np.asarray(image, np.uint8)


def scores(path: str, level: float = 0.9) -> np.ndarray:
    """Return probabilities whose best path spells `path`, `-` standing for the blank."""
    table = np.full((len(path), len(SIGNS)), 0.01, np.float32)
    for step, sign in enumerate(path):
        table[step, 0 if sign == "-" else SIGNS.index(sign)] = level
    return table


def test_every_crop_is_in_one_batch_with_its_like() -> None:
    widths = {0: 50, 1: 900, 2: 60, 3: 950, 4: 340}
    found = batches(widths, 320)
    assert sorted(index for batch in found for index in batch) == [0, 1, 2, 3, 4]
    assert all(
        max(widths[i] for i in batch) <= 1.3 * max(320, min(widths[i] for i in batch))
        for batch in found
    )


def test_a_batch_never_grows_beyond_its_bound() -> None:
    found = batches(dict.fromkeys(range(100), 1000), 320)
    assert max(len(batch) for batch in found) * 1000 <= 4000


def test_strips_are_padded_to_the_right_with_nothing() -> None:
    tensor = as_tensor([line_strip(np.full((48, 100), 255, np.uint8))], 320)
    assert tensor.shape == (1, 3, 48, 320)
    assert tensor[0, :, :, :100].min() == pytest.approx(1.0)
    assert np.abs(tensor[0, :, :, 100:]).max() == 0


def test_repeats_count_once_unless_a_blank_stands_between() -> None:
    reading = decode(scores("aa-ab"), SIGNS, 1.0, digits=False)
    assert reading.text == "aab"
    assert len(reading.glyphs) == 3
    assert reading.confidence == pytest.approx(0.9)


def test_only_digits_are_read_where_only_digits_can_be() -> None:
    table = scores("c--7")
    table[0, SIGNS.index("5")] = 0.05
    reading = decode(table, SIGNS, 1.0, digits=True)
    assert reading.text == "57"
    assert reading.glyphs[0].confidence == pytest.approx(0.05)


def test_a_blank_line_reads_as_nothing() -> None:
    assert decode(scores("----"), SIGNS, 1.0, digits=False) == NOTHING


def test_the_order_of_crops_is_kept_and_a_released_engine_loads_again(engine: RapidEngine) -> None:
    texts = ["1", "要求全额退款", "苏州", "使用三天后无法开机多次联系没有答复"]
    crops = [written(text) for text in texts]
    assert [one.text for one in engine.recognise(crops)][1:] == texts[1:]
    engine.release()
    assert engine.recognise(crops[1:2])[0].text == texts[1]
    assert engine.recognise([written("8053")], digits=True)[0].text == "8053"
