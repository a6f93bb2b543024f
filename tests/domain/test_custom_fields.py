"""CF-01: fields of the pack are checked, kept, folded, shown and found."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from desktop.domain import custom_fields, rows
from desktop.domain.choosing import CustomField
from desktop.domain.operations.correct_ticket import CorrectTicket
from tests.domain.history import CLERK, Pc, exchange, opening, second_pc


def field(name, kind, shown=("intake", "ticket", "search"), required=False):
    label = {"zh_CN": f"字段{name}", "en": f"Field {name}"}
    choices = {"fresh": {"zh_CN": "生鲜", "en": "Fresh food"}} if kind == "choice" else {}
    return CustomField(name, label, kind, required, frozenset(shown), MappingProxyType(choices))


FIELDS = (
    field("area", "choice"),
    field("remark", "text"),
    field("size", "number", shown=("ticket",)),
    field("promised", "date", shown=("ticket",)),
    field("gift", "yes_no", shown=("ticket",)),
    field("shelf", "text", required=True),
)


@pytest.fixture
def own(policy):
    return replace(policy, custom_fields=FIELDS)


@pytest.fixture
def desk(own):
    pc = Pc("A", own)
    pc.act(opening(fields={"shelf": "A-7", "area": "fresh", "gift": True, "size": "12.5"}))
    return pc


def test_cf_01_they_are_kept_by_kind_and_free_text_is_personal(desk):
    opened = desk.events[0]
    assert opened.data["fields"]["custom:area"] == "fresh"
    assert opened.personal["custom:shelf"] == "A-7"
    expected = {"area": "fresh", "size": "12.5", "gift": True, "shelf": "A-7"}
    assert custom_fields.values_of(desk.state, desk.policy) == expected
    shown = custom_fields.shown_in(desk.state, desk.policy, "search")
    assert [(f.id, value) for f, value in shown] == [("area", "fresh"), ("shelf", "A-7")]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("area", "moon", "custom_choice"),
        ("size", "1e9", "custom_number"),
        ("size", "NaN", "custom_number"),
        ("size", True, "custom_number"),
        ("promised", "2026-02-30", "custom_date"),
        ("promised", "20261121", "custom_date"),
        ("gift", "yes", "custom_yes_no"),
        ("remark", "长" * 2001, "custom_text"),
        ("shelf", "  ", "custom_missing"),
        ("shelf", "", "custom_missing"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_fields_name(desk, name, value, code):
    refusal = desk.refused(CorrectTicket({name: value}))
    assert refusal.code == code
    assert refusal.values["field"] == {"zh_CN": f"字段{name}", "en": f"Field {name}"}


def test_a_required_field_is_asked_for_at_intake_but_not_in_a_hurry(own):
    assert Pc("A", own).refused(opening()).code == "custom_missing"
    assert Pc("A", own).act(opening(quick=True)).opened
    assert Pc("A", own).act(opening(red=True, flow="red")).opened


def test_a_correction_writes_what_changed_and_two_pcs_keep_both_values(desk):
    before = len(desk.events)
    desk.act(CorrectTicket({"area": "fresh", "size": "12.5", "remark": ""}))
    assert len(desk.events) == before
    other = second_pc(desk)
    desk.act(CorrectTicket({"remark": "左侧", "promised": "2026-12-01"}))
    other.act(CorrectTicket({"remark": "右侧"}))
    merged = exchange(desk, other)
    assert merged.conflicts == ("custom:remark",)
    desk.act(CorrectTicket({"remark": "左侧"}))
    assert desk.state.conflicts == ()
    desk.act(CorrectTicket({"gift": False, "size": ""}))
    kept = custom_fields.values_of(desk.state, desk.policy)
    assert kept["gift"] is False
    assert "size" not in kept


def test_they_find_the_ticket_where_the_pack_says_search(desk):
    words = rows.facts_of(desk.state, desk.context(CLERK)).words
    assert {"生鲜", "Fresh food", "A-7"} <= set(words)
    assert "12.5" not in words


def test_in_14_the_row_is_found_by_the_term_of_a_synonym(policy):
    pc = Pc("A", policy)
    pc.act(opening(fields={"verbatim": "纸箱烂掉了，要退钱"}))
    unified = rows.facts_of(pc.state, pc.context(CLERK)).unified
    assert "纸箱破损了,要退款" in unified


def test_a_name_that_the_pack_does_not_declare_is_a_fault_of_the_caller(desk):
    with pytest.raises(ValueError, match="unknown ticket fields"):
        desk.decide(CorrectTicket({"colour": "red"}))
