"""Random but legal play: turns drawn numbers into commands that fit the complaint as it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from desktop.domain import commands
from desktop.domain.operations import complete_step
from desktop.domain.operations.add_comment import AddComment
from desktop.domain.operations.answer_task import AnswerTask
from desktop.domain.operations.attach_evidence import AttachEvidence
from desktop.domain.operations.attend_customer import AttendCustomer
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.contact_customer import PURPOSES, ContactCustomer
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.decide_approval import DecideApproval
from desktop.domain.operations.escalate_ticket import EscalateTicket
from desktop.domain.operations.external_case import AnswerExternalCase, RecordExternalCase
from desktop.domain.operations.file_written_report import FileWrittenReport
from desktop.domain.operations.link_tickets import KINDS as LINK_KINDS
from desktop.domain.operations.link_tickets import LinkTicket, UnlinkTicket
from desktop.domain.operations.note_progress import NoteProgress
from desktop.domain.operations.pause_clocks import REASONS, PauseClocks, ResumeClocks
from desktop.domain.operations.pay_compensation import PayCompensation
from desktop.domain.operations.propose_compensation import ProposeCompensation
from desktop.domain.operations.record_legal_opinion import RecordLegalOpinion
from desktop.domain.operations.record_promise import ExplainPromise, KeepPromise, RecordPromise
from desktop.domain.operations.record_red_act import ACTS, RecordRedAct
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.operations.record_survey import OUTCOMES, RecordSurvey
from desktop.domain.operations.reject_complaint import (
    RELEASES,
    ROUTES,
    RejectComplaint,
    ReleaseRejection,
)
from desktop.domain.operations.reopen_ticket import ReopenTicket
from desktop.domain.operations.request_help import ANSWERS, AnswerHelp, RequestHelp
from desktop.domain.operations.set_complexity import COMPLEXITIES, SetComplexity
from desktop.domain.operations.sign_settlement import SignSettlement
from desktop.domain.operations.tick_check import TickCheck
from desktop.domain.operations.transfer_ticket import AcceptTransfer, TransferTicket
from desktop.domain.operations.withdraw_complaint import MarkAnonymous, WithdrawComplaint
from desktop.domain.outcomes import Accepted
from desktop.domain.policy import INSTRUMENTS, LEDGERS
from tests.domain.history import CLERK, HEAD, LEGAL, OTHER_CLERK, REGIONAL, SUPERVISOR, Pc

ACTORS = (CLERK, OTHER_CLERK, SUPERVISOR, REGIONAL, HEAD, LEGAL)
AMOUNTS = ("0.01", "700.00", "1999.99", "2000.00", "2000.01", "3000.00", "5000.01")
CODES = ("SP-12", "PQ-03", "RL-09", "TD-07")
FIELDS = (
    ("phone", "139"),
    ("phone", ""),
    ("sku", "AX-1"),
    ("batch", "7"),
    ("customer_name", ""),
    ("repair_unknown", "顾客未留底"),
)
TASKS = ("finance_marketing_check", "quality_trace")
KINDS = 32


@dataclass(frozen=True)
class Move:
    """One drawn move: which kind of command, who gives it, and two numbers that choose details."""

    kind: int
    actor: int
    a: int
    b: int


MOVES = st.builds(
    Move, st.integers(0, KINDS - 1), st.integers(0, 5), st.integers(0, 99), st.integers(0, 99)
)


def command_for(pc: Pc, move: Move, serial: str) -> commands.Command:
    """Return the command that `move` means on the ticket as `pc` knows it."""
    a, b = move.a, move.b
    steps = pc.policy.steps_of(pc.state.flow) or pc.policy.flow().steps
    step = steps[a % len(steps)]
    items = list(pc.state.compensation) or ["I-none"]
    item = items[a % len(items)]
    makers = (
        lambda: TickCheck(step.id, step.do[b % len(step.do)].id, b % 3 > 0),
        lambda: CompleteStep(step.id, "忙" if b % 2 else ""),
        lambda: ClassifyTicket(CODES[a % 4], 1 + b % 4),
        lambda: AttachEvidence(serial * 8, "image/png", 9, ("photo", "legal_opinion")[b % 2], "x"),
        lambda: ContactCustomer(PURPOSES[a % 4], "phone", b % 2 == 0),
        lambda: RecordSolution(f"方案{a % 3}"),
        lambda: SignSettlement(("paper", "declined")[b % 2]),
        lambda: _survey(a, b),
        lambda: ProposeCompensation(
            f"I-{serial}",
            INSTRUMENTS[b % len(INSTRUMENTS)],
            LEDGERS[(a // 7) % len(LEDGERS)],
            Decimal(AMOUNTS[a % len(AMOUNTS)]),
        ),
        lambda: ProposeCompensation(
            f"I-{serial}", "voucher", "goodwill", Decimal(AMOUNTS[a % len(AMOUNTS)])
        ),
        lambda: DecideApproval(item, b % 3 > 0, "看过"),
        lambda: PayCompensation(item),
        lambda: FileWrittenReport("经过"),
        lambda: CorrectTicket(dict([FIELDS[a % len(FIELDS)]])),
        lambda: PauseClocks(REASONS[b % 2]) if a % 2 else ResumeClocks(),
        lambda: AddComment(f"意见{a}"),
        *_together(pc, a, b, serial),
    )
    return makers[move.kind]()


def _together(pc: Pc, a: int, b: int, serial: str) -> tuple[Callable[[], commands.Command], ...]:
    """Return makers of what is done together with others, and of what happens to a complaint."""
    state = pc.state
    asked = [*state.help_requests, "H-none"]
    cases = [*state.external_cases, "E-none"]
    promised = [*state.promises, "P-none"]
    due = pc.now + timedelta(hours=1 + b) if a % 2 else None
    return (
        lambda: TransferTicket(ACTORS[a % 6].person, "班次交接", "已核实小票"),
        lambda: AcceptTransfer(),
        lambda: (
            AnswerHelp(asked[a % len(asked)], ANSWERS[b % 3], "主板故障")
            if b % 2
            else RequestHelp(f"H-{serial}", "quality", "请诊断")
        ),
        lambda: ReopenTicket(("repeat", "manager")[a % 2], "顾客再次投诉"),
        lambda: (
            UnlinkTicket(f"T-{a % 3 + 1}", "弄错了")
            if b % 4 == 0
            else LinkTicket(f"T-{a % 3 + 1}", "S0217-A", LINK_KINDS[b % 3])
        ),
        lambda: (
            (KeepPromise(promised[0]) if a % 2 else ExplainPromise(promised[-1], "缺货"))
            if b % 4 == 0
            else RecordPromise(f"P-{serial}", "三天内换新", Decimal(AMOUNTS[a % 7]), due)
        ),
        lambda: RecordLegalOpinion("可以结案", b % 2 == 0),
        lambda: AnswerTask(
            ("finance_marketing_check", "quality_trace")[a % 2], "confirmed", "属实"
        ),
        lambda: (
            AnswerExternalCase(cases[0], "调解成功" if a % 2 else "")
            if b % 2
            else RecordExternalCase(f"E-{serial}", "12315", "2026-1", pc.now.date(), pc.now.date())
        ),
        lambda: RejectComplaint("人为损坏", frozenset(ROUTES)),
        lambda: ReleaseRejection(RELEASES[a % 3], "顾客接受"),
        lambda: WithdrawComplaint("顾客不再追究") if a % 2 else MarkAnonymous("不愿留名"),
        lambda: NoteProgress("已联系厂家"),
        lambda: SetComplexity(COMPLEXITIES[a % 2], "须等检测"),
        lambda: RecordRedAct(ACTS[a % 4], "店长", b % 2 == 0),
        lambda: AttendCustomer(("served", "left")[b % 2]),
        lambda: EscalateTicket("manual", reason="需要支援"),
    )


def _survey(a: int, b: int) -> RecordSurvey:
    outcome = OUTCOMES[a % 3]
    return RecordSurvey(outcome, 1 + b % 5 if outcome == "answered" else None)


def play(pc: Pc, move: Move, serial: str) -> bool:
    """Try the move; return whether it was accepted."""
    actor = ACTORS[move.actor]
    decision = pc.decide(command_for(pc, move, serial), actor)
    if isinstance(decision, Accepted):
        pc.append(decision.drafts, actor)
    return isinstance(decision, Accepted)


def try_to_close(pc: Pc) -> None:
    """Tick what each step in hand asks for and complete it, until a gate holds or it is closed."""
    for helper in ACTORS[2:4]:
        for command in (AcceptTransfer(), AnswerTask("finance_marketing_check", "", "属实")):
            decision = pc.decide(command, helper)
            if isinstance(decision, Accepted):
                pc.append(decision.drafts, helper)
    # Every fourth time the dates of a late repair stay missing, so that their gate is tried too.
    if pc.state.text("code") == "SP-12" and not pc.state.closed and len(pc.known) % 4:
        pc.act(CorrectTicket({"repair_unknown": "未留底"}))
    while not pc.state.closed:
        step = complete_step.step_in_hand(pc.state, pc.context(CLERK))
        if step is None:
            return
        for check in step.do:
            if check.required:
                pc.act(TickCheck(step.id, check.id, True))
        decision = pc.decide(CompleteStep(step.id, "忙"), CLERK)
        if not isinstance(decision, Accepted):
            return
        pc.append(decision.drafts)
