"""What HQ orders through the feed and a store carries out: policy packs.

An order is an event on HQ's chain. It is carried out after the exchange that brought it, again and
again without harm, and one that was refused is told by its reason and blocks nothing else.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

#: The event that brings a signed policy pack; the archive is the value `archive` in base 64.
POLICY_PUBLISHED: Final = "policy.published"


@dataclass(frozen=True, slots=True)
class PackOutcome:
    """What became of a pack; `refused` is empty when it was installed, else the reason."""

    version: str
    refused: str
    detail: str


class SentPacks(Protocol):
    """Packs that came down in the feed."""

    def sent(self) -> tuple[tuple[str, str], ...]:
        """Return (version, archive in base 64) in the order in which they came."""
        ...


Install = Callable[[bytes], tuple[str, str]]
"""Takes an archive; returns ("", version) when it was installed, else (reason, detail)."""


class PolicyOrders:
    """Installs packs that came from HQ, each of them once."""

    def __init__(self, packs: SentPacks, installed: Callable[[], set[str]], put: Install) -> None:
        self._packs = packs
        self._installed = installed
        self._put = put
        self._refused: set[str] = set()

    def carry_out(self) -> tuple[PackOutcome, ...]:
        """Install what is new; return what became of each pack that was tried."""
        known = self._installed()
        outcomes = []
        for version, text in self._packs.sent():
            if version in known or version in self._refused:
                continue
            outcome = self._one(version, text)
            if outcome.refused:
                self._refused.add(version)
            outcomes.append(outcome)
        return tuple(outcomes)

    def _one(self, version: str, text: str) -> PackOutcome:
        try:
            archive = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return PackOutcome(version, "no_pack", "the pack did not arrive as it was sent")
        reason, detail = self._put(archive)
        return PackOutcome(version, reason, detail)
