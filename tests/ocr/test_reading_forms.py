"""Forms of layouts that the reader was never shown are read by the meaning of their labels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from desktop.domain.forms import DIGIT_KEYS, FIELD_KEYS, LONG_KEYS, FormReading
from ocr.reader import FormReader
from tests.ocr import drawn_forms
from tests.ocr.drawn_forms import LAYOUTS, Drawn, photographed, stamped, turned

SHARED = Path(__file__).parents[3] / "shared" / "ocr"


def bare(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())


def misread(reading: FormReading, fields: dict[str, str]) -> dict[str, str]:
    found = {key: field.value for key, field in reading.fields.items()}
    return {
        key: f"{found.get(key)!r} instead of {value!r}"
        for key, value in fields.items()
        if bare(found.get(key, "")) != bare(value)
    }


def check(reading: FormReading, drawn: Drawn, allowed: int = 0) -> None:
    assert reading.error is None
    wrong = misread(reading, drawn.fields)
    assert len(wrong) <= allowed, wrong
    invented = set(reading.fields) - set(drawn.fields)
    assert not invented
    for key in wrong:
        assert key not in reading.fields or not reading.fields[key].certain, wrong
    ticks = {bare(group): options for group, options in reading.ticks.items()}
    assert ticks == {bare(group): options for group, options in drawn.ticks.items()}


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_every_field_of_a_layout_is_read(reader: FormReader, layout: str) -> None:
    drawn = LAYOUTS[layout](seed=11)

    (reading,) = reader.read_bytes(drawn.jpeg(), "form.jpg")

    check(reading, drawn)


@pytest.mark.parametrize("degrees", [180, 270, 2.5])
def test_a_turned_scan_is_read(reader: FormReader, degrees: float) -> None:
    drawn = turned(drawn_forms.ruled(seed=12), degrees)

    (reading,) = reader.read_bytes(drawn.jpeg(), "form.jpg")

    check(reading, drawn, allowed=1)


def test_a_photo_on_a_dark_desk_is_read(reader: FormReader) -> None:
    drawn = photographed(drawn_forms.underlined(seed=13), seed=13)

    (reading,) = reader.read_bytes(drawn.jpeg(), "photo.jpg")

    check(reading, drawn, allowed=1)


def test_a_red_stamp_does_not_get_into_the_fields(reader: FormReader) -> None:
    drawn = stamped(drawn_forms.ruled(seed=14), 900, 380)

    (reading,) = reader.read_bytes(drawn.jpeg(), "stamped.jpg")

    check(reading, drawn, allowed=1)
    assert not any("专用章" in field.value for field in reading.fields.values())


def test_boxes_are_in_pixels_of_the_file_as_given(reader: FormReader) -> None:
    drawn = drawn_forms.underlined(seed=15)
    picture = drawn.image.rotate(90, expand=True)
    width = drawn.image.width

    (reading,) = reader.read_bytes(Drawn(picture, {}, {}).jpeg(), "turned.jpg")

    for key in ("phone", "customer_name", "amount"):
        x, y, w, h = drawn.boxes[key]
        # A quarter turn anticlockwise takes (x, y) to (y, width - x).
        middle = np.asarray([y + h / 2, width - (x + w / 2)])
        box = reading.fields[key].box
        assert box.x <= middle[0] <= box.x + box.w
        assert box.y <= middle[1] <= box.y + box.h
        assert box.w < 120, "the box is around the writing, not around the page"


def test_an_empty_field_stays_absent(reader: FormReader) -> None:
    pen = drawn_forms.Pen(16)
    drawn_forms.title(pen, "投诉表")
    for index, key in enumerate(("customer_name", "phone", "product", "amount")):
        y = 220 + 90 * index
        end = pen.print(100, y, drawn_forms.ZH_WORDS[key] + "：")
        pen.draw.line((end, y + 38, 900, y + 38), fill="black", width=2)
        if key != "product":
            pen.fill(key, end + 14, y - 4)

    (reading,) = reader.read_bytes(pen.drawn.jpeg(), "form.jpg")

    assert "product" not in reading.fields
    assert misread(reading, pen.drawn.fields) == {}


def test_an_id_card_number_is_never_reported(reader: FormReader) -> None:
    pen = drawn_forms.Pen(17)
    drawn_forms.title(pen, "投诉表")
    pen.print(100, 200, "投诉人：王小明")
    pen.print(100, 290, "手机号码：13912345678")
    pen.print(100, 380, "身份证号：320102198805124538")
    pen.print(100, 470, "事情经过：证件320102198805124538登记后被店员拒绝退货")

    (reading,) = reader.read_bytes(pen.drawn.jpeg(), "form.jpg")

    assert reading.fields["phone"].value == "13912345678"
    assert "店员拒绝退货" in reading.fields["description"].value
    assert "320102198805124538" not in json.dumps(reading.to_json())


def test_a_reading_is_cancelled_between_pages(reader: FormReader) -> None:
    drawn = drawn_forms.ruled(seed=18)
    done: list[int] = []

    readings = reader.read_bytes(
        drawn.jpeg(), "form.jpg", progress=done.append, cancelled=lambda: True
    )

    assert (readings, done) == ([], [])


FLOORS = {
    "05_A_printed_phone": 11,
    "09_A_hand_clean300": 9,
    "33_B_hand_noisy150": 10,
}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the sample pictures are not here")
@pytest.mark.parametrize("name", sorted(FLOORS))
def test_sample_pictures_reach_their_floor(reader: FormReader, name: str) -> None:
    truth = json.loads((SHARED / f"{name}.json").read_text(encoding="utf-8"))

    (reading,) = reader.read(SHARED / truth["image"])

    want = {key: truth["fields"].get(key) or "" for key in FIELD_KEYS}
    wrong = misread(reading, want)
    assert len(want) - len(wrong) >= FLOORS[name], wrong
    assert not [key for key in wrong if key in reading.fields and reading.fields[key].certain]
    assert {key: set(options) for key, options in reading.ticks.items()} == {
        key: set(options) for key, options in truth["ticks"].items()
    }


def test_keys_are_sorted_into_kinds() -> None:
    assert set(FIELD_KEYS) > DIGIT_KEYS | LONG_KEYS
    assert not DIGIT_KEYS & LONG_KEYS
