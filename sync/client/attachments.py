"""Attachments up and down in parts, so that a cut line loses one piece and never the whole."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from typing import Final

from desktop.services.exchange_ports import ExchangeFailure
from sync import protocol
from sync.client.transport import Answer, Failed, Line, LineFault, refusal

_log = logging.getLogger(__name__)

#: HQ put the parts together and they are not what their SHA-256 says (`wrong_hash`).
_DAMAGED: Final = 422


def offer(
    line: Line, token: str, sha256: str, content: bytes, moved: Callable[[int], None]
) -> str | None:
    """Send an attachment; return why HQ refused it, None when it took it.

    After each part `moved` gets how many bytes HQ holds, and may use the line for something else.

    Raises Failed when the line gives up, or when it is the PC that HQ refuses.
    """
    try:
        upload(line, token, sha256, content, moved)
    except Failed as failed:
        if failed.failure.code != "refused":
            raise
        return failed.failure.detail
    return None


def upload(
    line: Line,
    token: str,
    sha256: str,
    content: bytes,
    moved: Callable[[int], None] = lambda _held: None,
) -> None:
    """Send what HQ lacks of an attachment; returns when HQ holds it all. Raises Failed.

    What a bad line changed on the way HQ throws away at the end; then all of it goes again.
    """
    path = protocol.ATTACHMENT_PATH + sha256
    authorization = {"authorization": f"Bearer {token}"}
    held = line.request("HEAD", path, authorization)
    offset = 0 if held.status == 404 else _offset(held)
    complete = held.status != 404 and 0 < len(content) <= offset
    stalls = damaged = 0
    while not complete:
        chunk = content[offset : offset + protocol.CHUNK_BYTES]
        headers = {
            **authorization,
            "content-type": "application/octet-stream",
            protocol.OFFSET_HEADER: str(offset),
            protocol.LENGTH_HEADER: str(len(content)),
        }
        answer = line.once("PUT", path, headers, chunk)
        if isinstance(answer, LineFault):
            # HQ kept what had come; only the rest goes again.
            answer = line.request("HEAD", path, authorization)
        if answer.status == _DAMAGED and _is(content, sha256):
            damaged, offset = damaged + 1, 0
            if damaged > line.attempts:
                raise Failed(ExchangeFailure("bad_answer", f"{sha256[:12]} arrives damaged"))
            continue
        reached = 0 if answer.status == 404 else _offset(answer)
        stalls = 0 if reached > offset else stalls + 1
        if stalls > line.attempts:
            raise Failed(ExchangeFailure("unreachable", f"attachment {sha256[:12]} does not move"))
        offset = reached
        complete = answer.status == 200 and offset >= len(content)
        moved(offset)


def download(
    line: Line,
    token: str,
    sha256: str,
    begun: bytes = b"",
    moved: Callable[[int, int], None] = lambda _held, _size: None,
) -> bytes | None:
    """Return an attachment, going on after `begun`; None when HQ does not hold it (yet).

    What comes with other bytes is asked for once more, whole. Then it is left for another time:
    one that was altered at HQ, whose own check names it, blocks no other.
    Raises Failed; `Interrupted` with what came when the line gives up for now.
    """
    content = bytearray(begun)
    path = protocol.ATTACHMENT_PATH + sha256
    stalls = damaged = 0
    while True:
        end = len(content) + protocol.CHUNK_BYTES - 1
        headers = {"authorization": f"Bearer {token}", "range": f"bytes={len(content)}-{end}"}
        try:
            answer = line.request("GET", path, headers)
        except Failed as failed:
            raise Interrupted(failed.failure, bytes(content)) from failed
        if answer.status == 404:
            return None
        if answer.status != 206:
            raise Failed(refusal(answer) if answer.body else _odd(answer))
        size = _size(answer)
        stalls = 0 if answer.body else stalls + 1
        if stalls > line.attempts or size > protocol.MAX_ATTACHMENT:
            raise Failed(_odd(answer))
        content += answer.body
        moved(len(content), size)
        if len(content) >= size:
            if _is(content, sha256):
                return bytes(content)
            damaged, content = damaged + 1, bytearray()
            if damaged > 1:
                _log.warning("attachment %s comes with other bytes", sha256[:12])
                return None


class Interrupted(Failed):
    """The line gave up in the middle; `begun` is what had come."""

    def __init__(self, failure: ExchangeFailure, begun: bytes) -> None:
        super().__init__(failure)
        self.begun = begun


def _is(content: bytes | bytearray, sha256: str) -> bool:
    return hashlib.sha256(content).hexdigest() == sha256


def _size(answer: Answer) -> int:
    """Return the whole size that an answer to a range names; raises Failed."""
    told = answer.headers.get("content-range", "").rpartition("/")[2]
    if not (told.isascii() and told.isdigit()):
        raise Failed(_odd(answer))
    return int(told)


def _odd(answer: Answer) -> ExchangeFailure:
    return ExchangeFailure("bad_answer", f"HTTP {answer.status} for an attachment")


def _offset(held: Answer) -> int:
    """Return how much HQ says it holds; raises Failed for any other answer."""
    value = held.headers.get(protocol.OFFSET_HEADER, "")
    if held.status in (200, 409) and value.isascii() and value.isdigit():
        return int(value)
    if held.body:
        raise Failed(refusal(held))
    raise Failed(_odd(held))
