"""What the checker proves of a pack before it is published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.policy import PolicyError, load_policy
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
        ("flow_store.yaml", "请您核对后在这里签字", "退您壹仟圆请签字", "amount '壹仟圆'"),
        ("flow_store.yaml", "请您核对后在这里签字", "退您5万请签字", "amount '5万'"),
        ("authority.yaml", "clerk, over: supervisor", "supervisor, over: supervisor", "no higher"),
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


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"!rejected || withdrawn"', "rejected", "although the customer rejects the result"),
        ("survey_score == 0 || survey_score >= 3\n      - id: w", "1 < 2\n      - id: w", "NC-05"),
        ("unreachable_count >= 3\n      - id: s", "unreachable_count >= 2\n      - id: s", ""),
        ("conflicts == 0\n      - id: o", "conflicts < 2\n      - id: o", "in conflict"),
    ],
)
def test_a_closing_gate_that_asks_for_less_is_told(
    pack: Path, edit: Edit, old: str, new: str, message: str
) -> None:
    path = pack / "flow_store.yaml"
    text = path.read_text(encoding="utf-8")
    at = text.index("- id: archive")
    assert old in text[at:]
    path.write_text(text[:at] + text[at:].replace(old, new, 1), encoding="utf-8")
    found = [p for p in check_folder(pack) if p.file == "flow_store.yaml"]
    assert found
    assert {p.line for p in found if message in p.message} == {text[:at].count("\n") + 1}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("condition: contacted || anonymous", "condition: contacted", "anonymous=yes"),
        ("condition: owner_set", "condition: owner_set && level != 2", "level=2"),
        ("condition: code_set", 'condition: code_set && code != "TD-07"', "TD-07"),
        ("condition: solved || withdrawn", "condition: solved", "withdrawn=yes"),
        ('!overdue || overdue_reason != \\"\\"', "!overdue", "overdue=yes"),
    ],
)
def test_a_step_that_some_complaint_can_never_leave_is_a_dead_end(
    pack: Path, edit: Edit, old: str, new: str, message: str
) -> None:
    line = edit("flow_store.yaml", old, new)
    found = [p for p in check_folder(pack) if "dead end" in p.message]
    assert [(p.file, p.line) for p in found if message in p.message] == [("flow_store.yaml", line)]


def test_a_shared_step_is_named_where_it_is_written_and_only_once(pack: Path, edit: Edit) -> None:
    line = edit("flow_store.yaml", "condition: verbatim_recorded", "condition: verbatim_record")
    with pytest.raises(PolicyError) as raised:
        load_policy(pack)
    assert [(p.file, p.line) for p in raised.value.problems] == [("flow_store.yaml", line)]


def test_what_a_flow_adds_to_a_shared_step_is_named_in_that_flow(pack: Path, edit: Edit) -> None:
    line = edit("flow_red.yaml", "完成复盘", "赔您200元，完成复盘")
    (problem,) = check_folder(pack)
    assert (problem.file, problem.line) == ("flow_red.yaml", line - 2)
    assert "amount '200元'" in problem.message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("use: store.record", "use: store.recordd", "there is no step 'store.recordd'"),
        ("use: store.record", "use: store.record\n    node: closed", "node: a shared step may"),
    ],
)
def test_a_wrong_use_of_a_shared_step_is_named(
    pack: Path, edit: Edit, old: str, new: str, message: str
) -> None:
    line = edit("flow_red.yaml", old, new)
    with pytest.raises(PolicyError) as raised:
        load_policy(pack)
    (problem,) = raised.value.problems
    assert problem.file == "flow_red.yaml"
    assert problem.line in (line, line + 1)
    assert message in problem.message


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("flow_exchange.yaml", "我来查记录。", "我给您退款。", "'给您退款' promises refund"),
        ("flow_store.yaml", "Please check and sign here", "We give you a gift for you", "gift"),
        ("flow_red.yaml", "负责到底。", "要多少给多少。", "anything without limit"),
        ("phrases.yaml", "由我们先处理。", "现金赔给您。", "promises cash, which clerk"),
    ],
)
def test_a_script_that_promises_more_than_its_speaker_may_give_is_told(
    pack: Path, edit: Edit, file: str, old: str, new: str, message: str
) -> None:
    line = edit(file, old, new)
    found = [p for p in check_folder(pack) if message in p.message]
    assert {(p.file, p.line) for p in found} == {(file, line)}


def test_a_supervisor_may_promise_what_a_clerk_may_not(pack: Path, edit: Edit) -> None:
    edit("flow_store.yaml", "方案已经批下来了，", "方案已经批下来了，马上给您退款，")
    assert check_folder(pack) == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("routing.yaml", "flow: red,", "flow: store,", "complaint takes"),
        ("routing.yaml", 'channel == "12315"', "level == 1", "row authority is never taken"),
        ("routing.yaml", 'id: rest, when: "true"', "id: rest, when: level > 1", "nobody takes"),
        ("routing.yaml", "flow: red,", "flow: redd,", "no flow 'redd'"),
        ("routing.yaml", "contact: legal", "contact: lawyer", "no contact 'lawyer'"),
        ("routing.yaml", "when: emotion >= 4", "when: signed", "not known"),
        ("ladder.yaml", 'family == "SP" && tier == "vip"', 'code == "SP-02"', "no rung for SP"),
        ("ladder.yaml", 'high: "500.00"', 'high: "250.00"', "VIP customers get less"),
        ("custom_fields.yaml", "id: sales_area", "id: sku", "field 'sku' exists already"),
        ("custom_fields.yaml", "kind: choice", "kind: text", "choices belong to kind choice"),
        ("custom_fields.yaml", "kind: date", "kind: choice", "choices belong to kind choice"),
        ("custom_fields.yaml", "kind: date", "kind: colour", "kind"),
        ("synonyms.yaml", "[发票, 税票]", "[发票, 破损]", "stands in two groups"),
        ("synonyms.yaml", "[发票, 税票]", "[发票, 发票单]", "contain each other"),
    ],
)
def test_wrong_routing_rungs_fields_and_synonyms_are_named(
    pack: Path, edit: Edit, file: str, old: str, new: str, message: str
) -> None:
    edit(file, old, new)
    try:
        found = check_folder(pack)
    except PolicyError as error:
        found = error.problems
    assert [p for p in found if message in p.message], found
    if "complaint takes" not in message:
        assert {p.file for p in found if message in p.message} == {file}


def test_a_family_without_a_code_for_the_rest_is_told(pack: Path, edit: Edit) -> None:
    line = edit("codes.yaml", "- {id: LD,", "- {id: LD,")
    edit("codes.yaml", "id: LD-99", "id: LD-98")
    edit("examples.yaml", "  LD-99:", "  LD-98:")
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


def test_fl_07_one_step_id_is_one_step_over_all_flows(pack: Path, edit: Edit) -> None:
    edit("flow_exchange.yaml", "id: goods", "id: sample")
    edit("flow_exchange.yaml", "goods.none_available", "sample.none_available")
    found = [str(problem) for problem in check_folder(pack)]
    assert len(found) == 1
    assert "flow_quality_test.yaml:10" in found[0]
    assert "share it with use:" in found[0]
