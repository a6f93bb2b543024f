"""A label whose value follows without a gap is found by its column; a text's own words are not."""

from __future__ import annotations

from ocr.label_starts import holds_a_label
from ocr.labels import shipped_labels
from ocr.runs import Rect
from tests.ocr.test_odd_layouts import ruling, said, values

COLUMN = [
    said("联系电话：13728354507", 30, 60),
    said("门店：昆明台东店", 32, 130),
    said("投诉内容：包装破损，店员拒绝更换", 30, 200),
]


def test_a_value_right_at_its_label_is_found_where_labels_begin() -> None:
    found = values([*COLUMN, said("您的诉求更换同款新品", 31, 270)], ruling())

    assert found["expected_resolution"] == "更换同款新品"
    assert found["description"] == "包装破损，店员拒绝更换"


def test_a_text_that_says_a_label_again_keeps_it() -> None:
    found = values([*COLUMN, said("投诉内容属实请核对", 31, 245)], ruling())

    assert found["description"] == "包装破损，店员拒绝更换投诉内容属实请核对"


def test_words_away_from_the_column_are_a_texts_own() -> None:
    found = values([*COLUMN, said("商品名称写错了", 130, 245)], ruling())

    assert "product" not in found


def test_a_text_with_a_labels_words_at_a_lines_start_is_told() -> None:
    one, two = said("包装破损", 30, 60), said("商品名称写错了", 30, 130)

    assert holds_a_label((one, two), shipped_labels())
    assert not holds_a_label((two, one), shipped_labels())


def test_a_label_on_two_lines_is_one_label_and_no_value() -> None:
    cells = (Rect(0, 0, 260, 160), Rect(260, 0, 900, 160))
    runs = [said("投诉事实", 30, 30), said("及理由", 30, 80), said("包装破损", 290, 60)]

    assert values(runs, ruling(*cells)) == {"description": "包装破损"}


def test_a_unit_on_the_row_of_its_label_is_no_part_of_it() -> None:
    cells = (Rect(0, 0, 500, 80), Rect(500, 0, 900, 80))
    runs = [said("金额", 30, 20), said("元", 300, 20), said("包装破损", 520, 20)]

    assert values(runs, ruling(*cells))["amount"] == "元"
