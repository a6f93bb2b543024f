"""What HQ orders through the feed and a store carries out: policy packs (FL-07), accounts, recalls.

An order is an event on HQ's chain. It is carried out after an exchange, again and again without
harm; one that is refused is told by its reason and blocks nothing.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from desktop.domain.outcomes import Refusal
from desktop.services.envelope_orders import EnvelopeOrders
from desktop.services.person_orders import PersonOrders
from desktop.services.policy_packs import PolicyPacks
from desktop.services.telling_hq import StoreNews

#: The event that brings a signed policy pack; the archive is the value `archive` in base 64.
POLICY_PUBLISHED: Final = "policy.published"
#: Its stream is this and the store's id.
POLICY_STREAM: Final = "policy-"


@dataclass(frozen=True, slots=True)
class SentPack:
    """Where a pack that came down is kept: its version as told, chain and seq."""

    version: str
    chain: str
    seq: int


class SentPacks(Protocol):
    """Packs that came down in the feed."""

    def sent(self) -> Sequence[SentPack]:
        """Return every pack that came, without its archive."""
        ...

    def archive(self, pack: SentPack) -> str:
        """Return a pack's archive in base 64, "" when it has not arrived."""
        ...


@dataclass(frozen=True, slots=True)
class PackOutcome:
    """What became of a pack; without a refusal it was installed."""

    version: str
    refusal: Refusal | None = None


class PolicyOrders:
    """Installs packs that came from HQ, each of them once."""

    def __init__(self, sent: SentPacks, packs: PolicyPacks) -> None:
        self._sent = sent
        self._packs = packs
        self._refused: set[SentPack] = set()

    def carry_out(self) -> tuple[PackOutcome, ...]:
        """Install what is new; return what became of each pack that was tried.

        Raises OSError when a pack cannot be saved; it is tried again the next time.
        """
        outcomes = []
        for pack in self._sent.sent():
            if pack in self._refused or pack.version in self._packs.held().by_version:
                continue
            outcome = PackOutcome(pack.version, self._one(pack))
            if outcome.refusal is not None:
                self._refused.add(pack)
            outcomes.append(outcome)
        return tuple(outcomes)

    def _one(self, pack: SentPack) -> Refusal | None:
        try:
            archive = base64.b64decode(self._sent.archive(pack), validate=True)
        except (binascii.Error, ValueError):
            return Refusal("pack_no_pack", {"detail": "it did not arrive as it was sent"})
        done = self._packs.install(archive)
        return done if isinstance(done, Refusal) else None


@dataclass(frozen=True, slots=True)
class Orders:
    """Everything that HQ may order."""

    policy: PolicyOrders
    people: PersonOrders
    envelopes: EnvelopeOrders
    news: StoreNews

    def carry_out(self) -> None:
        """Carry out what came, and write what HQ is to know of it.

        Raises OSError when a pack cannot be saved.
        """
        self.envelopes.carry_out()
        self.people.carry_out()
        tried = self.policy.carry_out()
        self.news.tell({o.version: o.refusal.code if o.refusal else "" for o in tried})
