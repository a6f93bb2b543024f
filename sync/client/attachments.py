"""Attachments on their way up, in chunks that a cut line does not lose."""

from __future__ import annotations

from desktop.services.ports import ExchangeFailure
from sync import protocol
from sync.client.transport import Answer, Failed, Line, refusal


def upload(line: Line, token: str, sha256: str, content: bytes) -> None:
    """Send what HQ lacks of an attachment; returns when HQ holds it all. Raises Failed."""
    path = protocol.ATTACHMENT_PATH + sha256
    authorization = {"authorization": f"Bearer {token}"}
    held = line.request("HEAD", path, authorization)
    offset = 0 if held.status == 404 else _offset(held)
    # One step more than there are chunks, so that a confused HQ cannot hold us for ever.
    for _ in range(len(content) // protocol.CHUNK_BYTES + 2):
        if offset >= len(content) and held.status != 404:
            return
        chunk = content[offset : offset + protocol.CHUNK_BYTES]
        headers = {
            **authorization,
            "content-type": "application/octet-stream",
            protocol.OFFSET_HEADER: str(offset),
            protocol.LENGTH_HEADER: str(len(content)),
        }
        held = line.request("PUT", path, headers, chunk)
        offset = _offset(held)
    raise Failed(ExchangeFailure("bad_answer", f"HQ does not take attachment {sha256[:12]}"))


def _offset(held: Answer) -> int:
    """Return how much HQ says it holds; raises Failed for any other answer."""
    value = held.headers.get(protocol.OFFSET_HEADER, "")
    if held.status in (200, 409) and value.isascii() and value.isdigit():
        return int(value)
    if held.body:
        raise Failed(refusal(held))
    raise Failed(ExchangeFailure("bad_answer", f"HTTP {held.status} for an attachment"))
