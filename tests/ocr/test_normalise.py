"""What people write becomes what the desk stores, and what cannot be right is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.forms import FIELD_KEYS
from ocr.labels import parse_labels, shipped_labels
from ocr.normalise import comparable, is_valid, normalise


@pytest.mark.parametrize(
    ("key", "written", "stored"),
    [
        ("complaint_date", "2025年7月12日", "2025-07-12"),
        ("complaint_date", "2025.7.12", "2025-07-12"),
        ("complaint_date", "２０２５／７／１２", "2025-07-12"),
        ("complaint_date", "25年7月12日", "2025-07-12"),
        ("complaint_date", "20250712", "2025-07-12"),
        ("complaint_date", "20250712。", "2025-07-12"),
        ("complaint_date", "2025/1015", "2025/1015"),
        ("complaint_date", "2025年7月2/日", "2025-07-21"),
        ("complaint_date", "2025年7月/2日", "2025-07-12"),
        ("complaint_date", "28/07/2025", "2025-07-28"),
        ("complaint_date", "2025年l2月O3日", "2025-12-03"),
        ("amount", "¥472.00", "472.00"),
        ("amount", "472元", "472.00"),
        ("amount", "人民币1,304.5元", "1304.50"),
        ("amount", "￥１８．０１", "18.01"),
        ("phone", "138-0000-0000", "13800000000"),
        ("phone", "+86 138 0000 0000", "13800000000"),
        ("phone", "171569|8874", "17156918874"),
        ("member_no", "No 7634 7779", "76347779"),
        ("receipt_no", "XS-2025-0001", "XS-2025-0001"),
        ("customer_name", "王 小明 ：", "王小明"),
        ("store", "____", ""),
        ("description", "证件320102198805124538已登记", "证件已登记"),
        ("phone", "320102198805124538", ""),
    ],
)
def test_writing_is_normalised(key: str, written: str, stored: str) -> None:
    assert normalise(key, written) == stored


@pytest.mark.parametrize(
    ("key", "value", "valid"),
    [
        ("phone", "13800000000", True),
        ("phone", "02188886666", True),
        ("phone", "12800000000", False),
        ("phone", "1380000000", False),
        ("complaint_date", "2025-07-12", True),
        ("complaint_date", "2025年13月1日", False),
        ("amount", "12.50", True),
        ("amount", "十二元", False),
    ],
)
def test_impossible_values_are_told(key: str, value: str, valid: bool) -> None:
    assert is_valid(key, normalise(key, value)) is valid


@given(st.sampled_from(FIELD_KEYS), st.text(max_size=60))
def test_normalising_twice_changes_nothing_that_counts(key: str, text: str) -> None:
    once = normalise(key, text)

    if is_valid(key, once):
        assert comparable(normalise(key, once)) == comparable(once)


def test_every_field_has_words_in_both_languages() -> None:
    labels = shipped_labels()

    for word in ("顾客姓名", "Customer Name", "聯繫電話", "Receipt No", "处理要求"):
        assert labels.knows(word), word


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("护手霜S00ml", "护手霜500ml"),
        ("坚果5OOml", "坚果500ml"),
        ("SIZEml", "SIZEml"),
        ("电饭煲2kg", "电饭煲2kg"),
        ("耳机S20", "耳机S20"),
    ],
)
def test_letters_in_a_measured_number_are_digits(read: str, meant: str) -> None:
    assert normalise("product", read) == meant


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("让我自已去找", "让我自己去找"),
        ("己经过期", "已经过期"),
        ("自己经历", "自己经历"),
        ("至今末收到", "至今未收到"),
        ("上周末收到", "上周末收到"),
    ],
)
def test_signs_that_look_alike_are_told_where_only_one_is_ever_written(
    read: str, meant: str
) -> None:
    assert normalise("description", read) == meant
    assert normalise("product", read) == read


def test_a_wrong_synonym_list_is_named() -> None:
    with pytest.raises(ValueError, match="colour_of_eyes"):
        parse_labels("fields: {colour_of_eyes: {sure: [眼睛]}}")


def test_a_store_adds_its_own_word() -> None:
    labels = parse_labels("fields: {phone: {sure: [寻呼机]}}")

    assert labels.knows("寻呼机")
    assert not labels.knows("电话")
