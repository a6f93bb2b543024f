"""The blank form: markers, codes, boxes where the layout says, and serials that never repeat."""

from __future__ import annotations

import json
import resource
import signal
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest
import zxingcpp
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from desktop.bootstrap import open_desk
from desktop.commands.print_form import print_form
from desktop.domain.form_template import (
    FormCode,
    form_from_dict,
    parse_form_code,
    serial_is_valid,
    serial_with_check,
)
from desktop.files import write_whole
from desktop.reports.form_seal import verify_form
from desktop.reports.paper_form import (
    Variant,
    form_layout,
    render_forms,
    store_complaint_template,
)
from desktop.reports.seal import SealRefused
from tests.reports.report_samples import Key

KEY = Key()
FIELDS = {
    "customer_name",
    "phone",
    "member_no",
    "complaint_date",
    "store",
    "product",
    "receipt_no",
    "amount",
    "description",
    "expected_resolution",
    "received_by",
}
both_variants = pytest.mark.parametrize("variant", ["zh", "bilingual"])


@cache
def sheets(variant: Variant, count: int = 2) -> bytes:
    template = store_complaint_template()
    return render_forms(template, range(41, 41 + count), "S0217", variant, KEY)


def picture(pdf: bytes, page: int, dpi: int) -> Any:
    rendered = pypdfium2.PdfDocument(pdf)[page]
    return rendered.render(scale=dpi / 72, grayscale=True).to_numpy().squeeze()


@both_variants
def test_four_markers_are_found_where_the_template_puts_them(variant: Variant) -> None:
    template = store_complaint_template()
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    detector = cv2.aruco.ArucoDetector(dictionary, cv2.aruco.DetectorParameters())
    corners, ids, _ = detector.detectMarkers(picture(sheets(variant), 0, 200))
    assert sorted(int(i) for i in ids.ravel()) == [0, 1, 2, 3]
    for found, marker_id in zip(corners, ids.ravel(), strict=True):
        box = next(m.box for m in template.markers if m.id == int(marker_id))
        wanted = np.array(
            [
                [box.x, box.y],
                [box.x + box.w, box.y],
                [box.x + box.w, box.y + box.h],
                [box.x, box.y + box.h],
            ]
        )
        assert np.abs(found.reshape(4, 2) * 25.4 / 200 - wanted).max() < 0.3


@both_variants
@pytest.mark.parametrize("dpi", [150, 200])
def test_both_codes_of_each_sheet_are_read_and_verify(variant: Variant, dpi: int) -> None:
    for page, number in enumerate((41, 42)):
        codes = zxingcpp.read_barcodes(picture(sheets(variant), page, dpi))
        assert len(codes) == 2
        for code in codes:
            read = verify_form(code.text, KEY.public_key)
            assert isinstance(read, FormCode)
            assert (read.form, read.store) == ("CF1", "S0217")
            assert read.serial == serial_with_check(number)


def test_a_changed_form_code_is_refused() -> None:
    code = zxingcpp.read_barcodes(picture(sheets("zh"), 0, 200))[0].text
    moved = code.replace(".S0217.", ".S0218.")
    assert verify_form(moved, KEY.public_key) == SealRefused("bad_signature")
    assert verify_form("WIFI:S:shop;;", KEY.public_key) == SealRefused("foreign")
    assert verify_form("AMF1.CF1.S0217.1", KEY.public_key) == SealRefused("malformed")
    assert parse_form_code("AM1.receipt.x.y") is None


def dark_share(image: Any, x1: float, y1: float, x2: float, y2: float, dpi: int) -> float:
    """Return the share of columns or rows of a thin strip (mm) that hold a drawn line."""
    scale = dpi / 25.4
    strip = image[round(y1 * scale) : round(y2 * scale), round(x1 * scale) : round(x2 * scale)]
    axis = 0 if strip.shape[1] > strip.shape[0] else 1
    return float((strip.min(axis=axis) < 215).mean())


@both_variants
def test_every_box_of_the_layout_is_drawn_there(variant: Variant) -> None:
    dpi, near = 200, 0.35
    image = picture(sheets(variant), 1, dpi)
    for entry in form_layout(store_complaint_template(), 2):
        if entry["page"] != 2:
            continue
        x, y, w, h = entry["box_mm"]
        edges = [
            (x, y - near, x + w, y + near),
            (x, y + h - near, x + w, y + h + near),
            (x - near, y, x + near, y + h),
            (x + w - near, y, x + w + near, y + h),
        ]
        for edge in edges:
            assert dark_share(image, *edge, dpi) > 0.97, entry
        for index in range(1, entry["cells"] or 1):
            line = x + w * index / entry["cells"]
            assert dark_share(image, line - near, y, line + near, y + h, dpi) > 0.97, entry


@both_variants
def test_fields_are_blank_inside(variant: Variant) -> None:
    """Nothing printed stands where people write; only the decimal point of the amount does."""
    dpi = 200
    image, scale = picture(sheets(variant), 0, dpi), dpi / 25.4
    template = store_complaint_template()
    for field in template.fields:
        if field.cells is None:
            continue
        for index in range(field.cells):
            cell = field.box.cell(index, field.cells)
            inner = image[
                round((cell.y + 0.7) * scale) : round((cell.y + cell.h - 1.8) * scale),
                round((cell.x + 0.7) * scale) : round((cell.x + cell.w - 0.7) * scale),
            ]
            assert inner.min() > 240, field.key


@both_variants
def test_labels_and_serials_are_text_that_can_be_extracted(variant: Variant) -> None:
    text = pypdfium2.PdfDocument(sheets(variant))[0].get_textpage().get_text_bounded()
    template = store_complaint_template()
    assert f"0000 0041-{serial_with_check(41)[-1]}" in text
    for field in template.fields:
        assert field.label["zh_CN"] in text
        assert (field.label["en"] in text) == (variant == "bilingual")


def test_forms_are_reproducible_and_pages_differ_only_by_serial() -> None:
    template = store_complaint_template()
    assert render_forms(template, [41, 42], "S0217", "zh", KEY) == sheets("zh")


def test_the_layout_names_every_field_in_the_agreed_shape() -> None:
    layout = form_layout(store_complaint_template(), 1)
    assert {e["field"] for e in layout if e["kind"] != "tick"} == FIELDS
    for entry in layout:
        assert list(entry) == ["field", "kind", "page", "box_mm", "cells", "option", "group"]
        assert (entry["kind"] == "tick") == (entry["option"] is not None) == bool(entry["group"])
        assert (entry["kind"] == "digits") == (entry["cells"] is not None)
    ticks = [entry["option"] for entry in layout if entry["group"] == "投诉类型"]
    assert ticks == ["商品质量", "服务态度", "价格问题", "售后维修", "配送延误", "其他"]


@given(st.integers(1, 99_999_999), st.integers(0, 8), st.integers(1, 9))
def test_a_wrong_digit_in_a_serial_is_noticed(number: int, place: int, shift: int) -> None:
    serial = serial_with_check(number)
    assert serial_is_valid(serial)
    wrong = str((int(serial[place]) + shift) % 10)
    assert not serial_is_valid(serial[:place] + wrong + serial[place + 1 :])


@pytest.mark.parametrize(
    "serial", ["", "12345678", "1234567890", "１２３４５６７８９", "abcdefghi"]
)
def test_what_is_no_serial_is_not_valid(serial: str) -> None:
    assert not serial_is_valid(serial)


# The template file


def template_data() -> dict[str, Any]:
    file = Path(__file__).parents[2] / "resources" / "forms" / "store_complaint.yaml"
    data: dict[str, Any] = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return data


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda d: d.pop("markers"), "lacks 'markers'"),
        (lambda d: d["fields"][0].pop("box_mm"), "customer_name lacks 'box_mm'"),
        (lambda d: d["fields"][0].update(box_mm=[1, 2, 3]), "a box is"),
        (lambda d: d["fields"][0].update(box_mm=[200, 44, 60, 9]), "outside the page"),
        (lambda d: d["fields"][0].update(box_mm=[20, 44, 0, 9]), "no area"),
        (lambda d: d["fields"][0].update(kind="scribble"), "kind must be one of"),
        (lambda d: d["fields"][0].update(content="sex"), "content must be one of"),
        (lambda d: d["fields"][1].pop("cells"), "digits need cells"),
        (lambda d: d["fields"][3].update(captions=["年"]), "one caption for each"),
        (lambda d: d["fields"][1].update(key="customer_name"), "stands twice"),
        (lambda d: d["fields"][0].update(label={"en": "Name"}), "needs a zh_CN text"),
        (lambda d: d.update(page_mm=[210]), "page_mm"),
    ],
)
def test_a_wrong_template_names_what_is_wrong(damage: Any, says: str) -> None:
    data = template_data()
    damage(data)
    with pytest.raises(ValueError, match=says):
        form_from_dict(data)


def test_the_shipped_template_is_found_by_key() -> None:
    template = store_complaint_template()
    assert template.field("phone").cells == 11
    with pytest.raises(KeyError):
        template.field("id_number")


# The command


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(print_form, [str(argument) for argument in arguments])


def serials_of(pdf: Path) -> list[str]:
    serials = []
    content = pdf.read_bytes()
    for page in range(len(pypdfium2.PdfDocument(content))):
        code = parse_form_code(zxingcpp.read_barcodes(picture(content, page, 150))[0].text)
        assert code is not None
        serials.append(code.serial)
    return serials


def test_the_command_writes_forms_and_their_layout(tmp_path: Path) -> None:
    out, layout = tmp_path / "form.pdf", tmp_path / "layout.json"
    result = run("--out", out, "--layout", layout, "--count", "3", "--first-serial", "7")
    assert result.exit_code == 0, result.output
    assert "this run only" in result.stderr
    assert serials_of(out) == [serial_with_check(n) for n in (7, 8, 9)]
    entries = json.loads(layout.read_text(encoding="utf-8"))
    assert {entry["page"] for entry in entries} == {1, 2, 3}
    assert sorted(file.name for file in tmp_path.iterdir()) == ["form.pdf", "layout.json"]


def test_a_store_keeps_its_key_and_never_repeats_a_serial(tmp_path: Path) -> None:
    data, first, second = tmp_path / "store", tmp_path / "1.pdf", tmp_path / "2.pdf"
    assert run("--out", first, "--count", "2", "--data", data).exit_code == 0
    result = run("--out", second, "--count", "2", "--data", data)
    assert result.stderr == ""
    serials = serials_of(first) + serials_of(second)
    assert len(set(serials)) == 4
    assert [int(s[:-1]) for s in serials] == list(
        range(int(serials[0][:-1]), int(serials[0][:-1]) + 4)
    )
    desk = open_desk(data)
    public = Ed25519PrivateKey.from_private_bytes(desk.use_cases.sync.device_key()).public_key()
    desk.close()
    for pdf in (first, second):
        code = zxingcpp.read_barcodes(picture(pdf.read_bytes(), 0, 150))[0].text
        assert isinstance(verify_form(code, public), FormCode)


def test_numbers_already_printed_are_refused(tmp_path: Path) -> None:
    def once(number: int) -> Result:
        out = tmp_path / "form.pdf"
        return run("--out", out, "--data", tmp_path / "store", "--first-serial", str(number))

    assert once(500).exit_code == 0
    again = once(500)
    assert (again.exit_code, "501" in again.stderr) == (2, True)
    assert once(700).exit_code == 0


def test_wrong_use_is_told_in_one_line(tmp_path: Path) -> None:
    out = tmp_path / "form.pdf"
    wrong_store = run("--out", out, "--store", "S.0217")
    assert (wrong_store.exit_code, "S.0217" in wrong_store.stderr) == (2, True)
    past_end = run("--out", out, "--first-serial", "99999999", "--count", "2")
    assert (past_end.exit_code, "99999999" in past_end.stderr) == (2, True)
    (tmp_path / "no-folder").write_text("a file")
    blocked = tmp_path / "no-folder" / "form.pdf"
    nowhere = run("--out", blocked)
    assert nowhere.exit_code == 3
    assert "Traceback" not in nowhere.output
    assert f"{blocked}: " in nowhere.stderr
    assert nowhere.stderr.count("\n") == 2


def test_a_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    out = tmp_path / "form.pdf"
    out.write_bytes(b"the old one")
    write_whole(out, b"the new one")
    assert out.read_bytes() == b"the new one"
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    handled = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limit[1]))
    try:
        with pytest.raises(OSError, match=r"form\.pdf"):
            write_whole(out, bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handled)
    assert out.read_bytes() == b"the new one"
    assert [file.name for file in tmp_path.iterdir()] == ["form.pdf"]
