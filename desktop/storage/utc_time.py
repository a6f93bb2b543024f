"""Aware times as whole milliseconds since 1970, as the columns of a store keep them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Integer,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Return whole milliseconds since 1970 of an aware time."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """Return the aware time of whole milliseconds since 1970; raises OverflowError."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


class UtcTime(TypeDecorator[datetime]):
    """An aware time kept as whole milliseconds since 1970 UTC, so that order is cheap."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        """Store milliseconds."""
        return None if value is None else to_ms(value)

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> datetime | None:
        """Return an aware UTC time."""
        return None if value is None else from_ms(value)
