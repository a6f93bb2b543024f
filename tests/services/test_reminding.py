"""Reminders and escalations on the real store: once each, also after sleep and restart."""

import pytest

from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.note_progress import NoteProgress
from desktop.services.reminding import Reminders
from tests.services.desk_kit import PASSWORD


@pytest.fixture
def ticket(desk) -> str:
    fields = {"verbatim": "送货迟了三天", "emotion": 2, "expectation": "道歉"}
    row = desk.open_ticket(fields, channel="counter", quick=False, arrived_at=None, draft=None)
    desk.act(row.stream, ClassifyTicket("SP-12", 3))
    return row.stream


def reminders(desk) -> Reminders:
    """As a program that was just started has them."""
    cases = desk.use_cases
    return Reminders(cases.journal, cases.queries, cases.handling, cases.settings)


def said(notices, kind="reminder"):
    return {(n.clock, n.percent) for n in notices if n.kind == kind}


def escalations(desk, ticket):
    return [e.clock for e in desk.ticket(ticket).state.escalations]


def test_sl_05_each_mark_is_said_once_also_after_a_restart(desk, clock, ticket):
    assert reminders(desk).due(clock.now()) == []
    clock.wait(minutes=61)
    assert ("first_response", 50) in said(reminders(desk).due(clock.now()))
    assert reminders(desk).due(clock.now()) == []
    clock.wait(minutes=36)
    assert said(reminders(desk).due(clock.now())) == {("first_response", 80)}


def test_sl_07_what_became_overdue_in_sleep_is_escalated_once(desk, clock, ticket):
    reminders(desk).due(clock.now())
    clock.wait(hours=30)
    notices = reminders(desk).due(clock.now())
    overdue = {n.clock for n in notices if n.kind == "overdue"}
    assert {"first_response", "handling", "interim_feedback"} <= overdue
    assert {n.to_role for n in notices if n.kind == "overdue"} == {"supervisor"}
    assert sorted(escalations(desk, ticket)) == sorted(overdue)
    before = len(desk.use_cases.journal.events(ticket))
    assert reminders(desk).due(clock.now()) == []
    assert len(desk.use_cases.journal.events(ticket)) == before


def test_a_clock_that_was_set_back_says_nothing_twice(desk, clock, ticket):
    clock.wait(minutes=70)
    reminders(desk).due(clock.now())
    clock.wait(minutes=-30)
    assert reminders(desk).due(clock.now()) == []
    clock.wait(minutes=30)
    assert reminders(desk).due(clock.now()) == []


def test_as_06_idle_complaints_are_named_once(desk, clock, ticket):
    reminders(desk).due(clock.now())
    clock.wait(hours=49)
    assert [n.stream for n in reminders(desk).due(clock.now()) if n.kind == "unhandled"] == [ticket]
    assert said(reminders(desk).due(clock.now()), "unhandled") == set()


def test_cl_02_level_two_without_its_line_is_listed(desk, clock, ticket):
    assert reminders(desk).missing_lines(clock.now()) == []
    desk.act(ticket, ClassifyTicket("SP-12", 2))
    assert [n.stream for n in reminders(desk).missing_lines(clock.now())] == [ticket]
    desk.act(ticket, NoteProgress("已联系物流"))
    assert reminders(desk).missing_lines(clock.now()) == []


def test_co_02_an_overdue_written_report_is_listed(desk, clock, ticket):
    from decimal import Decimal

    desk.add_person("li", "李静", "clerk", PASSWORD)
    desk.log_in("li", PASSWORD)
    desk.act(ticket, desk.new_compensation("voucher", "goodwill", Decimal(50), "customer", ""))
    clock.wait(hours=48)
    assert reminders(desk).overdue_reports(clock.now()) == []
    clock.wait(seconds=1)
    assert [n.stream for n in reminders(desk).overdue_reports(clock.now())] == [ticket]


class Watched:
    """A journal that notes which complaints are read."""

    def __init__(self, journal):
        self.inner, self.read = journal, []

    def events(self, stream):
        self.read.append(stream)
        return self.inner.events(stream)


def looking(desk):
    cases = desk.use_cases
    journal = Watched(cases.journal)
    return journal, Reminders(
        journal, cases.queries, cases.handling, cases.settings, lambda _s: None
    )


def test_a_complaint_is_read_again_only_when_it_changed_or_its_moment_comes(desk, clock, ticket):
    """SL-05: a look each minute costs nothing where nothing happens."""
    journal, kept = looking(desk)
    kept.due(clock.now())
    clock.wait(minutes=1)
    kept.due(clock.now())
    assert journal.read == [ticket]
    desk.act(ticket, NoteProgress("已联系物流"))
    kept.due(clock.now())
    assert journal.read == [ticket, ticket]
    clock.wait(minutes=60)
    assert ("first_response", 50) in said(kept.due(clock.now()))


def test_kept_reminders_say_what_those_of_a_fresh_start_say(desk, clock, ticket):
    """SL-05, SL-07: minute by minute over days, also with new hours on the way."""
    _journal, kept = looking(desk)
    kept.due(clock.now())
    heard = set()
    for step in range(60):
        clock.wait(minutes=61)
        if step == 20:
            desk.use_cases.identity.set_hours({"mon": ("10:00", "12:00")})
        since = desk.setting("reminders.since")
        expected = {(n.kind, n.clock, n.percent) for n in reminders(desk).due(clock.now())}
        desk.save_setting("reminders.since", since)
        owed = {(n.kind, n.clock, n.percent) for n in kept.due(clock.now())}
        # The fresh one wrote the escalations, so these are not owed twice.
        assert owed == {found for found in expected if found[0] != "overdue"}
        heard |= expected
    assert {kind for kind, _clock, _percent in heard} == {"reminder", "overdue", "unhandled"}


def test_a_look_that_is_stopped_loses_nothing(desk, clock, ticket):
    _journal, kept = looking(desk)
    kept.due(clock.now())
    clock.wait(minutes=61)
    assert list(kept.due(clock.now(), lambda: True)) == []
    assert ("first_response", 50) in said(kept.due(clock.now()))


def test_a_clock_that_is_known_to_be_wrong_escalates_nothing(desk, clock, ticket):
    """What is escalated is written for every PC and for HQ, and stays."""
    cases = desk.use_cases
    found = Reminders(cases.journal, cases.queries, cases.handling, cases.settings, hq=cases.sync)
    found.due(clock.now())
    cases.sync.set_clock_offset(-365 * 86_400_000)
    clock.wait(days=365)
    found.due(clock.now())
    assert escalations(desk, ticket) == []
    # When it is put right and HQ has seen that, marks come in their time and once each
    clock.wait(days=-365, minutes=30)
    cases.sync.set_clock_offset(0)
    found.due(clock.now())
    clock.wait(minutes=31)
    assert ("first_response", 50) in said(found.due(clock.now()))
    assert found.due(clock.now()) == []
    clock.wait(hours=30)
    found.due(clock.now())
    assert "first_response" in escalations(desk, ticket)
