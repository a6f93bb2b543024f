"""The store's part of the day, with no HQ anywhere: paper in, SOP, compensation, paper out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from desktop.demo.steps import Day, certain_values, done, fail, refused, same
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.contact_customer import ContactCustomer
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.decide_approval import DecideApproval
from desktop.domain.operations.pay_compensation import PayCompensation
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.operations.tick_check import TickCheck
from desktop.domain.ticket import CompensationItem
from desktop.seeding.people import DEMO_PASSWORD
from desktop.services.desk import Desk
from desktop.services.paper import ConfirmedForm
from desktop.services.ports import Person

CALM = 2
TYPED = {
    "customer_name": "周慧",
    "phone": "13800138000",
    "product": "滚筒洗衣机TG100",
    "receipt_no": "2832510581",
    "verbatim": "上周才修好，今天又漏了一地，楼下都来敲门了，你们到底会不会修？",
    "expectation": "换新机，并赔偿楼下的损失",
    "tier": "vip",
    "complexity": "complex",
}


@dataclass(frozen=True, slots=True)
class Tickets:
    """The day's complaints; `waiting` is the item that only the department head may approve."""

    paper: str
    typed: str
    waiting: str


def log_in(desk: Desk, login: str) -> Person:
    """Log a person in with the example password."""
    return done(desk.log_in(login, DEMO_PASSWORD), f"log in as {login}")


def play(desk: Desk, day: Day, form: Path) -> Tickets:
    """Play everything that needs no network; return the complaints."""
    log_in(desk, "lin")
    day.tell("1  Paper in")
    paper = _read_paper(desk, day, form)
    typed = done(
        desk.open_ticket(
            {**TYPED, "emotion": 4},
            channel="walk_in",
            quick=False,
            arrived_at=desk.now(),
            draft=None,
        ),
        "typed intake",
    ).stream
    day.tell("2  SOP")
    _walk(desk, typed, "PQ-07", until="authorise")
    _walk(desk, paper, "PQ-99", until="authorise")
    _show_clocks(desk, day, typed)
    day.tell("3  Compensation")
    waiting = _compensate(desk, day, typed)
    return Tickets(paper, typed, waiting)


def _type_complaint(desk: Desk) -> str:
    opened = desk.open_ticket(
        {**TYPED, "emotion": 4}, channel="walk_in", quick=False, arrived_at=desk.now(), draft=None
    )
    return done(opened, "typed intake").stream


def _read_paper(desk: Desk, day: Day, form: Path) -> str:
    readings = [r for r in desk.read_form(form) if r.error is None]
    if not readings:
        errors = [r.error.message for r in desk.read_form(form) if r.error]
        fail(f"{form.name} was not read: {errors[0] if errors else 'it has no page'}")
    reading = readings[0]
    values = certain_values({name: field.value for name, field in reading.fields.items()})
    if "description" not in values:
        fail(f"{form.name} was read, but the customer's words were not found on it")
    day.saw("form", {"file": form.name, "fields_read": values, "seconds": reading.seconds})
    day.saw("ticks", {group: list(options) for group, options in reading.ticks.items()})
    values.setdefault("expected_resolution", "顾客未写明，受理时已询问：换货")
    row = done(desk.accept_form(ConfirmedForm(form, reading, values, CALM)), "the paper form")
    page = desk.ticket(row.stream)
    if page is None or not page.state.evidence:
        fail("the form's picture is not kept as evidence")
    content = str(page.state.evidence[0].content)
    same(desk.attachment(content), form.read_bytes(), "the kept picture")
    day.tell(f"   {form.name}: {len(values)} fields read, complaint {row.number}")
    return row.stream


def _walk(desk: Desk, stream: str, code: str, until: str) -> None:
    """Work through the step cards, first running into a gate that blocks."""
    blocked = desk.act(stream, CompleteStep("calm"))
    refused(blocked, "step_blocked", "the first step with nothing ticked")
    facts = {"sku": "6901234567892", "batch": "2411A"}
    done(desk.act(stream, CorrectTicket(facts)), "product facts")
    done(desk.act(stream, ClassifyTicket(code, 3)), "classification")
    done(desk.act(stream, ContactCustomer("first_response", "counter")), "first response")
    none_needed = TickCheck("verify", "none_available", done=True)
    done(desk.act(stream, none_needed), "evidence check")
    while True:
        page = desk.ticket(stream)
        if page is None or page.current is None:
            fail("the complaint has no step in hand")
        if page.current.id == until:
            return
        for check in page.current.do:
            if check.required:
                done(desk.act(stream, TickCheck(page.current.id, check.id, done=True)), check.id)
        done(desk.act(stream, CompleteStep(page.current.id)), f"step {page.current.id}")


def _show_clocks(desk: Desk, day: Day, stream: str) -> None:
    page = desk.ticket(stream)
    if page is None:
        fail("the complaint is gone")
    day.saw(
        "clocks",
        [
            {"name": d.clock.name, "due": d.clock.due.isoformat(), "rule": d.clock.rule,
             "lost": [row.rule for row in d.clock.lost]}
            for d in page.deadlines
        ],
    )  # fmt: skip


def _compensate(desk: Desk, day: Day, stream: str) -> str:
    """2000.00 at once, 2000.01 by the supervisor, 5000.01 waits for the department head."""
    granted = _propose(desk, stream, "2000.00", "granted")
    second = _propose(desk, stream, "0.01", "pending")
    same(second.approver, "supervisor", "who decides on 2000.01")
    refused(desk.act(stream, DecideApproval(second.id, approved=True)), "self_approval", "2000.01")
    log_in(desk, "zhou")
    done(desk.act(stream, DecideApproval(second.id, approved=True)), "the supervisor's approval")
    third = _propose(desk, stream, "3000.00", "pending")
    same(third.approver, "department_head", "who decides on 5000.01")
    same(third.cumulative, Decimal("5000.01"), "the cumulative sum")
    log_in(desk, "lin")
    for item in (granted, second):
        done(desk.act(stream, PayCompensation(item.id)), f"payment of {item.amount}")
    refused(desk.act(stream, PayCompensation(third.id)), "not_granted", "payment before approval")
    day.saw(
        "amounts",
        {
            "granted": ["2000.00"],
            "approved": [{"amount": "0.01", "cumulative": "2000.01", "by": "supervisor"}],
            "waiting": [{"amount": "3000.00", "cumulative": "5000.01", "for": "department_head"}],
            "refused": ["self_approval", "not_granted"],
        },
    )
    day.tell("   2000.00 granted, 2000.01 by the supervisor, 5000.01 waits")
    return third.id


def _propose(desk: Desk, stream: str, amount: str, status: str) -> CompensationItem:
    command = desk.new_compensation(
        "voucher", "goodwill", Decimal(amount), "customer", "紧急安抚：维修后再次漏水"
    )
    state = done(desk.act(stream, command), f"proposal of {amount}")
    item = state.compensation[command.item]
    same(item.status, status, f"the answer to {amount}")
    return item


def finish(desk: Desk, tickets: Tickets) -> None:
    """Act on the approval that came back, then settle both complaints as far as today goes."""
    log_in(desk, "lin")
    done(desk.act(tickets.typed, PayCompensation(tickets.waiting)), "payment after the approval")
    for stream in (tickets.typed, tickets.paper):
        done(desk.act(stream, RecordSolution("更换新机，当天上门安装；另给予代金券。")), "solution")
