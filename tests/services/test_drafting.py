"""The drafted report says what is recorded, in both languages, and nothing else."""

from decimal import Decimal

import pytest

from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.pay_compensation import PayCompensation
from desktop.services.drafting import draft_report
from desktop.texts import LANGS, Texts


@pytest.fixture
def state(desk):
    fields = {"verbatim": "送货迟了三天", "emotion": 2, "expectation": "道歉"}
    row = desk.open_ticket(fields, channel="counter", quick=False, arrived_at=None, draft=None)
    desk.act(row.stream, ClassifyTicket("SP-12", 3))
    given = desk.new_compensation("voucher", "goodwill", Decimal("50.00"), "customer", "当场安抚")
    desk.act(row.stream, given)
    return desk.act(row.stream, PayCompensation(given.item))


def test_co_02_the_draft_states_who_gave_what_when_and_why(desk, state):
    names = desk.use_cases.directory.names()
    text = draft_report(state, names, desk.policy, Texts("zh_CN"))
    for fact in (
        state.number,
        "2026-11-16 10:00",
        "王敏",
        "送货迟了三天",
        "代金券 50.00 元",
        "当场安抚",
    ):
        assert fact in text
    assert "合计 50.00 元" in text


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_not_known_is_left_out(desk, state, lang):
    whole = draft_report(state, {}, desk.policy, Texts(lang))
    assert state.opened.actor in whole
    assert "None" not in whole
    assert "{" not in whole
    from desktop.domain.ticket import TicketState

    assert len(draft_report(TicketState("T"), {}, desk.policy, Texts(lang)).splitlines()) == 2
