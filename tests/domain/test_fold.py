"""The fold: equal events in any arrival give the equal ticket, nothing is lost, nothing raises."""

from datetime import UTC, datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st

from desktop.domain import commands, deadlines, facts, fold
from desktop.domain.events import Absent, Event, EventId
from desktop.domain.operations.add_comment import AddComment
from desktop.domain.policy import FACTS
from desktop.domain.ticket import TicketState
from desktop.policy import load_policy
from tests.domain.history import TICKET, Pc, context, opening, voucher
from tests.domain.playing import MOVES, Move, command_for, play

POLICY = load_policy()
#: A play of three computers: each turn one of them acts, or learns what another knows.
TURNS = st.lists(
    st.tuples(st.integers(0, 2), st.one_of(st.none(), MOVES), st.integers(0, 2)), max_size=25
)


def three_computers(turns) -> list[Pc]:
    computers = [Pc(chain, POLICY) for chain in "ABC"]
    computers[0].act(opening())
    for computer in computers[1:]:
        computer.receive(computers[0])
    for number, (who, move, other) in enumerate(turns):
        if move is None:
            computers[who].receive(computers[other])
        else:
            computers[who].wait(0.1)
            play(computers[who], move, f"{number:08d}")
    return computers


def all_events(computers) -> list[Event]:
    return list({e.id: e for computer in computers for e in computer.events}.values())


@settings(max_examples=100, deadline=None)
@given(TURNS, st.randoms(use_true_random=False))
def test_any_arrival_of_three_chains_gives_one_ticket(turns, random):
    events = all_events(three_computers(turns))
    expected = fold.fold(TICKET, events)
    for _ in range(3):
        random.shuffle(events)
        assert fold.fold(TICKET, events) == expected


@settings(max_examples=60, deadline=None)
@given(TURNS, st.integers(0, 25), st.randoms(use_true_random=False))
def test_a_ticket_carried_on_event_by_event_is_the_ticket_folded_anew(turns, cut, random):
    events = sorted(all_events(three_computers(turns)), key=lambda e: e.order)
    carried = fold.fold(TICKET, random.sample(events[:cut], len(events[:cut])))
    for event in events[cut:]:
        carried = fold.apply(carried, event)
    assert carried == fold.fold(TICKET, events)


@settings(max_examples=100, deadline=None)
@given(TURNS)
@example([(0, Move(16, 0, 92, 0), 0), (0, Move(17, 2, 0, 0), 0)])  # accepted: another owner
def test_a_field_keeps_exactly_the_values_that_no_later_writer_had_seen(turns):
    computers = three_computers(turns)
    events = all_events(computers)
    state = fold.fold(TICKET, events)
    in_turn = _set_in_turn(events)
    for name, register in state.fields.items():
        setters = [e for e in events if name in _sets(e) or (name, e.id) in in_turn]
        expected = {e.id for e in setters if not any(f.has_seen(e.id) for f in setters)}
        assert {c.event for c in register.candidates} == expected, name


def _set_in_turn(events: list[Event]) -> set[tuple[str, EventId]]:
    """Fields with events that set them because of others before: who accepts a transfer owns it."""
    carried, found = TicketState(TICKET), set()
    for event in sorted(events, key=lambda e: e.order):
        carried = fold.apply(carried, event)
        for name, register in carried.fields.items():
            found |= {(name, c.event) for c in register.candidates if c.event == event.id}
    return found


def _sets(event: Event) -> set[str]:
    """Names of the fields that applying `event` on an untouched ticket sets."""
    return set(fold.apply(TicketState(TICKET), event).fields)


@settings(max_examples=60, deadline=None)
@given(TURNS)
def test_nothing_that_was_added_is_lost_in_a_merge(turns):
    events = all_events(three_computers(turns))
    state = fold.fold(TICKET, events)

    def made(kind):
        return {e.id for e in events if e.kind == kind}

    assert {c.mark.event for c in state.comments} == made("comment.added")
    assert {e.mark.event for e in state.evidence} == made("evidence.attached")
    assert {c.mark.event for c in state.contacts} == made("customer.contacted")
    assert {s.mark.event for s in state.surveys} == made("survey.recorded")
    items = {i.proposed.event for i in state.compensation.values()}
    assert items | {a.event for a in state.anomalies} >= made("compensation.proposed")


@settings(max_examples=60, deadline=None)
@given(TURNS)
def test_when_everybody_has_learnt_everything_all_show_the_same(turns):
    computers = three_computers(turns)
    for one in computers:
        for other in computers:
            one.receive(other)
    for one in computers[:2]:  # the first two learnt before the last had everything
        one.receive(computers[2])
    assert computers[0].state == computers[1].state == computers[2].state


KEYS = (
    *("number", "channel", "store", "flow", "form", "arrived", "fields", "code", "level", "step"),
    *("check", "done", "purpose", "reached", "media_type", "size", "role", "item", "instrument"),
    *("ledger", "amount", "payee", "decision", "approver", "cumulative", "limit", "approved"),
    *("request", "answer", "department", "redo", "uncheck", "other", "promise", "due", "to"),
    *("task", "case", "received", "reply_by", "hearing", "release", "day", "act", "clock", "cause"),
    *("outcome", "score", "how", "reason", "emotion", "tier", "complexity", "check:calm.safe"),
)
WORDS = st.sampled_from(
    (
        *("", "store", "goodwill", "voucher", "granted", "5.00", "-1", "NaN", "1E+999999"),
        *(
            "PQ-03",
            "2026-11-16",
            "2026-11-16T10:00:00",
            "2026-11-16T10:00:00Z",
            "paper",
            "answered",
            "vip",
            "left",
            "duplicate",
            "overdue",
        ),
    )
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(2**60), 2**60), WORDS, st.text())
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=5)), inner, max_size=4)
    ),
    max_leaves=8,
)
DATA = st.dictionaries(st.sampled_from(KEYS), JSON, max_size=9)
PERSONAL = st.dictionaries(
    st.sampled_from(("text", "reason", "content", "name", "phone", "verbatim", "level", "code")),
    st.one_of(st.text(max_size=9), st.sampled_from(Absent)),
    max_size=4,
)
MOMENTS = st.integers(10**9, 38 * 10**8).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
GARBAGE = st.lists(
    st.builds(
        lambda kind, lc, at, data, personal: (kind, lc, at, data, personal),
        st.sampled_from((*fold.APPLY, "from.the.future")),
        st.integers(-5, 30),
        MOMENTS,
        DATA,
        PERSONAL,
    ),
    max_size=12,
)


def garbage_events(rows) -> list[Event]:
    return [
        Event(EventId("G", seq), TICKET, kind, lc, {}, at, None, "P-x", "?", data, personal)
        for seq, (kind, lc, at, data, personal) in enumerate(rows, start=2)
    ]


NEWER = ("ticket.opened", 1, datetime(2026, 11, 16, tzinfo=UTC), {"flow": "of-a-newer-pack"}, {})


@settings(max_examples=100, deadline=None)
@given(GARBAGE, st.booleans(), st.lists(MOVES, max_size=3))
@example(rows=[NEWER], opened=False, moves=[Move(0, 0, 0, 0)])
def test_no_shape_of_data_makes_the_ticket_unreadable(rows, opened, moves):
    pc = Pc("A", POLICY)
    if opened:
        pc.act(opening())
    events = pc.events + garbage_events(rows)
    state = fold.fold(TICKET, events)
    known = facts.of_ticket(state, context(POLICY))
    assert {name: type(value) for name, value in known.items()} == dict(FACTS)
    deadlines.of_ticket(state, context(POLICY))
    pc.known = {e.id: e for e in events}
    for number, move in enumerate(moves):
        commands.decide(state, command_for(pc, move, f"{number}"), context(POLICY))


def test_an_unknown_kind_is_kept_and_skipped(pc):
    before = pc.state
    pc.write("ticket.teleported", {"to": "Mars"})
    after = pc.state
    assert after.unknown_kinds == ("ticket.teleported",)
    pc.act(AddComment("继续"))
    assert pc.state.fields == before.fields
    assert len(pc.state.comments) == 1


def test_events_are_ordered_by_logical_clock_and_chain_never_by_the_wall_clock(pc):
    late = Pc("B", POLICY)
    late.receive(pc)
    late.wait(-1000)
    late.act(AddComment("B"))
    pc.act(AddComment("A"))
    pc.receive(late)
    assert [c.text for c in pc.state.comments] == ["A", "B"]


def test_a_ticket_whose_opening_has_not_arrived_is_no_fault(pc):
    pc.act(voucher("I-1", "5.00"))
    rest = [e for e in pc.events if e.kind != "ticket.opened"]
    state = fold.fold(TICKET, rest)
    assert state.opened is None
    assert state.compensation["I-1"].allowed
    assert deadlines.of_ticket(state, context(POLICY)) == ()


def test_absent_personal_values_read_as_nothing(pc):
    opened = pc.events[0]
    for why in Absent:
        gone = Event(
            **{
                **{f: getattr(opened, f) for f in Event.__slots__},
                "personal": dict.fromkeys(opened.personal, why),
            }
        )
        state = fold.fold(TICKET, [gone])
        assert state.text("verbatim") == ""
        assert state.value("verbatim") is why
        assert state.conflicts == ()
        assert facts.of_ticket(state, context(POLICY))["verbatim_recorded"] is False
