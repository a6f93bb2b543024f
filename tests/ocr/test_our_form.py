"""Our own form is laid flat by its markers and read from its known places (IN-04)."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from desktop.adapters.device_signer import DeviceSigner
from desktop.domain.form_template import parse_form_code, serial_with_check
from desktop.domain.forms import FormReading
from desktop.reports.form_seal import judge_form
from ocr.loading import load_pages
from ocr.our_templates import our_templates
from ocr.reader import FormReader
from ocr.registration import SCALE, find_markers, register
from tests.bench.ocr_corpus import ours
from tests.bench.ocr_corpus.faults import capture, jpeg
from tests.bench.ocr_corpus.hands import INKS, PRINTER

HAND = Path(__file__).parents[2] / "resources" / "demo" / "our_form.jpg"
VALUES = {
    "customer_name": "欧阳静怡",
    "phone": "18663015721",
    "member_no": "0420088",
    "complaint_date": "2026-03-09",
    "store": "宁波天一店",
    "product": "电热水壶500ml",
    "receipt_no": "830114690272",
    "amount": "1299.50",
    "description": "使用三天后无法开机，多次联系没有答复。",
    "expected_resolution": "要求全额退款。",
    "received_by": "贺兰",
}
NUMBER = 4711
SERIAL = serial_with_check(NUMBER)
TEMPLATE = our_templates()["CF1"]


@cache
def filled(variant: ours.Variant = "zh") -> tuple[NDArray[np.uint8], dict[str, tuple[str, ...]]]:
    page, ticks, _serial = ours.fill(
        VALUES, NUMBER, variant, PRINTER, INKS[0], random.Random(f"ours {variant}")
    )
    return page, ticks


def read(reader: FormReader, picture: NDArray[np.uint8]) -> FormReading:
    (reading,) = reader.read_bytes(jpeg(picture, random.Random(3)), "page.jpg")
    assert reading.error is None, reading.error
    return reading


def wrong(reading: FormReading, wanted: dict[str, str] = VALUES) -> dict[str, str]:
    """Return what is not as written, punctuation aside."""
    got = {key: field.value for key, field in reading.fields.items()}
    return {key: got.get(key, "") for key in wanted if bare(got.get(key, "")) != bare(wanted[key])}


def bare(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())


def test_a_printed_sheet_is_read_whole_with_its_serial_and_ticks(reader: FormReader) -> None:
    page, ticks = filled()
    reading = read(reader, cv2.resize(page, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA))
    assert wrong(reading) == {}
    assert reading.ticks == ticks
    assert reading.form == "CF1"
    assert reading.serial == SERIAL
    assert set(reading.options["投诉类型"]) >= set(ticks["投诉类型"])
    assert all(reading.fields[key].certain for key in ("phone", "member_no", "amount"))


@pytest.mark.parametrize("how", ["phone", "turned", "stamp"])
def test_angle_light_and_stamp_do_not_matter(reader: FormReader, how: str) -> None:
    page, ticks = filled("bilingual")
    reading = read(reader, capture(page, how, random.Random(f"fault {how}")))
    assert wrong(reading) == {}
    assert reading.ticks == ticks


def test_a_sheet_without_its_codes_is_still_known_by_its_markers(reader: FormReader) -> None:
    page, ticks = filled()
    torn = page.copy()
    for box in TEMPLATE.qr_boxes:
        x, y, w, h = (round(side * ours.PX) for side in (box.x, box.y, box.w, box.h))
        torn[y : y + h, x : x + w] = 255
    reading = read(reader, cv2.resize(torn, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA))
    assert reading.serial == SERIAL, "read from the printed line"
    assert wrong(reading) == {}
    assert reading.ticks == ticks


def test_an_empty_sheet_has_no_field_and_no_tick(reader: FormReader) -> None:
    blank = ours.blank(NUMBER, "bilingual")
    reading = read(reader, cv2.resize(blank, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA))
    assert reading.fields == {}
    assert set(reading.ticks) == {"投诉类型", "严重程度"}
    assert not any(reading.ticks.values())


def test_handwriting_on_a_poor_scan_is_read_and_nothing_certain_is_wrong(
    reader: FormReader,
) -> None:
    (reading,) = reader.read(HAND)
    truth = {
        "phone": "19707675907",
        "member_no": "03597638",
        "complaint_date": "2025-03-14",
        "receipt_no": "8495371073",
        "amount": "9.90",
        "store": "贵阳五一广场店",
        "description": "上周六洗了一次就严重掉色，把别的衣服染坏了。家里老人在用，很不安全。",
    }
    certain = {key for key, field in reading.fields.items() if field.certain}
    assert set(wrong(reading, truth)) & certain == set()
    assert not set(wrong(reading, truth)) & {"phone", "member_no", "receipt_no", "amount"}
    assert reading.ticks == {"投诉类型": ("价格问题",), "严重程度": ("一般", "较重")}


def test_markers_lie_where_the_template_says_after_registration() -> None:
    page, _ticks = filled()
    photo = capture(page, "phone", random.Random("registration"))
    loaded = next(iter(load_pages(jpeg(photo, random.Random(1)))))
    registered = register(loaded, TEMPLATE)
    assert registered is not None
    again = find_markers(registered.sheet.colour, TEMPLATE)
    assert set(again.corners) == {0, 1, 2, 3}
    for marker in TEMPLATE.markers:
        centre = again.corners[marker.id].mean(axis=0) / SCALE
        wanted = (marker.box.x + marker.box.w / 2, marker.box.y + marker.box.h / 2)
        assert np.abs(centre - wanted).max() < 0.35, "millimetres"


def test_one_marker_does_not_fix_a_page() -> None:
    page, _ticks = filled()
    loaded = next(iter(load_pages(jpeg(page[: page.shape[0] // 4, : page.shape[1] // 3], _rng()))))
    assert register(loaded, TEMPLATE) is None


def _rng() -> random.Random:
    return random.Random(5)


def test_the_seal_tells_own_sheets_from_forged_and_unknown_ones(reader: FormReader) -> None:
    signer = DeviceSigner(lambda: ours.KEY)
    page, _ticks = filled()
    small = cv2.resize(page, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    content = jpeg(small, _rng())
    own = {signer.key_id: signer.public_key}
    other = DeviceSigner(lambda: bytes(32))
    seals = []
    for keys in (own, {signer.key_id: other.public_key}, {}):
        judging = FormReader(reader._engine, judge=lambda code, keys=keys: judge_form(code, keys))
        (reading,) = judging.read_bytes(content, "page.jpg")
        seals.append(reading.seal)
    assert seals == ["verified", "forged", "unknown"]


def test_a_changed_serial_is_forged() -> None:
    from desktop.reports.form_seal import sign_form

    signer = DeviceSigner(lambda: ours.KEY)
    text = sign_form("CF1", "S0217", serial_with_check(7), signer)
    code = parse_form_code(text.replace(serial_with_check(7), serial_with_check(8)))
    assert code is not None
    assert judge_form(code, {signer.key_id: signer.public_key}) == "forged"
