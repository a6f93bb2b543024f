"""`amends explain` and `amends policy` as people call them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from desktop.commands.explain import explain
from desktop.commands.policy import policy

Edit = Callable[[str, str, str], int]

CLOCKS: dict[str, Any] = {
    "opened_at": "2026-11-20T20:30:00+08:00",
    "now": "2026-11-20T20:31:00+08:00",
    "level": 3,
    "tier": "vip",
    "class": None,
    "complexity": "ordinary",
    "hours": {"fri": ["09:00", "21:00"], "sat": ["09:00", "21:00"]},
    "pauses": [],
    "anchors": {},
}
PROPOSAL: dict[str, Any] = {
    "instrument": "voucher",
    "ledger": "goodwill",
    "amount": "2000.01",
    "by": {"person": "lin", "role": "clerk"},
    "payee": "customer",
}


def run(tmp_path: Path, rule: str, case: object, *options: str) -> Result:
    path = tmp_path / "case.json"
    text = case if isinstance(case, str) else json.dumps(case)
    path.write_text(text, encoding="utf-8")
    return CliRunner().invoke(explain, [rule, str(path), *options])


def test_clocks_answer_in_the_shape_and_the_zone_of_the_store(tmp_path: Path) -> None:
    result = run(tmp_path, "clocks", CLOCKS)
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    response = next(c for c in answer["clocks"] if c["name"] == "first_response")
    assert response == {
        "name": "first_response",
        "due": "2026-11-21T09:30:00+08:00",
        "rule": "SL-02.vip",
        "kind": "store_open",
        "provisional": False,
        "lost": [{"rule": "SL-01", "due": "2026-11-21T10:30:00+08:00"}],
    }


def test_times_without_offset_are_the_store_s_and_utc_is_understood(tmp_path: Path) -> None:
    naive = {**CLOCKS, "opened_at": "2026-11-20T20:30:00"}
    zulu = {**CLOCKS, "opened_at": "2026-11-20T12:30:00Z"}
    expected = run(tmp_path, "clocks", CLOCKS).stdout
    assert run(tmp_path, "clocks", naive).stdout == expected
    assert run(tmp_path, "clocks", zulu).stdout == expected


def test_authority_answers_one_decision_for_each_proposal(tmp_path: Path) -> None:
    within = {**PROPOSAL, "amount": "500.00"}
    case = {"proposals": [within, PROPOSAL], "linked": [{**PROPOSAL, "amount": "1500.00"}]}
    result = run(tmp_path, "authority", case, "--lang", "en")
    first, second = json.loads(result.stdout)["decisions"]
    assert (first["decision"], first["approver"], first["cumulative"]) == (
        "granted",
        None,
        "2000.00",
    )
    assert (second["decision"], second["approver"], second["cumulative"]) == (
        "needs_approval",
        "supervisor",
        "4000.01",
    )
    assert "the supervisor must approve" in second["why"]


def test_a_refused_proposal_does_not_count_for_the_next(tmp_path: Path) -> None:
    to_self = {**PROPOSAL, "payee": "lin"}
    case = {"proposals": [to_self, {**PROPOSAL, "amount": "2000.00"}]}
    first, second = json.loads(run(tmp_path, "authority", case).stdout)["decisions"]
    assert first["decision"] == "refused"
    assert (second["decision"], second["cumulative"]) == ("granted", "2000.00")


def test_an_amount_written_as_a_number_keeps_its_cents(tmp_path: Path) -> None:
    case = json.dumps({"proposals": [PROPOSAL]}).replace('"2000.01"', "2000.01")
    (decision,) = json.loads(run(tmp_path, "authority", case).stdout)["decisions"]
    assert decision["cumulative"] == "2000.01"


@pytest.mark.parametrize(
    ("rule", "case", "message"),
    [
        ("clocks", "no json", "is no JSON"),
        ("clocks", "[]", "one JSON object"),
        ("clocks", {}, "opened_at: field required"),
        ("clocks", {**CLOCKS, "level": 5}, "level: 5"),
        ("clocks", {**CLOCKS, "level": "3"}, "level"),
        ("clocks", {**CLOCKS, "tier": "gold"}, "tier: 'gold'"),
        ("clocks", {**CLOCKS, "class": "x"}, "class: 'x'"),
        ("clocks", {**CLOCKS, "hours": {}}, "never opens"),
        ("clocks", {**CLOCKS, "hours": {"fri": ["9", "21:00"]}}, "hours.fri"),
        ("clocks", {**CLOCKS, "opened_at": "yesterday"}, "'yesterday' is no time"),
        ("clocks", {**CLOCKS, "opened_at": 5}, "opened_at"),
        ("clocks", {**CLOCKS, "opened_at": "9999-12-31T23:00:00Z"}, "case.json"),
        ("clocks", {**CLOCKS, "timezone": "Mars/Olympus"}, "'Mars/Olympus' is no time zone"),
        ("clocks", {**CLOCKS, "timezone": "../../etc/passwd"}, "is no time zone"),
        ("clocks", {**CLOCKS, "anchors": {"solved": "2026-11-20"}}, "anchors.solved"),
        ("clocks", {**CLOCKS, "pauses": [{"to": None, "reason": "x"}]}, "pauses.0.from"),
        ("authority", {"proposals": [{**PROPOSAL, "amount": "0"}]}, "above 0"),
        ("authority", {"proposals": [{**PROPOSAL, "amount": "-5"}]}, "above 0"),
        ("authority", {"proposals": [{**PROPOSAL, "amount": "1.001"}]}, "two decimals"),
        ("authority", {"proposals": [{**PROPOSAL, "amount": "many"}]}, "'many' is no amount"),
        ("authority", {"proposals": [{**PROPOSAL, "amount": True}]}, "is no amount"),
        ("authority", {"proposals": [{**PROPOSAL, "ledger": "x"}]}, "proposals.0.ledger"),
        ("authority", {"proposals": [], "linked": [{**PROPOSAL, "amount": "0"}]}, "above 0"),
        ("law", {"bought_at": "2026-11-01"}, "field required"),
    ],
)
def test_a_wrong_case_is_one_clear_line_and_exit_code_2(
    tmp_path: Path, rule: str, case: object, message: str
) -> None:
    result = run(tmp_path, rule, case)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert message in result.stderr


def test_a_case_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(explain, ["clocks", str(tmp_path / "none.json")])
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr


def test_law_answers_what_a_purchase_gives(tmp_path: Path) -> None:
    case = {
        "bought_at": "2026-11-20",
        "today": "2026-11-21",
        "price": "12.50",
        "loss": "100.00",
        "quantity": 2,
        "category": "food",
        "channel": "store",
        "facts": ["below_food_standard", "knew"],
    }
    answer = json.loads(run(tmp_path, "law", case).stdout)["entitlements"]
    assert [(item["article"], item["amount"], item["assessed_by"]) for item in answer] == [
        ("消法 24", "25.00", "store"),
        ("食安法 148(2)", "1000.00", "legal"),
    ]


def test_another_pack_may_be_asked(pack: Path, edit: Edit, tmp_path: Path) -> None:
    edit("clocks.yaml", "limit: 1h", "limit: 10m")
    result = run(tmp_path, "clocks", CLOCKS, "--policy", str(pack))
    assert '"2026-11-20T20:40:00+08:00"' in result.stdout


def test_policy_check_says_what_is_in_a_good_pack(pack: Path) -> None:
    result = CliRunner().invoke(policy, ["check", str(pack)])
    assert result.exit_code == 0
    assert "no problem" in result.stdout


def test_policy_check_names_each_problem_and_exits_1(pack: Path, edit: Edit) -> None:
    line = edit("clocks.yaml", "kind: wall", "kind: sundial")
    result = CliRunner().invoke(policy, ["check", str(pack)])
    assert result.exit_code == 1
    assert f"clocks.yaml:{line}: kind" in result.stderr


def test_policy_check_of_no_folder_exits_2(tmp_path: Path) -> None:
    result = CliRunner().invoke(policy, ["check", str(tmp_path / "none")])
    assert result.exit_code == 2
    assert "there is no folder" in result.stderr
