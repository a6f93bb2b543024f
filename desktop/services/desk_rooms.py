"""Knowledge and the customer's card on the desk, as the person logged in may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from desktop.domain.outcomes import Actor
from desktop.services import knowledge
from desktop.services.customer_card import CustomerCard
from desktop.services.knowledge import Freshness, Hit, Kind, KnowledgeItem
from desktop.services.knowledge_history import Edition, editions
from desktop.services.use_cases import UseCases
from desktop.texts import Lang


class _Desk(Protocol):
    """What these methods need of the desk."""

    use_cases: UseCases

    def actor(self) -> Actor: ...


def _today(use_cases: UseCases) -> date:
    zone = ZoneInfo(use_cases.identity.current().timezone)
    return use_cases.clock.now().astimezone(zone).date()


class RoomsDesk:
    """The part of the desk that looks things up."""

    def find_knowledge(
        self: _Desk, asked: str, lang: Lang, kinds: Sequence[Kind] = (), limit: int = 60
    ) -> tuple[Hit, ...]:
        """Return what the pack in force knows about `asked`, the best first (KB-01, KB-05)."""
        book = knowledge.book_of(self.use_cases.policies.current())
        role, today = self.actor().role, _today(self.use_cases)
        return book.search(asked, lang, role, today, kinds=kinds, limit=limit)

    def knowledge_item(self: _Desk, item: str) -> KnowledgeItem | None:
        """Return one thing to know by its id, None when the pack in force has it no more."""
        return knowledge.book_of(self.use_cases.policies.current()).item(item)

    def knowledge_history(self: _Desk, item: str) -> tuple[Edition, ...]:
        """Return the editions of one thing to know in the packs of this PC, the newest first."""
        held = self.use_cases.packs.held()
        packs = (*held.by_version.values(), held.current, *held.upcoming)
        return editions(item, packs, _today(self.use_cases))

    def customer_card(self: _Desk, typed: Mapping[str, str]) -> CustomerCard | None:
        """Return what is known of the customer of typed fields (IN-07, IN-09)."""
        return self.use_cases.customer_cards.find(typed)

    def knowledge_freshness(self: _Desk) -> Freshness:
        """Say how old the pack in force is today (KB-02)."""
        return knowledge.freshness(self.use_cases.policies.current(), _today(self.use_cases))
