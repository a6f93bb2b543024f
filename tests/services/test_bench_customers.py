"""The measurement of the import of customers measures a real one."""

from __future__ import annotations

import json

from click.testing import CliRunner

from desktop.commands.bench_customers import bench_customers


def test_everything_made_up_is_read_in_and_found_again() -> None:
    done = CliRunner().invoke(bench_customers, ["--rows", "3000", "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert (found["members"], found["orders"]) == (3000, 3000)
    assert found["peak_memory_mb"] >= found["memory_before_mb"] > 0
    assert found["card_by_phone_ms"]["p99"] >= found["card_by_phone_ms"]["p50"] > 0
