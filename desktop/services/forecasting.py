"""Seasonal forecasts by MSTL and exponential smoothing of the library augurs (AN-10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

#: Complaints follow the weekdays.
_SEASON: Final = 7


def mstl(days: Sequence[float], ahead: int) -> Sequence[float]:
    """Return what the days ahead are expected to bring; at least two weeks must be known.

    The series is taken apart into weekday pattern, trend and rest (MSTL); the trend goes on by
    exponential smoothing, whose kind is chosen by the corrected information criterion.
    """
    # Imported at the first forecast: a start of the program does not wait for it.
    import augurs
    import numpy

    model = augurs.MSTL.ets([_SEASON])
    model.fit(numpy.asarray(days, dtype=numpy.float64))
    return [float(value) for value in model.predict(ahead, None).point()]
