"""Attachments in a lane of their own: one that cannot go or come blocks no other and is named."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from desktop.services.exchange_ports import Progress, Stuck, SyncStore
from desktop.services.ports import Attachments, Clock, StorageFault
from sync import protocol
from sync.client import attachments
from sync.client.transport import Line

_log = logging.getLogger(__name__)

_AT_ONCE: Final = 100


def content_of(files: Attachments, sha256: str) -> bytes | Stuck:
    """Return an attachment's bytes, or why there is nothing to send."""
    try:
        content = files.get(sha256)
    except StorageFault as fault:
        return Stuck("altered", str(fault))
    except OSError as error:
        return Stuck("unreadable", str(error))
    if content is None:
        return Stuck("missing")
    if len(content) > protocol.MAX_ATTACHMENT:
        return Stuck("too_large", f"{len(content)}")
    return content


def _after(begun: int, total: int, moved: Progress) -> Callable[[int], None]:
    """Return what tells how far all attachments are by how far one is."""
    return lambda held: moved(begun + held, max(total, begun + held))


@dataclass(slots=True)
class Lane:
    """Sends and fetches attachments for one store PC."""

    store: SyncStore
    files: Attachments
    clock: Clock
    #: What came of attachments before the line gave up.
    begun: dict[str, bytes] = field(default_factory=dict)
    #: The one that came whole and that this PC's disk did not take.
    whole: tuple[str, bytes] = ("", b"")

    def send(self, line: Line, token: str, moved: Progress) -> None:
        """Send what HQ lacks; what cannot go is noted with the reason. Raises Failed.

        After each part `moved` gets bytes done and in all, and may use the line for events.
        """
        now = self.clock.now()
        done, total = 0, self.store.pending_bytes(now)
        for sha256 in self._pending(now):
            content = content_of(self.files, sha256)
            if isinstance(content, Stuck):
                if self._recovered(line, token, sha256, content):
                    continue
            else:
                begun, done = done, done + len(content)
                moved(begun, max(total, done))
                refused = attachments.offer(
                    line, token, sha256, content, _after(begun, total, moved)
                )
                if refused is None:
                    self.store.attachment_acknowledged(sha256)
                    continue
                content = Stuck("refused", refused)
            _log.warning("attachment %s was not sent: %s", sha256[:12], content.reason)
            self.store.attachment_stuck(sha256, content, self.clock.now())

    def fetch(self, line: Line, token: str, moved: Progress) -> None:
        """Fetch attachments that events name and HQ holds. Raises Failed, StorageFull."""
        for sha256 in self._wanted():
            found = self._downloaded(line, token, sha256, moved)
            if found is None:
                continue
            try:
                self.files.put(found)
            except OSError:
                # A disk that is full now must not have the line carry it again every minute.
                self.whole = sha256, found
                raise
            self.store.attachment_arrived(sha256)

    def _downloaded(self, line: Line, token: str, sha256: str, moved: Progress) -> bytes | None:
        kept, self.whole = self.whole, ("", b"")
        if kept[0] == sha256:
            return kept[1]
        begun = self.begun.pop(sha256, b"")
        try:
            return attachments.download(line, token, sha256, begun, moved)
        except attachments.Interrupted as cut:
            self.begun[sha256] = cut.begun
            raise

    def _recovered(self, line: Line, token: str, sha256: str, stuck: Stuck) -> bool:
        """Take a file that is lost here back from HQ, where it may have come before."""
        if stuck.reason not in ("missing", "altered"):
            return False
        found = attachments.download(line, token, sha256)
        if found is None:
            return False
        self.files.put(found)
        self.store.attachment_acknowledged(sha256)
        return True

    def _pending(self, now: datetime) -> Iterator[str]:
        after = ""
        while names := self.store.pending_attachments(_AT_ONCE, after, now):
            yield from names
            after = names[-1]

    def _wanted(self) -> Iterator[str]:
        after = ""
        while names := self.store.wanted_attachments(_AT_ONCE, after):
            yield from names
            after = names[-1]
