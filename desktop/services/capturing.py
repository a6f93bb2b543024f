"""Take evidence in (凭证, EV-01): the original's hash is kept, a big picture travels small."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import PurePath
from typing import Final

from desktop.domain.operations.attach_evidence import AttachEvidence
from desktop.domain.outcomes import Actor, Refusal
from desktop.domain.ticket import TicketState
from desktop.services.evidence_size import size_refusal
from desktop.services.handling import Handling
from desktop.services.paper import MEDIA_TYPES
from desktop.services.ports import Attachments, Journal

ORIGINAL: Final = "original"
"""Role of the file as it was captured, right after the smaller copy that is sent instead."""

Shrink = Callable[[bytes], bytes | None]
"""Returns a smaller upright JPEG of a picture without its EXIF; None where it is small already,
or no picture."""


@dataclass(frozen=True, slots=True)
class Captured:
    """The ticket as it is now; sizes in bytes of the file and of what will be sent of it."""

    state: TicketState
    size: int
    sent: int


class Capturing:
    """Keeps files as evidence; a copy and its original come in one transaction."""

    def __init__(
        self, journal: Journal, handling: Handling, attachments: Attachments, shrink: Shrink
    ) -> None:
        self._journal = journal
        self._handling = handling
        self._attachments = attachments
        self._shrink = shrink

    def attach(
        self, stream: str, name: str, content: bytes, role: str, actor: Actor
    ) -> Captured | Refusal:
        """Keep a file as evidence; of a big picture the original stays here, encrypted."""
        path = PurePath(name)
        known = MEDIA_TYPES.get(path.suffix.lower()) or guess_type(path.name)[0]
        media_type = known or "application/octet-stream"
        small = self._shrink(content) if media_type.startswith("image/") else None
        refused = size_refusal(name, len(content if small is None else small))
        if refused is not None:
            return refused
        if small is None:
            kept = [self._keep(content, media_type, role, name)]
        else:
            kept = [
                self._keep(small, "image/jpeg", role, f"{path.stem}.jpg"),
                self._keep(content, media_type, ORIGINAL, name, local=True),
            ]
        state: TicketState | None = None
        with self._journal.write() as writer:
            for command in kept:
                outcome = self._handling.execute_in(writer, stream, command, actor)
                if isinstance(outcome, Refusal):
                    return outcome
                state = outcome.state
        if state is None:
            raise ValueError("nothing was kept")
        return Captured(state, len(content), kept[0].size)

    def _keep(
        self, content: bytes, media_type: str, role: str, name: str, *, local: bool = False
    ) -> AttachEvidence:
        sha256 = self._attachments.put(content, local=local)
        return AttachEvidence(sha256, media_type, len(content), role, name)


def is_original(role: str) -> bool:
    """Tell whether evidence of this role is the original of the copy before it."""
    return role.endswith(ORIGINAL)
