"""`amends self-test`: proves that this installation works, in a folder that is thrown away."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from desktop.services.desk import Desk

#: The password of the invented person; the store is gone when the test ends.
_PASSWORD: Final = "self-test-only"  # noqa: S105
_WINDOW_MS: Final = 30_000


class CheckFailed(Exception):
    """One part does not work; the message says what was found."""


@click.command("self-test")
def self_test() -> None:
    """Open a window, a database, a paper form and a PDF; nothing of this PC's data is touched.

    \b
    Example:
      amends self-test

    Exit codes: 0 all parts work, 1 a part does not.
    """
    sys.exit(run_self_test())


def run_self_test() -> int:
    """Run every check and print a line for each; return the exit code."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("AMENDS_KEYRING", "off")
    folder = Path(tempfile.mkdtemp(prefix="amends-self-test-"))
    try:
        checks: dict[str, Callable[[], str]] = {
            "database": lambda: _database(folder / "store"),
            "backup": lambda: _backup(folder),
            "pdf": lambda: _pdf(folder),
            "window": lambda: _window(folder / "store"),
            "ocr": _ocr,
        }
        done = [_one(name, check) for name, check in checks.items()]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    click.echo("self-test: ok" if all(done) else "self-test: FAILED")
    return 0 if all(done) else 1


def _one(name: str, check: Callable[[], str]) -> bool:
    began = time.perf_counter()
    try:
        found = check()
    except Exception as fault:
        # Whatever a part dies of is the answer that this command is for.
        click.echo(f"{name:9} FAILED  {type(fault).__name__}: {fault}", err=True)
        return False
    click.echo(f"{name:9} ok  {found} ({time.perf_counter() - began:.1f} s)")
    return True


def _database(folder: Path) -> str:
    from desktop.bootstrap import open_desk
    from desktop.data_folder import verify_data
    from desktop.services.ports import Person
    from desktop.services.ticket_ports import TicketRow

    desk = open_desk(folder)
    try:
        owner = desk.set_up("S0001", "自检店", "0510-0000", "owner", "自检", _PASSWORD)
        if not isinstance(owner, Person) or not isinstance(desk.log_in("owner", _PASSWORD), Person):
            raise CheckFailed("nobody could be made and logged in")
        facts: dict[str, str | int | bool] = {
            "verbatim": "牛奶过期了，要求退款",
            "expectation": "退款",
            "emotion": 2,
            "customer_name": "张伟",
            "phone": "13800000001",
        }
        opened = desk.open_ticket(
            facts, channel="counter", quick=False, arrived_at=None, draft=None
        )
        if not isinstance(opened, TicketRow):
            raise CheckFailed(f"a complaint was refused: {opened.code}")
        for asked in ("过期", "zw", opened.number[-6:]):
            if [row.stream for row in desk.find(asked, 5)] != [opened.stream]:
                raise CheckFailed(f"{asked} does not find the complaint")
    finally:
        desk.close()
    report = verify_data(folder)
    if report.first_bad is not None:
        raise CheckFailed(f"verification: {report.first_bad}")
    return f"{report.events} events, encrypted, chain verified"


def _backup(folder: Path) -> str:
    from desktop.bootstrap import restore_backup

    desk = _desk(folder / "store")
    try:
        backups = desk.use_cases.backups
        refused = backups.set_passphrase(_PASSWORD)
        if refused is not None:
            raise CheckFailed(f"the passphrase was refused: {refused.code}")
        kept = backups.make(folder / "backups")
    finally:
        desk.close()
    restored = restore_backup(kept.path, folder / "restored", _PASSWORD)
    return f"{restored.backup.events} events in {kept.size:,} bytes, restored elsewhere"


def _desk(folder: Path) -> Desk:
    from desktop.bootstrap import open_desk

    desk = open_desk(folder)
    desk.log_in("owner", _PASSWORD)
    return desk


def _pdf(folder: Path) -> str:
    import pypdfium2

    from desktop.services.ticket_ports import TicketFilter

    desk = _desk(folder / "store")
    try:
        row = desk.page(TicketFilter(), None, 1)[0]
        out = folder / "receipt.pdf"
        if not isinstance(desk.document(row.stream, "receipt", "zh_CN", out), Path):
            raise CheckFailed("the receipt was refused")
    finally:
        desk.close()
    document = pypdfium2.PdfDocument(out)
    words = "".join(page.get_textpage().get_text_range() for page in document)
    pages = len(document)
    document.close()
    if row.number not in words:
        raise CheckFailed("the receipt does not hold the complaint's number")
    return f"receipt of {pages} page(s), text found"


@contextmanager
def _uncaught() -> Iterator[list[BaseException]]:
    """Collect what the window's code raises: Qt hands it to the hook and goes on."""
    found: list[BaseException] = []
    kept = sys.excepthook
    sys.excepthook = lambda _kind, fault, _trace: found.append(fault)
    try:
        yield found
    finally:
        sys.excepthook = kept


def _window(folder: Path) -> str:
    from PySide6.QtGui import QFontDatabase
    from PySide6.QtWidgets import QApplication

    from ui.background import Background
    from ui.main_window import MainWindow
    from ui.preferences import Preferences
    from ui.screenshots import picture, settle
    from ui.theme import theme
    from ui.tokens import FONT_FAMILY

    app = QApplication.instance() or QApplication(["amends"])
    theme().apply("light", 1.0)
    desk = _desk(folder)
    background = Background()
    window = MainWindow(lambda: desk, Preferences(folder / "window.ini"), background, None)
    with _uncaught() as faults:
        window.show()
        window.start()
        opened = settle(
            lambda: window.workspace is not None and background.idle, timeout_ms=_WINDOW_MS
        )
    if faults:
        raise CheckFailed(f"the window raised {type(faults[0]).__name__}: {faults[0]}")
    if not opened:
        raise CheckFailed("the workspace did not open")
    if FONT_FAMILY not in QFontDatabase.families():
        raise CheckFailed(f"the font {FONT_FAMILY} is missing")
    image = picture(window).toImage()
    step = range(0, min(image.width(), image.height()), 9)
    colours = len({image.pixel(x, y) for x in step for y in step})
    window.close()
    app.processEvents()
    if colours < 8:
        raise CheckFailed("the window stays blank")
    return f"{image.width()} x {image.height()}, {colours} colours on a grid"


def _ocr() -> str:
    from desktop.adapters.form_reading import LateFormReader

    with as_file(files("resources") / "demo" / "paper_form.jpg") as form:
        readings = LateFormReader().read(form)
    values = [f for reading in readings for f in reading.fields.values() if f.value.strip()]
    if not values:
        raise CheckFailed("the bundled form was read as empty")
    return f"bundled form, {len(values)} fields read"
