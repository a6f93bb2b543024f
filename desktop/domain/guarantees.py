"""The three guarantees (三包) of a kind of goods: return, exchange, repair, from receipt on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from desktop.domain.policy import LocalText

#: The row of durable goods that have none of their own.
GENERAL: Final = "general"


@dataclass(frozen=True, slots=True)
class Guarantee:
    """A row of the pack: days and months count from receipt, that day not included.

    Confidence A, B or C as law cards have it; C must be verified before it is printed.
    """

    id: str
    title: LocalText
    return_days: int
    exchange_days: int
    warranty_months: int
    confidence: Literal["A", "B", "C"]
    as_of: date


def row_for(rows: Sequence[Guarantee], group: str, category: str) -> Guarantee | None:
    """Return the row of a kind of goods, the general one for durable goods without a row."""
    known: Mapping[str, Guarantee] = {row.id: row for row in rows}
    if group:
        return known.get(group)
    return known.get(GENERAL) if category == "durable" else None
