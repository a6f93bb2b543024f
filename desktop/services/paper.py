"""Paper in (纸质单): read a form, let a person confirm it, open the complaint with its picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from desktop.domain.forms import DIGIT_KEYS, LONG_KEYS, FormReading
from desktop.domain.outcomes import Actor
from desktop.services.customers import Customers
from desktop.services.form_checks import FieldCheck, Snapped, check_form, snap
from desktop.services.form_evidence import weighed
from desktop.services.identity import Identity
from desktop.services.intake import Intake, IntakeOutcome, NewComplaint, NewEvidence, Opened
from desktop.services.paper_ports import CustomerBook, FieldClass, FieldOutcome, ReadingRecords
from desktop.services.ports import Clock, FormReader
from desktop.services.ticket_ports import TicketQueries, TicketRow

#: Where a form's field goes on the ticket; the store's name is checked, not taken over.
TICKET_FIELD: Final[Mapping[str, str]] = {
    "customer_name": "customer_name",
    "phone": "phone",
    "member_no": "member_no",
    "complaint_date": "complaint_date",
    "product": "product",
    "receipt_no": "receipt_no",
    "amount": "amount",
    "description": "verbatim",
    "expected_resolution": "expectation",
    "received_by": "received_by",
}
MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".pdf": "application/pdf",
}


class PageReader(FormReader, Protocol):
    """A reader whose engine can be loaded early and given back, and which copies a page small."""

    def warm(self) -> None:
        """Load the engine, so that the first page does not wait for it."""
        ...

    def release(self) -> None:
        """Give the engine's memory back; the next page loads it again."""
        ...

    def small_copy(self, path: Path, page: int) -> bytes | None:
        """Return the page as a smaller JPEG for sync; None when the file is small already."""
        ...


@dataclass(frozen=True, slots=True)
class ConfirmedForm:
    """What a person confirmed of a reading: values by form field, ticks, what no form carries."""

    path: Path
    reading: FormReading
    values: Mapping[str, str]
    emotion: int
    arrived_at: datetime | None = None
    ticks: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Paper:
    """Reads forms, checks what they say and opens complaints from them."""

    def __init__(
        self,
        reader: PageReader,
        intake: Intake,
        queries: TicketQueries,
        book: CustomerBook,
        records: ReadingRecords,
        clock: Clock,
        identity: Identity,
    ) -> None:
        self.reader = reader
        self.records = records
        self.customers = Customers(book, clock)
        self._intake = intake
        self._queries = queries
        self._book = book
        self._clock = clock
        self._identity = identity

    def read(
        self,
        path: Path,
        progress: Callable[[int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Sequence[FormReading]:
        """Return one reading a page; unreadable input is a reading with an error."""
        return self.reader.read(path, progress, cancelled)

    def picture(self, path: Path, page: int) -> bytes:
        """Return the page as a PNG or JPEG for the screen, in the pixels of the boxes."""
        return self.reader.picture(path, page)

    def check(self, values: Mapping[str, str]) -> tuple[FieldCheck, ...]:
        """Return what is to be said of values, with the reason (IN-04)."""
        return check_form(values, self._book, self._today())

    def weighed(self, reading: FormReading) -> FormReading:
        """Return a reading with `certain` as what is known here bears it out (IN-04)."""
        return weighed(reading, self._book, self._names(), self._today())

    def snapped(self, values: Mapping[str, str]) -> Mapping[str, Snapped]:
        """Return store and product where the reading is nearly a known name."""
        found = {key: snap(values.get(key, ""), known) for key, known in self._names().items()}
        return {key: one for key, one in found.items() if one is not None}

    def _names(self) -> Mapping[str, Sequence[str]]:
        stores = dict.fromkeys((self._identity.current().name, *self._book.stores()))
        return {"store": tuple(stores), "product": self._book.products()}

    def _today(self) -> date:
        zone = ZoneInfo(self._identity.current().timezone)
        return self._clock.now().astimezone(zone).date()

    def known_serial(self, reading: FormReading) -> TicketRow | None:
        """Return the complaint that this sheet became before."""
        return self._queries.by_form_serial(reading.serial) if reading.serial else None

    def open(self, form: ConfirmedForm, actor: Actor) -> IntakeOutcome:
        """Open the complaint; the form's file is kept as evidence, as it was scanned.

        What the review changed is kept as a measure of the reader, without the values.
        """
        fields: dict[str, str | int | bool] = {
            TICKET_FIELD[key]: value
            for key, value in form.values.items()
            if key in TICKET_FIELD and value.strip()
        }
        ticked = _ticked(form.ticks)
        if ticked and fields.get("verbatim"):
            fields["verbatim"] = f"{fields['verbatim']}\n{ticked}"
        fields["emotion"] = form.emotion
        outcome = self._intake.open(
            NewComplaint(
                channel="paper",
                fields=fields,
                form_serial=form.reading.serial,
                arrived_at=form.arrived_at,
                evidence=self._evidence(form),
            ),
            actor,
        )
        if isinstance(outcome, Opened):
            self.records.add(outcomes_of(form), self._clock.now())
        return outcome

    def _evidence(self, form: ConfirmedForm) -> tuple[NewEvidence, ...]:
        """Return the file as it was scanned, and a smaller copy to send where that is large."""
        content = form.path.read_bytes()
        media_type = MEDIA_TYPES.get(form.path.suffix.lower(), "application/octet-stream")
        small = self.reader.small_copy(form.path, form.reading.page)
        if small is None:
            return (NewEvidence(content, media_type, "form", form.path.name),)
        return (
            NewEvidence(small, "image/jpeg", "form", f"{form.path.stem}-{form.reading.page}.jpg"),
            NewEvidence(content, media_type, "form_original", form.path.name, local=True),
        )


def _ticked(ticks: Mapping[str, Sequence[str]]) -> str:
    """Return what the customer ticked as a line of their own words."""
    parts = [f"{group}：{'、'.join(options)}" for group, options in ticks.items() if options]
    return f"【{'；'.join(parts)}】" if parts else ""


def class_of(key: str) -> FieldClass:
    """Return how a field is counted."""
    return "digits" if key in DIGIT_KEYS else "long" if key in LONG_KEYS else "short"


def outcomes_of(form: ConfirmedForm) -> tuple[FieldOutcome, ...]:
    """Return how each field was read, judged by what a person confirmed.

    Punctuation, spaces and letter case do not count. Fields that are neither read nor written
    say nothing about the reader.
    """
    from rapidfuzz.distance import Levenshtein

    found = []
    for key in TICKET_FIELD:
        read = form.reading.fields.get(key)
        was = _bare(read.value if read else "")
        final = _bare(form.values.get(key, ""))
        if not was and not final:
            continue
        found.append(
            FieldOutcome(
                key=key,
                ours=form.reading.form is not None,
                certain=bool(read and read.certain),
                weakest=read.weakest if read else 0.0,
                right=was == final,
                edits=Levenshtein.distance(was, final),
                length=len(final),
            )
        )
    return tuple(found)


def _bare(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())
