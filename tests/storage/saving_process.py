"""Forks savers on demand: each saves complaints as fast as it can, saying each, until killed.

Reads `start RUN` (answers `pid PID`) and `wait PID` (answers `dead PID`) from standard input.
"""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

from desktop.domain.operations.add_comment import AddComment
from desktop.domain.policy import Policy
from desktop.policy import load_policy
from desktop.storage.installation import normal_phone
from desktop.storage.search import index_initials
from tests.storage.store_kit import Shop

#: Seconds between two saves: SQLite's lock is not handed out in turn, so a process that
#: never lets go of it would keep the others out for ever. No person saves like that.
BREATH = 0.002


#: What a saver says when it ends by itself; it should only ever be killed.
FAILED = "failed"


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def save_for_ever(folder: Path, policy: Policy, run: str) -> None:
    shop = Shop(folder, policy)
    for number in range(100_000):
        stream = f"r{run}-{number}"
        shop.now += timedelta(milliseconds=10)
        shop.complain(stream)
        shop.act(stream, AddComment(f"第{number}次"))
        say(stream)
        time.sleep(BREATH)


def serve(folder: Path) -> None:
    policy = load_policy()
    # Loaded here once, so that savers save at once.
    normal_phone("13812345678")
    index_initials(["张伟"])
    for line in sys.stdin:
        word, argument = line.split()
        if word == "wait":
            os.waitpid(int(argument), 0)
            say(f"dead {argument}")
        elif pid := os.fork():
            say(f"pid {pid}")
        else:
            try:
                save_for_ever(folder, policy, argument)
            finally:
                say(f"{FAILED} {argument}")


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
