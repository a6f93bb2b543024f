"""Drafts of the forms of a complaint (kind `form`): whose they are, and when they must go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from desktop.services.ports import Drafts, SavedDraft

SUBJECT: Final = "_subject"
"""The stream of the complaint, empty where a place is about none."""
NUMBER: Final = "_number"
PERSON: Final = "_person"
PLACE: Final = "_place"
"""The screen it was typed on."""
GROUP: Final = "_group"
"""The form of that screen that was typed into last."""
ABOUT: Final = frozenset({SUBJECT, NUMBER, PERSON, PLACE, GROUP})
"""What a draft says of itself; every other entry is one input and its text."""


def own(drafts: Sequence[SavedDraft], person: str) -> tuple[SavedDraft, ...]:
    """Return the drafts a person may go on with: nobody signs what another typed in a form."""
    return tuple(d for d in drafts if d.kind != "form" or d.body.get(PERSON) == person)


def forget(drafts: Drafts, subjects: Collection[str]) -> None:
    """Delete everybody's typing about these streams: their persons are erased (D10)."""
    for draft in drafts.all():
        if draft.kind == "form" and draft.body.get(SUBJECT) in subjects:
            drafts.delete(draft.id)
