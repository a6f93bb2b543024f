"""The customer is found by phone, member number or receipt, duplicates with their reasons."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.bootstrap import open_desk
from desktop.domain.outcomes import Refusal
from desktop.services.desk import Desk
from tests.ui.conftest import PASSWORD, MovingClock, complain, enter

START = datetime(2026, 11, 21, 2, 31, tzinfo=UTC)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ready") / "store"
    desk = enter(open_desk(folder, clock=MovingClock(START - timedelta(hours=1))))
    complain(desk, member_no="M20260107", receipt_no="2832510581", tier="vip")
    complain(desk, phone="13800009999", customer_name="李四", verbatim="建议多开收银台")
    complain(desk, phone="13800008888", customer_name="赵五", receipt_no="9876543210")
    desk.close()
    return folder


@pytest.fixture
def desk(ready: Path, tmp_path: Path) -> Desk:
    shutil.copytree(ready, tmp_path / "store")
    desk = open_desk(tmp_path / "store", clock=MovingClock(START))
    assert not isinstance(desk.log_in("lin", PASSWORD), Refusal)
    return desk


@pytest.mark.parametrize(
    ("typed", "by"),
    [
        ({"phone": "13800002201"}, ("phone",)),
        ({"member_no": "M20260107"}, ("member_no",)),
        ({"receipt_no": "2832510581", "phone": "13800002201"}, ("phone", "receipt_no")),
    ],
)
def test_each_key_finds_the_customer_and_says_so(
    desk: Desk, typed: dict[str, str], by: tuple[str, ...]
) -> None:
    """IN-07, IN-09."""
    card = desk.customer_card(typed)
    assert card is not None
    assert card.facts["customer_name"] == "王建国"
    assert card.vip
    assert by in [case.by for case in card.cases]


def test_a_likely_duplicate_names_what_is_alike(desk: Desk) -> None:
    """IN-09."""
    typed = {
        "phone": "13800002201",
        "product": "小天鹅 TG100 洗衣机",
        "verbatim": "洗衣机上周才修好，今天又漏了一地",
    }
    card = desk.customer_card(typed)
    assert card is not None
    assert [set(case.alike) for case in card.duplicates] == [{"product", "words", "recent"}]
    other = desk.customer_card({"phone": "13800002201", "verbatim": "发票开错了名字"})
    assert other is not None
    assert other.open == 1
    assert not other.duplicates


def test_a_part_of_a_number_finds_nobody(desk: Desk) -> None:
    assert desk.customer_card({"receipt_no": "0581"}) is None
    assert desk.customer_card({"verbatim": "洗衣机"}) is None
