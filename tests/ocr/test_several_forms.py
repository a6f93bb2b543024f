"""Several forms on one picture are reported, never mixed; one form is still read as one."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from desktop.reports.paper_form import render_forms, store_complaint_template
from ocr.reader import FormReader
from tests.ocr import drawn_forms
from tests.ocr.drawn_forms import LAYOUTS, ZH_WORDS, Drawn, Pen
from tests.reports.report_samples import Key


def together(*images: Image.Image, down: bool = False) -> bytes:
    """Lay pictures on one white page, side by side or one above the other."""
    ends = np.cumsum([0, *(image.height if down else image.width for image in images)])
    wide, high = max(image.width for image in images), max(image.height for image in images)
    size = (wide, int(ends[-1])) if down else (int(ends[-1]), high)
    page = Image.new("RGB", size, (252, 252, 250))
    for image, start in zip(images, ends[:-1], strict=True):
        page.paste(image, (0, int(start)) if down else (int(start), 0))
    return Drawn(page, {}, {}).jpeg()


def our_forms(count: int) -> list[Image.Image]:
    """Print blank forms of ours, each with its own serial, at 150 dpi."""
    pdf = render_forms(store_complaint_template(), range(41, 41 + count), "S0217", "zh", Key())
    pages = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return [page.render(scale=150 / 72).to_pil().convert("RGB") for page in pages]


def assert_reported(reader: FormReader, picture: bytes) -> None:
    (reading,) = reader.read_bytes(picture, "two.jpg")

    assert reading.error is not None
    assert reading.error.code == "several_forms"
    assert not reading.fields
    assert not reading.ticks


@pytest.mark.parametrize("down", [False, True], ids=["side by side", "one above the other"])
@pytest.mark.parametrize(
    "layout",
    [
        "ruled",
        pytest.param("underlined", marks=pytest.mark.slow),
        pytest.param("above", marks=pytest.mark.slow),
    ],
)
def test_two_forms_of_one_layout_are_reported(reader: FormReader, layout: str, down: bool) -> None:
    one, two = (LAYOUTS[layout](seed=seed).image for seed in (41, 42))

    assert_reported(reader, together(one, two, down=down))


def test_two_forms_of_different_layouts_are_reported(reader: FormReader) -> None:
    one, two = drawn_forms.ruled(seed=43), drawn_forms.inside(seed=44)

    assert_reported(reader, together(one.image, two.image))


@pytest.mark.slow
def test_two_forms_in_a_quarter_turned_scan_are_reported(reader: FormReader) -> None:
    one, two = drawn_forms.ruled(seed=45).image, drawn_forms.ruled(seed=46).image

    picture = Image.open(io.BytesIO(together(one, two))).rotate(90, expand=True)

    assert_reported(reader, Drawn(picture, {}, {}).jpeg())


@pytest.mark.slow
def test_two_stamped_forms_are_reported(reader: FormReader) -> None:
    one, two = (drawn_forms.stamped(drawn_forms.ruled(seed=s), 900, 380).image for s in (47, 48))

    assert_reported(reader, together(one, two))


def test_the_corner_of_a_second_form_is_told_by_labels_that_recur(reader: FormReader) -> None:
    one, two = drawn_forms.ruled(seed=54).image, drawn_forms.ruled(seed=55).image

    assert_reported(reader, together(one, two.crop((0, 0, 400, 860))))


@pytest.mark.parametrize("down", [False, True], ids=["side by side", "one above the other"])
def test_two_of_our_own_forms_are_reported(reader: FormReader, down: bool) -> None:
    assert_reported(reader, together(*our_forms(2), down=down))


def test_the_head_of_a_second_form_of_ours_is_told_by_its_code(reader: FormReader) -> None:
    one, beneath = our_forms(2)
    head = beneath.crop((0, 0, beneath.width, beneath.height // 7))

    assert_reported(reader, together(head, one, down=True))


def test_one_form_of_ours_is_read_as_one(reader: FormReader) -> None:
    (form,) = our_forms(1)

    (reading,) = reader.read_bytes(together(form), "ours.jpg")

    assert reading.error is None
    assert reading.form == store_complaint_template().id
    assert reading.serial is not None


def test_a_form_beside_empty_paper_is_read_as_one(reader: FormReader) -> None:
    drawn = drawn_forms.ruled(seed=49)
    empty = Image.new("RGB", drawn.image.size, (252, 252, 250))

    (reading,) = reader.read_bytes(together(drawn.image, empty), "half.jpg")

    assert reading.error is None
    assert reading.fields["phone"].value == drawn.fields["phone"]


def test_a_form_with_a_receipt_slip_for_the_customer_is_read_as_one(reader: FormReader) -> None:
    drawn = drawn_forms.ruled(seed=50)
    pen = Pen(50, drawn.image.width, 420)
    pen.print(100, 40, "顾客回执（由门店填写后撕下）")
    for index, key in enumerate(("customer_name", "phone", "complaint_date", "received_by")):
        x, y = 100 + index % 2 * 540, 130 + index // 2 * 90
        end = pen.print(x, y, ZH_WORDS[key] + "：")
        pen.draw.line((end, y + 38, x + 490, y + 38), fill="black", width=2)

    (reading,) = reader.read_bytes(together(drawn.image, pen.drawn.image, down=True), "slip.jpg")

    assert reading.error is None
    assert reading.fields["phone"].value == drawn.fields["phone"]


def test_a_form_that_lists_several_goods_is_read_as_one(reader: FormReader) -> None:
    pen = Pen(51)
    drawn_forms.title(pen, "投诉表")
    y = 200
    for key in ("customer_name", "phone"):
        end = pen.print(100, y, ZH_WORDS[key] + "：")
        pen.fill(key, end + 14, y - 4)
        y += 90
    for seed in (52, 53):
        goods = drawn_forms.content(seed)
        pen.print(100, y, f"品名：{goods['product']}")
        pen.print(640, y, f"消费金额：{goods['amount']}")
        pen.print(100, y + 80, f"订单号：{goods['receipt_no']}")
        y += 190
    end = pen.print(100, y, ZH_WORDS["description"] + "：")
    pen.fill("description", end + 10, y - 4)

    (reading,) = reader.read_bytes(pen.drawn.jpeg(), "goods.jpg")

    assert reading.error is None
    assert reading.fields["phone"].value == pen.drawn.fields["phone"]
