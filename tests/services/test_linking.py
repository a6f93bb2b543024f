"""Links, authority over them, mass and repeat complaints, precedents: on the real store."""

from decimal import Decimal

import pytest

from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.outcomes import Refusal
from desktop.services.linking import Linking
from desktop.services.precedents import Precedent, Precedents
from tests.services.desk_kit import PASSWORD

ZONE = "Asia/Shanghai"


@pytest.fixture
def linking(desk) -> Linking:
    cases = desk.use_cases
    return Linking(cases.journal, cases.handling, cases.queries)


@pytest.fixture
def clerk(desk):
    """Log a clerk in at the desk."""
    desk.add_person("li", "李静", "clerk", PASSWORD)
    desk.log_in("li", PASSWORD)
    return desk.actor()


def opened(desk, phone: str = "") -> str:
    fields = {"verbatim": "主机不能开机", "emotion": 3, "expectation": "换新", "phone": phone}
    row = desk.open_ticket(fields, channel="counter", quick=False, arrived_at=None, draft=None)
    return row.stream


def give(desk, ticket: str, amount: str):
    wanted = desk.new_compensation("voucher", "goodwill", Decimal(amount), "customer", "安抚")
    state = desk.act(ticket, wanted)
    return state if isinstance(state, Refusal) else state.compensation[wanted.item].status


def tasks(desk, ticket: str) -> set[str]:
    return set(desk.ticket(ticket).state.tasks)


def test_d4_goodwill_counts_over_a_chain_of_links_until_one_is_taken_back(desk, clerk, linking):
    one, two, three = (opened(desk) for _ in range(3))
    assert give(desk, three, "1500.00") == "granted"
    linking.link(one, two, "same_incident", clerk)
    linking.link(two, three, "duplicate", clerk)
    preview = desk.preview(one, "voucher", "goodwill", Decimal("500.01"), "customer")
    assert (preview.decision, preview.cumulative) == ("needs_approval", Decimal("2000.01"))
    assert desk.ticket(one).goodwill_used == Decimal("1500.00")
    assert give(desk, one, "500.01") == "pending"
    linking.unlink(two, three, "不是同一批", clerk)
    assert desk.ticket(three).state.live_links == ()
    assert give(desk, two, "1000.00") == "granted"


def test_a_link_to_nothing_is_refused_and_writes_nothing(desk, clerk, linking):
    one = opened(desk)
    before = len(desk.use_cases.journal.events(one))
    assert linking.link(one, "T-none", "duplicate", clerk).code == "no_such_ticket"
    assert len(desk.use_cases.journal.events(one)) == before


def test_d9_the_third_linked_complaint_within_24_hours_goes_to_the_top(desk, clock, clerk, linking):
    one, two = opened(desk), opened(desk)
    linking.link(one, two, "same_incident", clerk)
    assert tasks(desk, one) == tasks(desk, two) == set()
    clock.wait(hours=24)
    three = opened(desk)
    linking.link(three, two, "same_incident", clerk)
    state = desk.ticket(three).state
    assert set(state.tasks) == {"mass_complaint"}
    assert [(e.cause, e.to_role) for e in state.escalations] == [("mass", "department_head")]


@pytest.mark.parametrize(("hours", "kind"), [(24.001, "same_incident"), (1, "duplicate")])
def test_d9_later_ones_and_duplicates_do_not_make_a_mass(desk, clock, clerk, linking, hours, kind):
    one, two = opened(desk), opened(desk)
    linking.link(one, two, "same_incident", clerk)
    clock.wait(hours=hours)
    three = opened(desk)
    linking.link(three, two, kind, clerk)
    assert tasks(desk, three) == set()


def alike(desk, batch: str) -> str:
    ticket = opened(desk)
    desk.act(ticket, CorrectTicket({"batch": batch}))
    desk.act(ticket, ClassifyTicket("PQ-03", 3))
    return ticket


def test_qa_02_the_fifth_of_a_kind_in_a_month_opens_a_root_cause(desk, clock, clerk, linking):
    for number in range(1, 6):
        clock.wait(hours=30)
        ticket = alike(desk, "B7")
        alike(desk, "B8")
        assert len(linking.check_repeats(ticket, clerk, ZONE)) == number
        assert ("root_cause" in tasks(desk, ticket)) is (number == 5)


def test_qa_02_a_new_month_counts_anew(desk, clock, clerk, linking):
    for _ in range(4):
        alike(desk, "B7")
    clock.wait(days=15)
    assert len(linking.check_repeats(alike(desk, "B7"), clerk, ZONE)) == 1


def test_qa_02_classifying_at_the_desk_counts_by_itself(desk):
    tickets = [alike(desk, "B7") for _ in range(5)]
    assert [tasks(desk, t) & {"root_cause"} for t in tickets] == [set()] * 4 + [{"root_cause"}]


def test_qa_02_a_batch_that_is_typed_later_counts_by_itself(desk):
    for _ in range(4):
        alike(desk, "B-7")
    fifth = opened(desk)
    desk.act(fifth, ClassifyTicket("PQ-03", 3))
    assert "root_cause" not in tasks(desk, fifth)
    desk.act(fifth, CorrectTicket({"batch": "B-7"}))
    assert "root_cause" in tasks(desk, fifth)


def test_like_cases_are_read_by_code_and_time_newest_first(desk, clock):
    of_code, start = desk.use_cases.queries.of_code, clock.now()
    one = alike(desk, "B1")
    clock.wait(hours=1)
    two = alike(desk, "B1")
    opened(desk)
    assert list(of_code("PQ-03", start, clock.now(), 9)) == [one]
    clock.wait(seconds=1)
    assert list(of_code("PQ-03", start, clock.now(), 9)) == [two, one]
    assert list(of_code("PQ-03", start, clock.now(), 1)) == [two]
    assert list(of_code("SP-12", start, clock.now(), 9)) == []


def test_co_05_the_precedent_is_the_median_of_like_cases_with_how_many(desk, clock, clerk):
    cases = desk.use_cases
    precedents = Precedents(cases.queries, cases.journal, clock)
    assert precedents.precedent("PQ-03") == Precedent(None, 0)
    give(desk, alike(desk, "B1"), "999.00")
    clock.wait(days=91)
    for amount in ("100.00", "150.00", "200.00", "800.00"):
        give(desk, alike(desk, "B1"), amount)
    alike(desk, "B1")
    assert precedents.precedent("PQ-03") == Precedent(Decimal("175.00"), 4)
