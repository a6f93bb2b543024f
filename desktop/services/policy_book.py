"""The policy packs that this PC trusts, by version."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.domain.policy import Policy


class PolicyBook:
    """Implements the port `Policies`: new tickets take the current pack, old ones keep theirs."""

    def __init__(self, current: Policy, earlier: Mapping[str, Policy] | None = None) -> None:
        self._current = current
        self._by_version = {**(earlier or {}), current.version: current}

    def renew(self, current: Policy, by_version: Mapping[str, Policy]) -> None:
        """Take another pack into force; those known already stay for their tickets."""
        self._current = current
        self._by_version = {**self._by_version, **by_version, current.version: current}

    def current(self) -> Policy:
        """Return the pack in force for new tickets."""
        return self._current

    def of(self, version: str) -> Policy:
        """Return the pack that a ticket started with; the one in force when it is unknown."""
        return self._by_version.get(version, self._current)
