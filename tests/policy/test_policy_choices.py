"""Which flow a complaint takes and who takes it first, from the real pack (AS-01, CL-01, CH-05)."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from desktop.commands.policy import policy as command
from desktop.domain.choosing import unify
from desktop.domain.policy import FACTS, NODES
from desktop.policy import load_policy

POLICY = load_policy()


@pytest.mark.parametrize(
    ("facts", "flow"),
    [
        ({}, "store"),
        ({"level": 3, "code": "SP-01", "family": "SP"}, "store"),
        ({"level": 1}, "red"),
        ({"level": 1, "channel": "12315"}, "red"),
        ({"channel": "12315"}, "case_12315"),
        ({"code": "PQ-03", "level": 3}, "quality_test"),
        ({"code": "PQ-03", "level": 4}, "store"),
        ({"code": "PQ-08"}, "exchange"),
    ],
)
def test_a_complaint_takes_its_flow(facts: dict[str, Any], flow: str) -> None:
    assert POLICY.flow_for(facts) == flow


def test_all_facts_of_a_ticket_may_be_given() -> None:
    ticket = {name: kind() for name, kind in FACTS.items()}
    assert POLICY.flow_for(ticket) == "store"


@pytest.mark.parametrize(
    ("facts", "words", "row", "hits"),
    [
        ({"tier": "vip"}, "", "vip", ()),
        ({"class": "technical", "code": "PQ-06", "family": "PQ"}, "", "technical", ()),
        ({"level": 1, "tier": "vip"}, "", "red", ()),
        ({}, "你们不给税票", "word-invoice", ("发票",)),
        ({"code": "TD-01", "family": "TD"}, "发票", "promotion", ()),
        ({}, "随便说说", "rest", ()),
    ],
)
def test_the_first_route_that_holds_is_named_with_its_words(
    facts: dict[str, Any], words: str, row: str, hits: tuple[str, ...]
) -> None:
    first = POLICY.routes_for(facts, words)[0]
    assert (first.row.id, first.words) == (row, hits)


def test_every_flow_runs_from_receiving_to_closing_with_scripts_for_each_emotion() -> None:
    assert set(POLICY.flows) == {"store", "red", "exchange", "quality_test", "case_12315"}
    for flow in POLICY.flows.values():
        assert (flow.steps[0].node, flow.steps[-1].node) == ("received", "closed")
        ranks = [NODES.index(step.node) for step in flow.steps]
        assert ranks == sorted(ranks)
        assert all(len(set(step.say)) == 5 for step in flow.steps)


def test_cl_01_the_red_channel_begins_with_its_four_acts_and_forms_the_team() -> None:
    ids = [step.id for step in POLICY.flow("red").steps]
    assert ids[:4] == ["safe", "call", "preserve", "notify"]
    assert "team" in ids


def test_a_shared_step_is_the_same_in_every_flow_but_for_what_is_changed() -> None:
    store, red = POLICY.flow("store"), POLICY.flow("red")
    assert repr(red.step("record")) == repr(store.step("record"))
    assert repr(red.step("archive").needs) == repr(store.step("archive").needs)
    assert red.step("archive").role == "supervisor"
    assert {c.id for c in red.step("archive").do} > {c.id for c in store.step("archive").do}


def test_in_14_words_are_compared_in_one_spelling() -> None:
    assert unify("ＡＢ１２ 税票", POLICY.synonyms) == "ab12 发票"
    assert unify("不变", POLICY.synonyms) == "不变"


def test_custom_fields_say_where_they_appear() -> None:
    area = next(f for f in POLICY.custom_fields if f.id == "sales_area")
    assert area.kind == "choice"
    assert "fresh" in area.choices
    assert {"intake", "export"} <= area.shown


def test_the_command_says_flow_route_and_why() -> None:
    run = CliRunner().invoke
    told = run(command, ["route", "--channel", "12315", "--words", "发票不给开"]).output
    assert told.splitlines()[0].startswith("case_12315")
    assert "CH-05" in told
    assert "命中: 发票" in told
    assert run(command, ["route", "--code", "XX-01"]).exit_code == 1
