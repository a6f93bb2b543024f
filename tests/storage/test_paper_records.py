"""The customer snapshot is replaced whole; the reader's record holds nothing personal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from desktop.bootstrap import open_desk
from desktop.commands.import_customers import import_customers
from desktop.commands.ocr_stats import measure, ocr_stats
from desktop.domain.outcomes import Refusal
from desktop.services.customers import Imported
from desktop.services.desk import Desk
from desktop.services.paper_ports import FieldOutcome, KnownMember

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
MEMBERS = "会员号,姓名,手机号\n03597638,董桂洋,19707675907\n111,王伟,138\n".encode()
ORDERS = (
    "\ufeff小票号,会员号,金额,商品名称,门店,购买日期\n"
    "8495371073,03597638,￥129,羊毛围巾,无锡店,2026/11/01\n"
).encode()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "store")


def outcome(key: str, *, right: bool, certain: bool = False, ours: bool = True) -> FieldOutcome:
    return FieldOutcome(key, ours, certain, 0.9, right, 0 if right else 2, 10)


def test_exports_become_the_snapshot_whatever_their_encoding(desk: Desk) -> None:
    paper = desk.use_cases.paper
    made = paper.customers.replace([MEMBERS.decode().encode("gb18030"), ORDERS])
    assert made == Imported(2, 1)
    checks = paper.check({"member_no": "03597638", "customer_name": "董桂样"})
    assert {check.key: check.verdict for check in checks} == {
        "member_no": "differs",
        "customer_name": "differs",
    }
    assert paper.snapped({"store": "无锡", "product": "羊毛围布"})["product"].value == "羊毛围巾"


def test_a_file_without_a_number_changes_nothing(desk: Desk) -> None:
    customers = desk.use_cases.paper.customers
    customers.replace([MEMBERS])
    assert customers.replace([b"name\nX\n"]) == Refusal("customers_no_column")
    assert desk.use_cases.paper._book.member("111") == KnownMember("111", "王伟", "138")


def test_a_new_snapshot_takes_the_place_of_the_old_one(desk: Desk) -> None:
    customers = desk.use_cases.paper.customers
    customers.replace([MEMBERS])
    customers.replace([b"member_no,name\n222,Li\n"])
    book = desk.use_cases.paper._book
    assert book.member("111") is None
    assert book.member("222") == KnownMember("222", "Li", "")


def test_outcomes_come_back_from_a_day_on(desk: Desk) -> None:
    records = desk.use_cases.paper.records
    records.add([outcome("phone", right=True)], NOW - timedelta(days=2))
    records.add([outcome("store", right=False)], NOW)
    assert [one.key for one in records.since(None)] == ["phone", "store"]
    assert [one.key for one in records.since(NOW)] == ["store"]


def test_rates_carry_their_number_and_interval() -> None:
    outcomes = [outcome("phone", right=True, certain=True) for _ in range(9)]
    outcomes += [outcome("amount", right=False), outcome("description", right=False)]
    rates = measure(outcomes)
    assert rates["ours digits"]["n"] == 10
    assert rates["ours digits"]["rate"] == pytest.approx(0.9)
    assert rates["ours digits"]["low"] == pytest.approx(0.596, abs=0.001)
    assert rates["certain precision"] == rates["certain precision"] | {"rate": 1.0, "n": 9}
    assert rates["ours long character error"]["rate"] == pytest.approx(0.2)


def test_the_commands_say_what_they_did(tmp_path: Path) -> None:
    open_desk(tmp_path / "store").close()
    members, wrong = tmp_path / "members.csv", tmp_path / "wrong.csv"
    members.write_bytes(MEMBERS)
    wrong.write_bytes(b"a,b\n1,2\n")
    data = ["--data", str(tmp_path / "store")]
    done = CliRunner().invoke(import_customers, [str(members), *data])
    assert done.exit_code == 0, done.output
    assert "2" in done.output
    refused = CliRunner().invoke(import_customers, [str(wrong), *data, "--lang", "en"])
    assert refused.exit_code == 1
    assert "no column" in refused.output
    empty = CliRunner().invoke(ocr_stats, data)
    assert (empty.exit_code, empty.output) == (0, "No form has been reviewed yet.\n")
