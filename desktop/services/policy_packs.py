"""Take policy packs of headquarters into use (政策包): what is in force, and why one is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from desktop.domain.outcomes import Refusal
from desktop.domain.policy import Policy
from desktop.services.identity import Identity
from desktop.services.policy_book import PolicyBook
from desktop.services.ports import Clock

PackProblem = Literal[
    "no_key", "no_pack", "unsigned", "altered", "faulty", "older", "same_version", "expired"
]


@dataclass(frozen=True, slots=True)
class PackRefusal:
    """Why a pack is not taken, and in the words of who checked it."""

    reason: PackProblem
    detail: str


@dataclass(frozen=True, slots=True)
class PacksHeld:
    """The packs of this PC: the one in force, all by version, those that take effect later.

    `expired` says that the one in force has passed its last day: it goes on, with a banner.
    `refused` names kept archives that no longer pass their check.
    """

    current: Policy
    by_version: Mapping[str, Policy]
    expired: bool = False
    upcoming: tuple[Policy, ...] = ()
    refused: Mapping[str, PackRefusal] = field(default_factory=dict)


class PackShelf(Protocol):
    """Where packs are kept and checked: signed by this store's headquarters, unaltered, newer."""

    def open(self, today: date) -> PacksHeld:
        """Check every kept pack again. Raises OSError when one cannot be read."""
        ...

    def install(self, archive: bytes, today: date) -> Policy | PackRefusal:
        """Keep a pack if it may be installed. Raises OSError when it cannot be saved."""
        ...


class PolicyPacks:
    """Keeps the book of policies as the shelf has it; tickets stay with their version (FL-07)."""

    def __init__(
        self, shelf: PackShelf, book: PolicyBook, clock: Clock, identity: Identity
    ) -> None:
        self._shelf = shelf
        self._book = book
        self._clock = clock
        self._identity = identity
        self._day = self._today()
        self._held = self._open()

    def install(self, archive: bytes) -> Policy | Refusal:
        """Take a signed pack into use, from the day on which it takes effect.

        Refused with the reason when it is unsigned, altered, older, expired or faulty. Raises
        OSError when it cannot be saved; what was in force stays so.
        """
        done = self._shelf.install(archive, self._today())
        if isinstance(done, PackRefusal):
            return _refusal(done)
        self._held = self._open()
        return done

    def refresh(self) -> bool:
        """Look again when the day has changed: a pack may take effect or expire at midnight.

        Returns whether another pack is in force now.
        """
        today = self._today()
        if today == self._day:
            return False
        self._day, before = today, self._held.current.version
        self._held = self._open()
        return self._held.current.version != before

    def held(self) -> PacksHeld:
        """Return the packs of this PC."""
        return self._held

    @property
    def expired_on(self) -> date | None:
        """The last day of the pack in force when it has passed: then a banner is shown."""
        return self._held.current.expires if self._held.expired else None

    def _open(self) -> PacksHeld:
        held = self._shelf.open(self._day)
        self._book.renew(held.current, held.by_version)
        return held

    def _today(self) -> date:
        return self._clock.now().astimezone(ZoneInfo(self._identity.current().timezone)).date()


def _refusal(refused: PackRefusal) -> Refusal:
    detail = refused.detail
    match refused.reason:
        case "no_key":
            return Refusal("pack_no_key")
        case "no_pack":
            return Refusal("pack_no_pack", {"detail": detail})
        case "unsigned":
            return Refusal("pack_unsigned", {"detail": detail})
        case "altered":
            return Refusal("pack_altered", {"detail": detail})
        case "older":
            return Refusal("pack_older", {"detail": detail})
        case "same_version":
            return Refusal("pack_same_version", {"detail": detail})
        case "expired":
            return Refusal("pack_expired", {"detail": detail})
    return Refusal("pack_faulty", {"detail": detail})
