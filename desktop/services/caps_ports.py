"""What the rolling caps read of the journal: who proposed where, and reports still owed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class Proposals(Protocol):
    """Finds complaints by the compensations that a person proposed; quick at any size of store."""

    def streams_of(self, person: str, since: datetime) -> Sequence[str]:
        """Return the complaints on which `person` proposed a compensation since that moment."""
        ...

    def unreported(self, person: str, since: datetime, until: datetime) -> Sequence[str]:
        """Return those on which `person` was granted one in [since, until) and no report is filed.

        Only compensations granted at once count: those ask for a written report (CO-02).
        """
        ...
