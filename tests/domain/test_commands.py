"""No way of using the desk reaches 关闭 past a gate, and no money passes the authority."""

from collections import Counter
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain import commands, fold
from desktop.domain.operation_list import OPERATIONS
from desktop.domain.operations.add_comment import AddComment
from desktop.domain.ticket import TicketState
from desktop.policy import load_policy
from tests.domain.history import TICKET, Pc, opening
from tests.domain.playing import KINDS, MOVES, Move, play, try_to_close
from tests.domain.walking import walk_to

POLICY = load_policy()
#: Where a played complaint starts: the walk to a step is legal too, and makes closing frequent.
STARTS = st.sampled_from((None, "classify", "authorise", "sign", "callback", "archive"))
PLAYS = st.tuples(STARTS, st.lists(MOVES, max_size=14))


def played(start, moves) -> Pc:
    pc = Pc("A", POLICY)
    pc.act(opening())
    if start:
        walk_to(pc, start)
    for number, move in enumerate(moves):
        play(pc, move, f"{number:08d}")
    try_to_close(pc)
    return pc


def open_gates(state: TicketState) -> list[str]:
    """What forbids closing, read from the rules (FL-04, CO-02, CO-06, AS-06), not from the pack."""
    items = state.compensation.values()
    calls = state.surveys[state.reopened[-1].surveys if state.reopened else 0 :]
    asked = any(s.outcome != "unreachable" for s in calls) or len(calls) >= 3
    named = bool(state.text("customer_name")) and state.value("anonymous") is not True
    excused = state.withdrawn or not (named or state.text("phone"))
    opinions = [o.may_close for o in state.legal_opinions]
    on_paper = any(e.role == "legal_opinion" for e in state.evidence)
    goodwill_by_clerk = any(i.status == "granted" and i.role == "clerk" for i in items)
    gates = {
        "pending": any(i.status == "pending" for i in items),
        "unpaid": any(i.allowed and not i.paid for i in items),
        "unsolved": not (state.solved or state.rejection or state.withdrawn),
        "not asked": not (asked or state.level == 4 or excused),
        "no written report": goodwill_by_clerk and not state.written_reports,
        "no code": state.text("code") not in POLICY.codes,
        "no opinion of legal": state.text("code") == "RL-09"
        and not (opinions[-1] if opinions else on_paper),
        "rejected": state.rejected and not state.withdrawn,
        "help is open": any(h.solved is None for h in state.help_requests.values()),
        "data check is open": state.text("code") == "TD-07"
        and state.tasks["finance_marketing_check"].answered is None,
        "authority waits": any(c.reply_by and not c.replied for c in state.external_cases.values()),
        "promise is open": any(not p.kept and not p.lapsed for p in state.promises.values()),
        "repair without dates": state.text("code") == "SP-12"
        and not state.withdrawn
        and not state.text("custom:repair_done")
        and not state.text("custom:repair_unknown"),
        "same owner again": any(h.role and h.waits for h in state.handovers[-1:]),
        "too few stars": any(s.score is not None and s.score < 3 for s in calls),
        "conflict": bool(state.conflicts),
        "check": "complete" not in state.checks_done("archive"),
    }
    return [name for name, holds in gates.items() if holds]


@settings(max_examples=120, deadline=None)
@given(PLAYS)
def test_fl_01_no_sequence_of_commands_closes_past_a_gate(drawn):
    pc = played(*drawn)
    if pc.state.closed:
        assert open_gates(pc.state) == []


def test_the_play_above_both_closes_and_is_held_back():
    draw = Random(7)
    starts = (None, "classify", "archive")
    endings = Counter()
    for _ in range(40):
        numbers = (draw.randrange(KINDS), draw.randrange(6), draw.randrange(99), draw.randrange(99))
        moves = [Move(*numbers)] * 2 + [Move(draw.randrange(KINDS), 0, 0, 1)] * 2
        endings[bool(played(draw.choice(starts), moves).state.closed)] += 1
    assert min(endings[True], endings[False]) > 3


@settings(max_examples=80, deadline=None)
@given(st.lists(MOVES, min_size=5, max_size=30))
def test_d4_one_pc_never_allows_goodwill_above_the_authority_it_was_allowed_under(moves):
    pc = played("authorise", moves)
    limits = {
        "clerk": Decimal(2000),
        "supervisor": Decimal(5000),
        "regional_manager": Decimal(5000),
    }
    counted = Decimal(0)
    for item in pc.state.open_items:
        if item.ledger != "goodwill":
            continue
        counted += item.amount
        if item.status == "granted":
            assert counted <= limits.get(item.role, counted)
        if item.status == "approved":
            assert item.decided.actor != item.proposed.actor
            assert item.limit is None or counted <= item.limit
    assert not [a for a in pc.state.anomalies if a.code == "over_limit"]


def test_every_command_is_decided_somewhere():
    written = {(c.__module__, c.__name__) for c in commands.Command.__subclasses__()}
    assert {(c.__module__, c.__name__) for c in commands._DECIDE} == written
    kinds = [operation.kind for operation in OPERATIONS]
    assert len(kinds) == len(set(kinds)) == len(fold.APPLY)


def test_only_opening_works_on_no_ticket(policy, ask):
    refusal = commands.decide(TicketState(TICKET), AddComment("x"), ask())
    assert (refusal.code, refusal.values) == ("no_such_ticket", {"ticket": TICKET})
