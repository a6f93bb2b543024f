"""Remark on a ticket (意见, EV-02): by store, region or HQ, kept on the ticket."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.events import Draft, Event
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import Comment, TicketState

KIND = "comment.added"


@dataclass(frozen=True, slots=True)
class AddComment(base.Command):
    """The remark's text."""

    text: str


def decide(state: TicketState, command: AddComment, context: Context) -> Decision:
    """Refuse an empty remark."""
    del state, context
    if not command.text.strip():
        return Refusal("comment_empty")
    return Accepted((Draft(KIND, {}, {"text": command.text.strip()}),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Add the remark."""
    comment = Comment(base.mark(event), event.personal.get("text", ""))
    return evolve(state, comments=(*state.comments, comment))
