"""The policy packs that HQ goes by: the built-in one and those published here."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from desktop.domain.policy import Policy
from desktop.policy.installing import version_order
from desktop.policy.loading import compile_content
from sync.hq.models import policy_pack

_TIMEZONE: Final = ZoneInfo("Asia/Shanghai")


class HqPolicies:
    """Implements the port `Policies`; what another process published is seen at once."""

    def __init__(self, engine: Engine, built_in: Policy, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now
        self._built_in = built_in
        self._compiled: dict[str, Policy] = {built_in.version: built_in}

    def current(self) -> Policy:
        """Return the pack in force today."""
        today = self._now().astimezone(_TIMEZONE).date()
        known = self._known()
        return next((p for p in known if p.effective <= today), self._built_in)

    def newest(self) -> Policy:
        """Return the newest pack, in force or to come."""
        return self._known()[0]

    def of(self, version: str) -> Policy:
        """Return the pack that a ticket started with; the one in force when it is unknown."""
        if version not in self._compiled:
            self._known()
        return self._compiled.get(version) or self.current()

    def _known(self) -> list[Policy]:
        """Return every pack, the newest first."""
        with self._engine.connect() as connection:
            out = policy_pack.c.published_at.is_not(None)
            versions = set(connection.execute(select(policy_pack.c.version).where(out)).scalars())
            for version in versions - self._compiled.keys():
                row = connection.execute(
                    select(policy_pack).where(out, policy_pack.c.version == version)
                ).one()
                policy, _ = compile_content(json.loads(row.content), row.digest)
                if policy is not None:
                    self._compiled[version] = policy
        found = [self._compiled[v] for v in versions if v in self._compiled]
        return sorted(
            {p.version: p for p in (self._built_in, *found)}.values(),
            key=lambda p: version_order(p.version),
            reverse=True,
        )
