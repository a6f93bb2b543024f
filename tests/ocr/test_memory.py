"""Models that are not used take no memory: what reading took falls when the reader rests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_READ_AND_REST = """
from pathlib import Path
from desktop.adapters.form_reading import LateFormReader


def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) // 1024


reader = LateFormReader()
page = Path("resources/demo/our_form.jpg")
for _ in range(2):
    assert reader.read(page)[0].error is None
    used = resident()
    reader.release()
    print(used, resident())
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_memory_falls_when_the_reader_rests_and_it_reads_again_afterwards() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _READ_AND_REST],
        capture_output=True,
        text=True,
        timeout=800,
        check=True,
        cwd=_ROOT,
    )

    for line in done.stdout.splitlines():
        used, left = (int(number) for number in line.split())
        assert used - left > 60, f"{used} MB fell to {left} MB"
        assert left < 200, f"{left} MB stay"
