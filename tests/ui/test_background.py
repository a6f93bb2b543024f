"""Work leaves the GUI thread and its result comes back to it."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from ui.background import Background, Job


@pytest.fixture
def background(qapp: object) -> Background:
    return Background()


def test_work_runs_elsewhere_and_its_result_arrives_on_the_gui_thread(
    background: Background, qtbot: QtBot
) -> None:
    seen: dict[str, object] = {}

    def done(worker: int) -> None:
        seen.update(worker=worker, gui=threading.get_ident())

    background.run(threading.get_ident, done, lambda error: seen.update(error=error))
    qtbot.waitUntil(lambda: "gui" in seen)
    assert seen["gui"] == threading.get_ident()
    assert seen["worker"] != threading.get_ident()
    assert background.idle
    assert background.shutdown()


def test_a_lane_keeps_order_and_its_one_thread(background: Background, qtbot: QtBot) -> None:
    order: list[tuple[int, int]] = []
    for number in range(20):
        background.run(
            lambda n=number: (n, threading.get_ident()), order.append, lambda error: None
        )
    qtbot.waitUntil(lambda: len(order) == 20)
    assert [number for number, _ in order] == list(range(20))
    assert len({thread for _, thread in order}) == 1
    background.shutdown()


def test_a_fault_is_reported_and_the_lane_goes_on(background: Background, qtbot: QtBot) -> None:
    errors: list[Exception] = []
    done: list[str] = []

    def broken() -> str:
        raise OSError("disk full")

    background.run(broken, done.append, errors.append)
    background.run(lambda: "next", done.append, errors.append)
    qtbot.waitUntil(lambda: done == ["next"])
    assert [str(error) for error in errors] == ["disk full"]
    background.shutdown()


def test_progress_arrives_and_a_cancelled_job_reports_nothing_more(
    background: Background, qtbot: QtBot
) -> None:
    steps: list[int] = []
    done: list[str] = []
    started, release = threading.Event(), threading.Event()

    def counting(job: Job) -> str:
        job.progress(1)
        started.set()
        release.wait(10)
        return "late"

    job = background.run(
        counting, done.append, lambda error: None, on_progress=steps.append, with_job=True
    )
    qtbot.waitUntil(lambda: steps == [1])
    job.cancel()
    release.set()
    background.run(lambda: "after", done.append, lambda error: None)
    qtbot.waitUntil(lambda: done == ["after"])
    assert job.cancelled
    background.shutdown()


def test_shutdown_waits_for_what_is_being_written(background: Background) -> None:
    written: list[str] = []
    gate = threading.Event()

    def write() -> None:
        gate.wait(10)
        written.append("saved")

    background.run(write, lambda _none: None, lambda error: None)
    threading.Timer(0.05, gate.set).start()
    assert background.shutdown()
    assert written == ["saved"]
    assert background.run(write, lambda _none: None, lambda error: None).cancelled
