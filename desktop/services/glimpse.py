"""What the login page shows of a store's data, read before the program behind it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.services.ports import Person


@dataclass(frozen=True, slots=True)
class Glimpse:
    """Everybody who works here, by login, and the settings that were asked for."""

    people: tuple[Person, ...]
    settings: Mapping[str, str]
