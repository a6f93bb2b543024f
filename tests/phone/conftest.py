"""A real HQ, a store's PC and an approver's PC, enrolled and with envelopes on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.phone.phone_kit import World
from tests.sync.conftest import ServedHq, database_url, engine, postgres, rates, served

__all__ = ["database_url", "engine", "postgres", "rates", "served"]


@pytest.fixture
def world(served: ServedHq, tmp_path: Path) -> Iterator[World]:
    """The store S0217 with the supervisor 王敏, the approver 罗薇 with five envelopes for it."""
    made = World(served, tmp_path)
    yield made
    made.close()
