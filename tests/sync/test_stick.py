"""SY-02: a full, pulled-out or read-only stick leaves no file that looks whole, and says so."""

from __future__ import annotations

import errno
import os
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop.services.courier_ports import Carried, CourierRefusal, Exported
from desktop.services.ports import StorageFault, StorageFull
from desktop.storage.store import StoreData
from desktop.texts import LANGS, Texts
from sync.stick import StickFault, write_whole
from tests.sync.conftest import ServedHq
from tests.sync.hq_process import hq_command
from tests.sync.stores import client, complain, open_pc
from tests.sync.test_courier import answered, exported, of, taken

CONTENT = os.urandom(300_000)


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """The system itself takes no larger file, as a full stick does."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def fails(number: int) -> Callable[[int], None]:
    def fsync(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    return fsync


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def pc(served: ServedHq, tmp_path: Path) -> Iterator[StoreData]:
    """A PC that has joined and has something to carry."""
    one = open_pc(tmp_path / "one")
    client(one).enrol(served.url, served.code())
    complain(one, 1)
    one.attachments.put(CONTENT)
    yield one
    one.close()


def test_a_full_stick_says_how_much_is_needed_and_keeps_nothing(pc: StoreData, stick: Path) -> None:
    (stick / "up.amends").write_bytes(b"the one before")
    with no_file_beyond(100_000):
        refused = of(pc).export_to_hq(stick / "up.amends")
    assert isinstance(refused, CourierRefusal)
    assert refused.code == "stick_full"
    assert refused.needed > len(CONTENT)
    assert refused.free > 0
    assert [path.name for path in stick.iterdir()] == ["up.amends"]
    assert (stick / "up.amends").read_bytes() == b"the one before"
    # And with room everything that waits goes
    out = of(pc).export_to_hq(stick / "up.amends")
    assert isinstance(out, Exported)
    assert (out.events, out.attachments) == (1, 1)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EIO, "stick_gone"),
        (errno.ENODEV, "stick_gone"),
        (errno.EROFS, "stick_shut"),
        (errno.EACCES, "stick_shut"),
        (errno.ENOSPC, "stick_full"),
        (errno.EINVAL, "not_written"),
    ],
)
def test_what_fails_at_the_end_of_writing_leaves_nothing_and_is_named(
    stick: Path, number: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", fails(number))
    with pytest.raises(StickFault) as fault:
        write_whole(stick / "up.amends", CONTENT)
    assert fault.value.code == code
    assert list(stick.iterdir()) == []


def test_windows_calls_a_stick_that_is_gone_by_numbers_of_its_own(
    stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WinError 21, the device is not ready, comes as EACCES."""

    def fsync(_descriptor: int) -> None:
        error = OSError(errno.EACCES, "The device is not ready")
        error.winerror = 21  # type: ignore[attr-defined]
        raise error

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(StickFault) as fault:
        write_whole(stick / "up.amends", CONTENT)
    assert fault.value.code == "stick_gone"


def test_a_stick_that_goes_in_the_middle_of_writing_is_told(
    pc: StoreData, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def pulled(descriptor: int) -> None:
        real(descriptor)
        shutil.rmtree(stick)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", pulled)
        refused = of(pc).export_to_hq(stick / "up.amends")
    assert isinstance(refused, CourierRefusal)
    assert refused.code == "stick_gone"
    assert not stick.exists()
    assert pc.sync.status().pending == 1
    # Gone from the start, and then plugged in again
    gone = of(pc).export_to_peer(stick / "up.amends", "S0217")
    assert isinstance(gone, CourierRefusal)
    assert gone.code == "stick_gone"
    stick.mkdir()
    assert isinstance(of(pc).export_to_hq(stick / "up.amends"), Exported)


def test_a_torn_file_is_never_taken_for_a_whole_one(
    pc: StoreData, served: ServedHq, stick: Path
) -> None:
    """As a stick leaves it that was pulled out by the system's own copying."""
    file = exported(pc, stick / "up.amends")
    answer = answered(served, file, stick / "down.amends")
    whole = answer.read_bytes()
    for kept in (0, 10, 29, 100, len(whole) // 2, len(whole) - 1):
        answer.write_bytes(whole[:kept])
        refused = of(pc).take(answer, file.code, "S0217")
        assert isinstance(refused, CourierRefusal)
        assert refused.code in ("no_file", "wrong_code")
        assert pc.sync.status().acked_seq == 0
    answer.write_bytes(whole)
    assert taken(pc, answer, file.code).acked_seq == 1


def test_a_full_disk_of_the_pc_is_not_blamed_on_the_file(
    pc: StoreData, served: ServedHq, stick: Path
) -> None:
    file = exported(pc, stick / "up.amends")
    answer = answered(served, file, stick / "down.amends")
    pc.database.checkpoint()
    with no_file_beyond(4096), pytest.raises((StorageFull, StorageFault)):
        of(pc).take(answer, file.code, "S0217")
    found = of(pc).take(answer, file.code, "S0217")
    assert isinstance(found, Carried)
    assert found.acked_seq == 1
    assert pc.sync.status().pending == 0


def test_headquarters_says_that_only_its_answer_is_missing(
    pc: StoreData, served: ServedHq, stick: Path
) -> None:
    file = exported(pc, stick / "up.amends")
    where = {"data": served.data, "url": served.database_url}
    args = ("courier", str(file.path), "--code", file.code, "--out")
    failed = hq_command(*args, str(stick / "none" / "down.amends"), **where)
    assert failed.returncode == 1
    assert "was taken, but the answer is not in" in failed.stderr
    assert "Traceback" not in failed.stderr
    done = hq_command(*args, str(stick / "down.amends"), **where)
    assert done.returncode == 0, done.stderr
    assert taken(pc, stick / "down.amends", file.code).acked_seq == 1
    unread = hq_command("courier", str(stick), "--code", "x", "--out", "y", **where)
    assert unread.returncode == 2
    assert "Traceback" not in unread.stderr


@pytest.mark.parametrize("lang", LANGS)
def test_every_refusal_has_its_words(lang: str) -> None:
    texts = Texts(lang)  # type: ignore[arg-type]
    for code in ("stick_full", "stick_shut", "stick_gone", "not_written", "not_read", "stuck"):
        assert texts.has(f"courier.{code}")
    said = texts.get("courier.stick_full", needed="2.0 MB", free="0.1 MB")
    assert "2.0 MB" in said
    assert "0.1 MB" in said
