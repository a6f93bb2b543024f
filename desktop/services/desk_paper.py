"""Paper forms on the desk: what the review is told, the engine's care, the watched scan folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from desktop.domain.forms import FormReading
from desktop.services.form_checks import FieldCheck, Snapped
from desktop.services.ticket_ports import TicketRow
from desktop.services.use_cases import UseCases

SCAN_FOLDER: Final = "paper.scan_folder"


class _Desk(Protocol):
    """What these methods need of the desk."""

    use_cases: UseCases


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as read, the names it was nearly read as, and the complaint it became before."""

    reading: FormReading
    snapped: Mapping[str, Snapped]
    known: TicketRow | None


class PaperDesk:
    """The part of the desk that helps with paper forms."""

    def read_pages(
        self: _Desk,
        path: Path,
        progress: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> Sequence[FormReading]:
        """Read every page of a file, telling the pages done; stops between pages when asked."""
        return self.use_cases.paper.read(path, progress, cancelled)

    def judge_page(self: _Desk, reading: FormReading) -> ReadPage:
        """Return what is known here about a page that was read."""
        paper = self.use_cases.paper
        values = {key: field.value for key, field in reading.fields.items()}
        return ReadPage(paper.weighed(reading), paper.snapped(values), paper.known_serial(reading))

    def check_form(self: _Desk, values: Mapping[str, str]) -> Sequence[FieldCheck]:
        """Return what is to be said of values (一致 / 不一致 / 无法核对, IN-04)."""
        return self.use_cases.paper.check(values)

    def warm_reader(self: _Desk) -> None:
        """Load the OCR engine before the first page needs it; a fault shows with that page."""
        self.use_cases.paper.reader.warm()

    def rest_reader(self: _Desk) -> None:
        """Give the OCR engine's memory back."""
        self.use_cases.paper.reader.release()

    def scan_folder(self: _Desk) -> Path | None:
        """Return the folder that scanners write to and the Paper screen watches."""
        kept = self.use_cases.settings.get(SCAN_FOLDER)
        return Path(kept) if kept else None

    def set_scan_folder(self: _Desk, folder: Path | None) -> None:
        """Watch another folder, None for none."""
        self.use_cases.settings.set(SCAN_FOLDER, str(folder) if folder else "")
