"""Where this program keeps its data unless told otherwise."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path


def default_data() -> Path:
    """Return where the platform expects this program's data."""
    return user_data_path("amends", appauthor=False) / "store"
