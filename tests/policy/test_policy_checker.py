"""What the checker proves of a pack before it is published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.policy.checker import check_folder
from desktop.policy.loading import built_in_folder

Edit = Callable[[str, str, str], int]


def test_the_built_in_pack_has_no_problem() -> None:
    assert check_folder(built_in_folder()) == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("flow_store.yaml", "node: closed", "node: followed_up", "the last step must close"),
        ("flow_store.yaml", "node: solved", "node: recorded", "comes after a later node"),
        ("flow_store.yaml", "node: recorded", "node: closed", "steps after closing"),
        ("flow_store.yaml", "when: level < 4 && !withdrawn", "when: 1 > 2", "never reached"),
        ("flow_store.yaml", "condition: code_set", 'condition: "false"', "dead end"),
        ("flow_store.yaml", '"verify.none_available" in', '"verify.none" in', "no check"),
        ("flow_store.yaml", "请您核对后在这里签字", "退您200元请签字", "amount '200元'"),
        ("flow_store.yaml", "Please check and sign", "Take ¥50 and sign", "amount '¥5"),
        ("phrases.yaml", "您慢慢说。", "赔您两百块。", "amount '两百块'"),
        ("clocks.yaml", "when: level == 1", 'when: "false"', "never applies"),
        ("manifest.yaml", "expires: 2027-12-31", "expires: 2026-10-31", "expires before"),
    ],
)
def test_a_faulty_line_is_told_by_file_and_line(
    pack: Path, edit: Edit, file: str, old: str, new: str, message: str
) -> None:
    line = edit(file, old, new)
    found = [problem for problem in check_folder(pack) if message in problem.message]
    assert [(problem.file, problem.line) for problem in found] == [(file, line)]


@pytest.mark.parametrize(
    ("condition", "always", "rule"),
    [
        ('code != "RL-09" || has_legal_opinion', '"true"', "RL-09 has no legal opinion"),
        ('"!overdue || ', '"true || ', "FL-11"),
        ('"!written_report_due"', '"true"', "CO-02"),
        ("solved || withdrawn", '"true"', "there is no solution"),
        ("level == 4 || withdrawn ||", "true ||", "FL-04"),
    ],
)
def test_a_way_to_closing_past_a_gate_is_told_at_the_closing_step(
    pack: Path, edit: Edit, condition: str, always: str, rule: str
) -> None:
    closing = edit("flow_store.yaml", "- id: archive", "- id: archive")
    edit("flow_store.yaml", condition, always)
    (problem,) = check_folder(pack)
    assert rule in problem.message
    assert problem.line == closing


def test_a_gate_that_nothing_opens_is_told(pack: Path, edit: Edit) -> None:
    edit("flow_store.yaml", '"!rejected || withdrawn"', "rejected")
    (problem,) = check_folder(pack)
    assert "gate rejected blocks a complaint on which all is done" in problem.message


def test_a_family_without_a_code_for_the_rest_is_told(pack: Path, edit: Edit) -> None:
    line = edit("codes.yaml", "- {id: LD,", "- {id: LD,")
    edit("codes.yaml", "id: LD-99", "id: LD-98")
    (problem,) = check_folder(pack)
    assert "LD-99" in problem.message
    assert problem.line == line


def test_an_amount_that_nobody_decides_is_told(pack: Path, edit: Edit) -> None:
    edit("authority.yaml", "cash, gift], source: CO-04", "cash], source: CO-04")
    messages = [problem.message for problem in check_folder(pack)]
    assert messages == ["gift of goodwill: no role decides amounts without limit"]


def test_a_higher_role_with_less_than_a_lower_one_is_told(pack: Path, edit: Edit) -> None:
    edit("authority.yaml", 'up_to: "2000.00"', 'up_to: "6000.00"')
    messages = [problem.message for problem in check_folder(pack)]
    assert "voucher of goodwill: supervisor has less than clerk" in messages


@pytest.mark.parametrize("words", ["3 个工作日", "公元 2026 年", "一元素", "48 小时", "二维码"])
def test_numbers_that_are_no_money_are_left_alone(pack: Path, edit: Edit, words: str) -> None:
    edit("flow_store.yaml", "请您核对后在这里签字", words)
    assert check_folder(pack) == ()


def test_parents_that_go_round_in_a_circle_are_told(pack: Path, edit: Edit) -> None:
    edit("codes.yaml", "  - id: PQ-06\n", "  - id: PQ-06\n    parent: PQ-07\n")
    messages = [problem.message for problem in check_folder(pack)]
    assert "code PQ-06: its parents go round in a circle" in messages
