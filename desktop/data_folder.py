"""What is done with a data folder while no desk is open on it: proved, asked for its keys."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from desktop.adapters.courier import bundle_keys
from desktop.bootstrap import is_by_hq, make_form_keys, open_existing_data
from desktop.policy.loading import load_policy
from desktop.services.policy_book import PolicyBook
from desktop.storage.ids import RandomIds, SystemClock
from desktop.storage.proof import VerificationReport


def verify_data(folder: Path) -> VerificationReport:
    """Check everything stored in `folder`; raises StorageFault when it cannot be opened."""
    with closing(open_existing_data(folder)) as data:
        return data.verify(is_by_hq)


def form_keys(folder: Path) -> dict[str, bytes]:
    """Return the public keys by which sheets of the store whose data is in `folder` are known."""
    with closing(open_existing_data(folder)) as data:
        return make_form_keys(data, PolicyBook(load_policy()), SystemClock(), RandomIds()).known()


def courier_keys(folder: Path) -> dict[str, bytes]:
    """Return the public keys that the PC whose data is in `folder` vouches for (`bundle_keys`)."""
    with closing(open_existing_data(folder)) as data:
        return bundle_keys(data.sync)


def multiply_facts(folder: Path, count: int, say: Callable[[int], object]) -> None:
    """Add `count` copies of the facts there to the counters alone, for measuring their size."""
    from desktop.benches.report_facts import multiply

    with closing(open_existing_data(folder)) as data:
        multiply(data, count, say)


def alter_one_byte(folder: Path) -> tuple[str, int]:
    """Alter one byte of a stored event, as `amends demo` does to a copy; return which event."""
    from desktop.storage.tampering import alter_middle_event

    with closing(open_existing_data(folder)) as data:
        return alter_middle_event(data.database)
