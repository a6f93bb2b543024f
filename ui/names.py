"""What codes, levels, clocks and values are called on screen, from the policy and the catalogue."""

from __future__ import annotations

from desktop.domain.events import Absent
from desktop.domain.policy import LocalText, Policy
from desktop.services.ticket_ports import TicketRow
from desktop.texts import Texts
from ui.tokens import Tone

LEVEL_TONES: dict[int, Tone] = {1: "bad", 2: "warn", 3: "neutral", 4: "neutral"}


class Names:
    """Looks names up in one language."""

    def __init__(self, texts: Texts, policy: Policy) -> None:
        self._texts = texts
        self.use(policy)

    def use(self, policy: Policy) -> None:
        """Name by this pack from now on: a ticket keeps the one it began with (FL-07)."""
        self._policy = policy
        self._rules = {rule.id: rule for rule in policy.clocks}

    def local(self, text: LocalText | None) -> str:
        """Choose the language of a text of the pack."""
        return self._texts.choose(dict(text)) if text else ""

    def level(self, level: int) -> str:
        """Name a level shortly (一级)."""
        return self._texts.get(f"ui.level.{level}") if level in LEVEL_TONES else ""

    def code(self, code: str) -> str:
        """Name a complaint code with its words (PQ-07 维修后复现)."""
        known = self._policy.codes.get(code)
        return f"{code} {self.local(known.title)}" if known else code

    def clock(self, name: str) -> str:
        """Name a clock (首次响应)."""
        return self.local(self._policy.clock_titles.get(name)) or name

    def rule(self, rule: str) -> str:
        """Say what a clock's rule demands (VIP 顾客 1 小时内响应)."""
        known = self._rules.get(rule)
        if known:
            return self.local(known.title)
        # Times that a person typed have no row in the pack, only their requirement.
        key = f"ui.typed_rule.{rule}"
        return self._texts.get(key) if self._texts.has(key) else rule

    def node(self, node: str) -> str:
        """Name a node of the SOP."""
        key = f"ui.node.{node}"
        return self._texts.get(key) if self._texts.has(key) else node

    def role(self, role: str) -> str:
        """Name a role."""
        key = f"ui.role.{role}"
        return self._texts.get(key) if self._texts.has(key) else role

    def channel(self, channel: str) -> str:
        """Name a channel."""
        key = f"ui.channel.{channel}"
        return self._texts.get(key) if self._texts.has(key) else channel

    def value(self, value: object) -> str:
        """Write a field's value; erased and not yet arrived ones say so."""
        if isinstance(value, Absent):
            return self._texts.get("ui.erased" if value is Absent.ERASED else "ui.not_arrived")
        return "" if value is None else str(value)

    def customer(self, row: TicketRow) -> str:
        """Name the customer of a row, with VIP and the tail of the phone number."""
        parts = [row.customer_name or self._texts.get("ui.unnamed")]
        if row.tier == "vip":
            parts.append(self._texts.get("ui.tier.vip"))
        if row.phone_tail:
            parts.append(f"**{row.phone_tail}")
        return " · ".join(parts)
