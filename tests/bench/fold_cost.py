"""Measures the CPU time of one command on a long ticket: fold, then decide; prints p50 and p99.

Run it from the repository: python tests/bench/fold_cost.py [events] [runs]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).parents[2]))

from desktop.domain import commands, deadlines, facts, fold
from desktop.domain.operations.add_comment import AddComment
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.tick_check import TickCheck
from desktop.policy import load_policy
from tests.domain.history import SUPERVISOR, Pc, opening, voucher
from tests.domain.walking import walk_to


def long_ticket(events: int) -> Pc:
    """A complaint before its last step, with remarks, corrections and money up to `events`."""
    pc = Pc("A", load_policy())
    pc.act(opening())
    walk_to(pc, "callback")
    turn = 0
    while len(pc.known) < events:
        turn += 1
        match turn % 4:
            case 0:
                pc.act(AddComment(f"第 {turn} 次沟通"))
            case 1:
                pc.act(TickCheck("callback", "improve", turn % 8 == 1))
            case 2:
                pc.act(CorrectTicket({"sku": f"AX-{turn}"}))
            case _:
                pc.act(voucher(f"I-{turn}", "1.00"), SUPERVISOR)
    return pc


def measure(name: str, runs: int, work: Callable[[], object]) -> None:
    """Print the cost of one run of `work` in milliseconds."""
    times = []
    for _ in range(runs):
        begin = time.process_time()
        work()
        times.append((time.process_time() - begin) * 1000)
    print(f"{name:34} p50 {median(times):7.2f} ms   p99 {quantiles(times, n=100)[-1]:7.2f} ms")


def main(events: int = 200, runs: int = 300) -> None:
    """Measure the parts and the whole."""
    pc = long_ticket(events)
    stored, state, context = pc.events, pc.state, pc.context(SUPERVISOR)
    step = CompleteStep("callback")
    measure(f"fold of {len(stored)} events", runs, lambda: fold.fold(pc.stream, stored))
    measure("deadlines", runs, lambda: deadlines.of_ticket(state, context))
    measure("facts", runs, lambda: facts.of_ticket(state, context))
    measure("decide: comment", runs, lambda: commands.decide(state, AddComment("x"), context))
    measure(
        "decide: compensation", runs, lambda: commands.decide(state, voucher("N", "5.00"), context)
    )
    measure("decide: complete step", runs, lambda: commands.decide(state, step, context))
    measure(
        "fold and decide: complete step",
        runs,
        lambda: commands.decide(fold.fold(pc.stream, stored), step, context),
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
