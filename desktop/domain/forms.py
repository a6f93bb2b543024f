"""What was read from a filled-in paper complaint form (纸质投诉单): fields, ticks, and how sure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

FIELD_KEYS: Final[tuple[str, ...]] = (
    "customer_name",
    "phone",
    "member_no",
    "complaint_date",
    "store",
    "product",
    "receipt_no",
    "amount",
    "description",
    "expected_resolution",
    "received_by",
)
"""Every field a form can carry, in the order in which people review them (IN-04)."""

DIGIT_KEYS: Final[frozenset[str]] = frozenset(
    {"phone", "member_no", "complaint_date", "receipt_no", "amount"}
)
"""Fields whose value is a number, a date or an amount."""

LONG_KEYS: Final[frozenset[str]] = frozenset({"description", "expected_resolution"})
"""Fields of free text that may run over several lines."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the file as given: before EXIF rotation, before rectification."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One field: its normalised value, 0..1 confidence, whether it may be confirmed unseen.

    `weakest` is the least confidence of any character where independent readings agree on a
    valid value, else 0: what `certain` is decided by and calibrated on.
    """

    value: str
    confidence: float
    certain: bool
    box: Box
    weakest: float = 0.0


Seal: TypeAlias = Literal["verified", "forged", "unknown"]
"""Whether the code on a sheet of ours is signed by this store, by another hand, or by a key
that is not known here."""


@dataclass(frozen=True, slots=True)
class ReadingError:
    """Why a page could not be read: a stable code and a sentence that says what to do."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class FormReading:
    """All that was read from one page (1-based); with an `error` there are no fields (IN-04).

    `seal` is None where the page carries no code of ours. `options` names every option of a
    group, ticked or not.
    """

    file: str
    page: int
    form: str | None = None
    serial: str | None = None
    fields: Mapping[str, FieldReading] = field(default_factory=dict)
    ticks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    seconds: float = 0.0
    error: ReadingError | None = None
    seal: Seal | None = None
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Return the object that `amends read-form --json` prints for this page."""
        return {
            "file": self.file,
            "page": self.page,
            "form": self.form,
            "serial": self.serial,
            "fields": {key: _field_json(reading) for key, reading in self.fields.items()},
            "ticks": {group: list(options) for group, options in self.ticks.items()},
            "seconds": round(self.seconds, 3),
            "error": None
            if self.error is None
            else {"code": self.error.code, "message": self.error.message},
        }


def _field_json(reading: FieldReading) -> dict[str, object]:
    box = reading.box
    return {
        "value": reading.value,
        "confidence": round(reading.confidence, 4),
        "certain": reading.certain,
        "box": [box.x, box.y, box.w, box.h],
    }
