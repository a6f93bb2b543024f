"""Walks a complaint along its real procedure, doing what each step asks for."""

from __future__ import annotations

from desktop.domain.operations import complete_step
from desktop.domain.operations.attach_evidence import AttachEvidence
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.contact_customer import ContactCustomer
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.operations.record_survey import RecordSurvey
from desktop.domain.operations.sign_settlement import SignSettlement
from desktop.domain.operations.tick_check import TickCheck
from tests.domain.history import SUPERVISOR, Pc


def step_in_hand(pc: Pc) -> str | None:
    step = complete_step.step_in_hand(pc.state, pc.context(SUPERVISOR))
    return step.id if step else None


def prepare(pc: Pc, step_id: str, level: int | None = None) -> None:
    """Do what the step asks for, without completing it."""
    for check in pc.policy.flow(pc.state.flow).step(step_id).do:
        if check.required:
            pc.act(TickCheck(step_id, check.id, True))
    match step_id:
        case "classify":
            if level or not pc.state.text("code"):
                known = pc.state.value("level") or 3
                pc.act(ClassifyTicket(pc.state.text("code") or "SP-12", level or known))
        case "verify" | "goods" | "sample" | "preserve" | "notice":
            pc.act(AttachEvidence("ab" * 32, "image/jpeg", 9, "photo", "箱子.jpg"))
        case "test":
            pc.act(TickCheck("test", "report", True))
        case "carry_out" | "reply":
            pc.act(RecordSolution("换新"))
        case "propose" | "choice":
            pc.act(ContactCustomer("first_response", "counter"))
        case "sign":
            pc.act(RecordSolution("换新"))
            pc.act(SignSettlement("paper"))
        case "callback":
            pc.act(RecordSurvey("answered", 5))
        case "archive" if pc.state.text("code") == "SP-12":
            pc.act(CorrectTicket({"repair_promised": "2026-11-14", "repair_done": "2026-11-15"}))


def walk_to(pc: Pc, step_id: str) -> None:
    """Complete the steps before `step_id`."""
    while (step := step_in_hand(pc)) != step_id:
        assert step is not None, f"{step_id} is not on the way"
        prepare(pc, step)
        pc.act(CompleteStep(step))


def close(pc: Pc) -> None:
    """Walk to the end and close."""
    while step := step_in_hand(pc):
        prepare(pc, step)
        pc.act(CompleteStep(step))
        if pc.state.closed:
            return
