"""Paper in (纸质单): read a form, let a person confirm it, open the complaint with its picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from desktop.domain.forms import FormReading
from desktop.domain.outcomes import Actor
from desktop.services.intake import Intake, IntakeOutcome, NewComplaint, NewEvidence
from desktop.services.ports import FormReader

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


@dataclass(frozen=True, slots=True)
class ConfirmedForm:
    """What a person confirmed of a reading: values by form field, and what no form carries."""

    path: Path
    reading: FormReading
    values: Mapping[str, str]
    emotion: int
    arrived_at: datetime | None = None


class Paper:
    """Reads forms and opens complaints from them."""

    def __init__(self, reader: FormReader, intake: Intake) -> None:
        self._reader = reader
        self._intake = intake

    def read(self, path: Path) -> Sequence[FormReading]:
        """Return one reading a page; unreadable input is a reading with an error."""
        return self._reader.read(path)

    def picture(self, path: Path, page: int) -> bytes:
        """Return the page as a PNG or JPEG for the screen, in the pixels of the boxes."""
        return self._reader.picture(path, page)

    def open(self, form: ConfirmedForm, actor: Actor) -> IntakeOutcome:
        """Open the complaint; the form's file is kept as evidence, as it was scanned."""
        fields: dict[str, str | int | bool] = {
            TICKET_FIELD[key]: value
            for key, value in form.values.items()
            if key in TICKET_FIELD and value.strip()
        }
        fields["emotion"] = form.emotion
        media_type = MEDIA_TYPES.get(form.path.suffix.lower(), "application/octet-stream")
        picture = NewEvidence(form.path.read_bytes(), media_type, "form", form.path.name)
        return self._intake.open(
            NewComplaint(
                channel="paper",
                fields=fields,
                form_serial=form.reading.serial,
                arrived_at=form.arrived_at,
                evidence=(picture,),
            ),
            actor,
        )
