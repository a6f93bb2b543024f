"""Which store and device this is (门店), kept in the settings of this PC."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from desktop.domain.outcomes import Refusal
from desktop.domain.papers import StoreIdentity
from desktop.services.exchange_ports import Enrolment
from desktop.services.ports import Settings

DEFAULT_TIMEZONE: Final = "Asia/Shanghai"
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DEFAULT_HOURS: Final[Mapping[str, tuple[str, str]]] = dict.fromkeys(_DAYS, ("09:00", "21:00"))
_STORE_CODE: Final = re.compile(r"[A-Z][A-Z0-9]{1,7}")


class Identity:
    """Reads and changes what the settings say of this store; kept in memory between."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._current = self._read()

    def current(self) -> StoreIdentity:
        """Return the store as it is set now; before it is set the code is S0000."""
        return self._current

    @property
    def is_set(self) -> bool:
        """Whether somebody said which store this is."""
        return bool(self._settings.get("store.code"))

    def set(self, code: str, name: str, phone: str, device: str = "A") -> Refusal | None:
        """Say which store this is; its code goes into every number from now on."""
        code, name = code.strip().upper(), name.strip()
        if not _STORE_CODE.fullmatch(code):
            return Refusal("store_code_form", {"code": code})
        if not name:
            return Refusal("name_missing")
        for key, value in {"code": code, "name": name, "phone": phone, "device": device}.items():
            self._settings.set(f"store.{key}", value)
        self._current = self._read()
        return None

    def adopt(self, enrolment: Enrolment) -> None:
        """Take over what HQ says this PC is: its store, the name, the letter of its numbers.

        Numbers given out before stay as they are; from now on no two PCs of the store give the
        same one.
        """
        self._settings.set("store.code", enrolment.store)
        if enrolment.store_name:
            self._settings.set("store.name", enrolment.store_name)
        self._settings.set("store.device", enrolment.letter)
        self._current = self._read()

    def set_hours(self, hours: Mapping[str, tuple[str, str]]) -> None:
        """Keep the opening hours by weekday (mon … sun); absent days are shut (R5)."""
        self._settings.set("store.hours", json.dumps({d: list(span) for d, span in hours.items()}))
        self._current = self._read()

    def _read(self) -> StoreIdentity:
        stored = self._settings.get("store.hours")
        spans = json.loads(stored) if stored else DEFAULT_HOURS
        return StoreIdentity(
            store=self._settings.get("store.code", "S0000"),
            name=self._settings.get("store.name"),
            device=self._settings.get("store.device", "A"),
            phone=self._settings.get("store.phone"),
            timezone=DEFAULT_TIMEZONE,
            hours={day: (span[0], span[1]) for day, span in spans.items()},
        )
