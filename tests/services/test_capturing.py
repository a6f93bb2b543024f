"""Evidence taken in: the original's hash is kept and a big picture travels small (EV-01)."""

from __future__ import annotations

import hashlib
import io
import os

import pytest
from PIL import Image

from desktop.adapters.pictures import SMALL_FILE, SMALL_SIDE, shrink
from desktop.domain.outcomes import Refusal
from desktop.services.capturing import ORIGINAL, Captured
from desktop.services.desk import Desk
from desktop.services.ticket_ports import TicketRow


def complain(desk: Desk) -> TicketRow:
    facts = {"verbatim": "洗衣机漏水", "expectation": "修好", "emotion": 3}
    opened = desk.open_ticket(facts, channel="counter", quick=True, arrived_at=None, draft=None)
    assert isinstance(opened, TicketRow)
    return opened


def photo(side: int = 1000) -> bytes:
    """Return a noisy picture, which no format makes small at once."""
    noise = Image.frombytes("RGB", (side, side), os.urandom(side * side * 3))
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    return out.getvalue()


def test_the_copy_is_upright_smaller_and_without_exif() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x8825] = {1: "N", 2: (31.0, 29.0, 0.0)}  # where it was taken
    tall = Image.frombytes("RGB", (2000, 1000), os.urandom(2000 * 1000 * 3))
    out = io.BytesIO()
    tall.save(out, "JPEG", exif=exif)
    small = shrink(out.getvalue())
    assert small is not None
    with Image.open(io.BytesIO(small)) as copy:
        assert not copy.getexif()
        assert copy.size == (SMALL_SIDE // 2, SMALL_SIDE)


def test_transparent_pictures_become_white_not_black() -> None:
    clear = Image.new("RGBA", (1000, 1000))
    noise = Image.frombytes("RGBA", (1000, 500), os.urandom(1000 * 500 * 4))
    clear.paste(noise, (0, 500))
    out = io.BytesIO()
    clear.save(out, "PNG")
    small = shrink(out.getvalue())
    assert small is not None
    with Image.open(io.BytesIO(small)) as copy:
        corner = copy.convert("L").getpixel((10, 10))
        assert isinstance(corner, int)
        assert corner > 250


@pytest.mark.parametrize(
    "content", [b"tiny", os.urandom(SMALL_FILE + 1), b"\xff\xd8\xff" * 200_000]
)
def test_what_is_small_or_no_picture_stays_as_it_is(content: bytes) -> None:
    assert shrink(content) is None


def test_a_big_photo_is_kept_and_a_small_copy_is_sent(desk: Desk) -> None:
    row, content = complain(desk), photo()
    kept = desk.capture(row.stream, "leak.jpg", content, "photo")
    assert isinstance(kept, Captured)
    assert kept.size == len(content) > kept.sent
    copy, original = kept.state.evidence
    assert (copy.role, original.role) == ("photo", ORIGINAL)
    assert original.content == hashlib.sha256(content).hexdigest()
    assert desk.attachment(str(original.content)) == content
    waiting = desk.use_cases.sync.pending_attachments(10)
    assert str(copy.content) in waiting
    assert str(original.content) not in waiting


def test_a_small_photo_is_kept_once(desk: Desk) -> None:
    row = complain(desk)
    kept = desk.capture(row.stream, "a.png", b"\x89PNG tiny", "photo")
    assert isinstance(kept, Captured)
    assert kept.size == kept.sent
    assert len(kept.state.evidence) == 1


def test_a_ticket_that_is_not_there_refuses(desk: Desk) -> None:
    assert isinstance(desk.capture("T0", "a.jpg", b"x", "photo"), Refusal)


def test_an_empty_file_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    """EV-01: a copy from a camera that broke off leaves an empty file."""
    row = complain(desk)
    refused = desk.capture(row.stream, "监控.mp4", b"", "photo")
    assert isinstance(refused, Refusal)
    assert refused.code == "evidence_empty"
    page = desk.ticket(row.stream)
    assert page is not None
    assert page.state.evidence == ()
