"""Opening a complaint: IN-02, IN-03, IN-15, AS-11."""

from datetime import timedelta

import pytest

from desktop.domain.outcomes import Accepted
from tests.domain.history import CLERK, MONDAY, SUPERVISOR, Pc, opening


def test_opening_gives_the_ticket_its_number_words_and_owner(policy):
    pc = Pc("A", policy)
    state = pc.act(opening(arrived_at=MONDAY - timedelta(minutes=5), form_serial="F-9"), CLERK)
    assert (state.number, state.channel, state.store, state.flow) == (
        "S0217-A-261116-001-K",
        "counter",
        "S0217",
        "store",
    )
    assert state.text("verbatim") == "包装破损，要求退款"
    assert state.value("emotion") == 3
    assert state.text("owner") == CLERK.person
    assert state.arrived_at == MONDAY - timedelta(minutes=5)
    assert state.form_serial == "F-9"
    assert state.policy == policy.version
    assert state.opened.at == MONDAY


def test_personal_facts_never_enter_the_hashed_data(policy):
    (draft,) = Pc("A", policy).decide(opening(fields={"sku": "AX-1", "place": "二楼"})).drafts
    assert set(draft.data["fields"]) == {"emotion", "sku"}
    assert set(draft.personal) == {"verbatim", "expectation", "customer_name", "phone", "place"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"verbatim": None}, "verbatim_missing"),
        ({"verbatim": "  "}, "verbatim_missing"),
        ({"emotion": None}, "emotion_missing"),
        ({"emotion": 0}, "emotion_out_of_range"),
        ({"emotion": 6}, "emotion_out_of_range"),
        ({"expectation": None}, "expectation_missing"),
        ({"expectation": " "}, "expectation_missing"),
    ],
)
def test_in_03_the_three_mandatory_facts_are_asked_for(policy, fields, code):
    assert Pc("A", policy).refused(opening(fields=fields)).code == code


@pytest.mark.parametrize("emotion", [1, 5])
def test_in_03_emotion_one_and_five_are_in_range(policy, emotion):
    assert Pc("A", policy).act(opening(fields={"emotion": emotion})).value("emotion") == emotion


def test_in_02_quick_capture_needs_the_words_only(policy):
    quick = opening(quick=True, fields={"emotion": None, "expectation": None})
    assert Pc("A", policy).act(quick).text("verbatim")
    wordless = opening(quick=True, fields={"verbatim": None})
    assert Pc("A", policy).refused(wordless).code == "verbatim_missing"


def test_a_ticket_opens_once(pc):
    refusal = pc.refused(opening())
    assert (refusal.code, refusal.values["number"]) == ("already_open", pc.state.number)


def test_a_flow_that_the_pack_lacks_is_refused(policy):
    assert Pc("A", policy).refused(opening(flow="moon")).code == "unknown_flow"


def test_an_unknown_field_is_a_fault_of_the_program(policy):
    with pytest.raises(ValueError, match="shoe_size"):
        Pc("A", policy).decide(opening(fields={"shoe_size": 43}))


def test_empty_fields_are_not_written(policy):
    decision = Pc("A", policy).decide(opening(fields={"sku": "", "place": ""}))
    assert isinstance(decision, Accepted)
    (draft,) = decision.drafts
    assert "sku" not in draft.data["fields"]
    assert "place" not in draft.personal


def test_a_second_opening_that_arrives_is_marked_and_changes_nothing(pc):
    before = pc.state
    event = pc.write("ticket.opened", {"number": "other", "flow": "moon"}, actor=SUPERVISOR)
    after = pc.state
    assert (after.number, after.flow, after.text("owner")) == (before.number, "store", "P-li")
    assert [(a.code, a.event) for a in after.anomalies] == [("opened_twice", event.id)]
