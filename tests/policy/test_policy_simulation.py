"""What another pack would change on a store's real complaints; nothing is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from desktop.bootstrap import open_desk
from desktop.commands.policy import policy as command
from desktop.commands.policy_simulation import replay, table
from desktop.commands.seed import fill
from desktop.policy import load_policy

Edit = Callable[[str, str, str], int]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seeded store: 24 complaints of the last 20 days, made through the real use cases."""
    folder = tmp_path_factory.mktemp("simulated") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AMENDS_KEYRING", "off")
        fill(folder, "S0217", "无锡滨湖店", 24, 7, 20, datetime.now(UTC))
    return folder


@pytest.fixture(autouse=True)
def _keyring_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_KEYRING", "off")


def test_the_same_pack_changes_nothing(store: Path, pack: Path) -> None:
    found = replay(store, load_policy(pack), 60)
    assert found.tickets == 24
    assert found.changes == ()


def test_a_shorter_limit_is_told_clock_by_clock(store: Path, pack: Path, edit: Edit) -> None:
    edit("clocks.yaml", "limit: 72h", "limit: 48h")
    found = replay(store, load_policy(pack), 60)
    moved = [clock for change in found.changes for clock in change.clocks]
    assert moved
    assert {(clock.clock, clock.hours) for clock in moved} == {("solution", -24.0)}
    assert found.summary()["due_earlier"] == len(moved)
    assert found.summary()["due_later"] == 0


def test_a_lower_authority_shows_every_decision_that_would_differ(
    store: Path, pack: Path, edit: Edit
) -> None:
    edit("authority.yaml", '"2000.00"', '"0.01"')
    found = replay(store, load_policy(pack), 60)
    items = [item for change in found.changes for item in change.money]
    assert items
    kinds = {(i.instrument, i.decision_before, i.decision_after, i.approver_after) for i in items}
    assert {kind[1:] for kind in kinds} == {("granted", "needs_approval", "supervisor")}
    assert {kind[0] for kind in kinds} <= {"voucher", "credit"}


def test_steps_gates_and_flows_that_differ_are_told(store: Path, pack: Path, edit: Edit) -> None:
    edit("flow_store.yaml", "condition: owner_set", "condition: owner_set && expectation_recorded")
    edit("flow_store.yaml", "&& !withdrawn && !anonymous", "&& !withdrawn && level == 1")
    edit("routing.yaml", 'channel == "12315"', 'channel == "12315" || level != 1')
    found = replay(store, load_policy(pack), 60)
    moved = [c for c in found.changes if c.flow_before != c.flow_after]
    assert found.summary()["flows"] == len(moved) > 0
    assert {c.flow_after for c in moved} == {"case_12315"}
    assert any("sign" in change.steps_removed for change in found.changes)
    added = {gate for change in found.changes for gate in change.gates_added}
    assert added == {"classify.owner: owner_set && expectation_recorded"}


def test_nothing_is_written_and_the_command_prints_table_and_json(
    store: Path, pack: Path, edit: Edit
) -> None:
    def events() -> int:
        desk = open_desk(store)
        try:
            return desk.use_cases.sync.status().seq
        finally:
            desk.close()

    edit("clocks.yaml", "limit: 72h", "limit: 96h")
    before = events()
    arguments = ["simulate", str(pack), "--data", str(store), "--days", "60"]
    plain = CliRunner().invoke(command, arguments)
    machine = CliRunner().invoke(command, [*arguments, "--json"])
    assert (plain.exit_code, machine.exit_code) == (0, 0), plain.output
    data = json.loads(machine.output)
    assert data["summary"]["tickets"] == 24
    for change in data["changes"]:
        assert change["number"] in plain.output
        for clock in change["clocks"]:
            due = [datetime.fromisoformat(clock[key]) for key in ("due_before", "due_after")]
            assert due[0] != due[1]
    assert events() == before


def test_the_table_names_each_difference(store: Path, pack: Path, edit: Edit) -> None:
    edit("authority.yaml", '"2000.00"', '"0.01"')
    lines = list(table(replay(store, load_policy(pack), 60), 60))
    assert any("granted" in line and "needs_approval supervisor" in line for line in lines)


def test_a_faulty_pack_and_a_missing_store_are_told(pack: Path, edit: Edit, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    arguments = ["simulate", str(pack), "--data", str(missing)]
    assert CliRunner().invoke(command, arguments).exit_code != 0
    assert not missing.exists()
