"""Ask another department for help (协办请求, AS-09): diagnosed in 48 h, solved in 72 h (FL-09)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop.domain.events import Draft, Event
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.parts import HelpRequest
from desktop.domain.ticket import TicketState

KIND = "help.requested"
KIND_ANSWERED = "help.answered"
ANSWERS = ("diagnosis", "solution", "withdrawn")


@dataclass(frozen=True, slots=True)
class RequestHelp(base.Command):
    """`request` is a new id, `department` an id of the pack's contacts or a name."""

    request: str
    department: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerHelp(base.Command):
    """What the department answered: one of ANSWERS; withdrawn means no longer needed."""

    request: str
    answer: str
    text: str


def decide(state: TicketState, command: RequestHelp, context: Context) -> Decision:
    """Refuse without department or question."""
    del context
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if not command.department.strip():
        return Refusal("help_department_missing")
    if not command.text.strip():
        return Refusal("help_question_missing")
    if command.request in state.help_requests:
        return Refusal("help_known")
    data = {"request": command.request, "department": command.department.strip()}
    return Accepted((Draft(KIND, data, {"text": command.text.strip()}),))


def decide_answer(state: TicketState, command: AnswerHelp, context: Context) -> Decision:
    """Refuse an answer without words, and a second one of its kind."""
    del context
    if command.answer not in ANSWERS:
        raise ValueError(f"unknown answer to a request for help: {command.answer}")
    asked = state.help_requests.get(command.request)
    if asked is None:
        return Refusal("help_unknown")
    if not command.text.strip():
        return Refusal("help_answer_empty")
    if not asked.open or (command.answer == "diagnosis" and asked.diagnosed):
        return Refusal("help_answered_already")
    data = {"request": asked.id, "answer": command.answer}
    return Accepted((Draft(KIND_ANSWERED, data, {"text": command.text.strip()}),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Add the request; its clocks start now."""
    name = base.read_str(event.data, "request")
    if not name or name in state.help_requests:
        return state
    department = base.read_str(event.data, "department")
    asked = HelpRequest(name, base.mark(event), department, event.personal.get("text", ""))
    return evolve(state, help_requests={**state.help_requests, name: asked})


def apply_answer(state: TicketState, event: Event) -> TicketState:
    """Note the answer; a solution says what is wrong too, so it is the diagnosis as well."""
    asked = state.help_requests.get(base.read_str(event.data, "request"))
    answer = base.read_str(event.data, "answer")
    if asked is None or answer not in ANSWERS:
        return state
    done = base.mark(event)
    solved = asked.solved or (None if answer == "diagnosis" else done)
    changed = replace(asked, diagnosed=asked.diagnosed or done, solved=solved)
    return evolve(state, help_requests={**state.help_requests, asked.id: changed})
