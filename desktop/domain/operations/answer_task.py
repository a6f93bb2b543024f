"""Tasks that a code or a count sets off, and their answers (CL-07, CL-09, CL-10, QA-02, D9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from desktop.domain.events import Draft, Event
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.parts import Task
from desktop.domain.policy import Policy
from desktop.domain.ticket import TicketState

KIND = "task.opened"
KIND_ANSWERED = "task.answered"
#: Consequences of a code (codes.yaml) that somebody must answer; the others only sort.
FROM_CODES: Final = ("quality_trace", "finance_marketing_check", "legal_involved")
#: What counting over complaints sets off: QA-02 and D9.
FROM_COUNTS: Final = ("root_cause", "mass_complaint")
#: Unanswered, these keep a complaint open (CL-09: 待财务/营销核查); the others are HQ's to end.
BLOCKING: Final = ("finance_marketing_check",)


@dataclass(frozen=True, slots=True)
class OpenTask(base.Command):
    """One of FROM_COUNTS, with the rule that asked for it."""

    task: str
    cause: str


@dataclass(frozen=True, slots=True)
class AnswerTask(base.Command):
    """The result in a word (confirmed, refuted …) and in full."""

    task: str
    result: str
    text: str


def decide(state: TicketState, command: OpenTask, context: Context) -> Decision:
    """A task that is open already is not opened again; a closed complaint may still cause one."""
    del context
    if command.task not in FROM_COUNTS:
        raise ValueError(f"unknown task: {command.task}")
    if command.task in state.tasks:
        return Accepted(())
    return Accepted((Draft(KIND, {"task": command.task, "cause": command.cause}),))


def decide_answer(state: TicketState, command: AnswerTask, context: Context) -> Decision:
    """Refuse an answer by a clerk: the departments asked answer, or a manager who heard them."""
    task = state.tasks.get(command.task)
    if task is None or task.answered:
        return Refusal("task_not_open")
    if context.actor.role == "clerk":
        return Refusal("task_role", {"role": "supervisor"})
    if not command.text.strip():
        return Refusal("task_answer_empty")
    data = {"task": task.kind, "result": command.result}
    return Accepted((Draft(KIND_ANSWERED, data, {"text": command.text.strip()}),))


def consequences(state: TicketState, code: str, policy: Policy) -> tuple[Draft, ...]:
    """Return the tasks that choosing `code` sets off and that are not there yet."""
    known = policy.codes.get(code)
    wanted = known.consequences if known else ()
    return tuple(
        Draft(KIND, {"task": task, "cause": code})
        for task in FROM_CODES
        if task in wanted and task not in state.tasks
    )


def blocking(state: TicketState, policy: Policy) -> tuple[Task, ...]:
    """Return the unanswered tasks that keep the complaint open under its code as it is now."""
    code = policy.codes.get(state.text("code"))
    wanted = code.consequences if code else ()
    return tuple(
        task
        for kind, task in state.tasks.items()
        if kind in BLOCKING and kind in wanted and task.answered is None
    )


def apply(state: TicketState, event: Event) -> TicketState:
    """Open the task; the first opening counts."""
    kind = base.read_str(event.data, "task")
    if not kind or kind in state.tasks:
        return state
    task = Task(kind, base.read_str(event.data, "cause"), base.mark(event))
    return evolve(state, tasks={**state.tasks, kind: task})


def apply_answer(state: TicketState, event: Event) -> TicketState:
    """Answer the task; the first answer counts."""
    task = state.tasks.get(base.read_str(event.data, "task"))
    if task is None or task.answered:
        return state
    answered = replace(
        task,
        answered=base.mark(event),
        result=base.read_str(event.data, "result"),
        text=event.personal.get("text", ""),
    )
    return evolve(state, tasks={**state.tasks, task.kind: answered})
