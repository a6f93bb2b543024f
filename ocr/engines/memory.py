"""Gives memory that a reader no longer uses back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys


def give_back() -> None:
    """Return freed memory to the system; without this most of it stays with the process.

    The C library keeps what onnxruntime and OpenCV freed for their next call.
    """
    gc.collect()
    try:
        if sys.platform == "win32":
            ctypes.cdll.msvcrt._heapmin()
        elif sys.platform == "darwin":
            ctypes.CDLL(None).malloc_zone_pressure_relief(None, 0)
        else:
            ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError):
        # Another C library (musl) has no such call and keeps little.
        return
