"""What a check of the stored data found, in the shape of `amends verify --json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktop.journal.chain import Fault
from desktop.storage.event_rows import Head


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """What a check found: how much was checked, what is absent for a reason, what is wrong.

    `faults` holds the first bad event of each chain, this installation's own chain first.
    """

    events: int
    chains: Mapping[str, Head]
    receipts: int
    attachments: int
    erased: int
    not_arrived: int
    attachments_not_arrived: int
    faults: tuple[Fault, ...]

    @property
    def first_bad(self) -> Fault | None:
        """The fault to name first, None when all is well."""
        return self.faults[0] if self.faults else None

    def to_json(self) -> dict[str, Any]:
        """Return the object that `amends verify --json` prints."""
        return {
            "ok": not self.faults,
            "events": self.events,
            "chains": {
                of: {"seq": head.seq, "head": head.hash.hex()} for of, head in self.chains.items()
            },
            "receipts": self.receipts,
            "attachments": self.attachments,
            "erased": self.erased,
            "not_arrived": self.not_arrived,
            "attachments_not_arrived": self.attachments_not_arrived,
            "first_bad": _fault_json(self.faults[0]) if self.faults else None,
            "faults": [_fault_json(fault) for fault in self.faults],
        }


def _fault_json(fault: Fault) -> dict[str, object]:
    return {
        "chain": fault.chain,
        "seq": fault.seq,
        "what": fault.what,
        "detail": fault.detail,
    }
