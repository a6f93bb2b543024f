"""Quality work on a region's data: signals open causes, samples are drawn again elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from desktop.commands.sample import sample as sample_command
from desktop.domain.analytics.report import Report
from desktop.domain.improvement.root_cause import OpenCause, shown
from desktop.domain.operations.link_tickets import LinkTicket
from desktop.domain.ticket import TicketState
from desktop.services.desk import Desk
from tests.packs.conftest import UNTIL

STORES = frozenset({"S0001", "S0002"})


def test_the_fifth_of_a_kind_opens_a_root_cause_by_store_and_region(desk: Desk) -> None:
    """QA-02: code × SKU/batch × store and region; asking again opens nothing new."""
    use, actor = desk.use_cases, desk.actor()
    opened = use.signals.raise_repeats("2026-10", STORES, actor)
    causes = {cause.id: cause for cause in use.causes.all()}
    assert set(opened) == set(causes)
    kinds = {(c.key.split("|")[0], len(c.stores)) for c in causes.values()}
    assert ("PQ-02", 2) in kinds
    for cause in causes.values():
        assert cause.count >= 5
        assert len(use.causes.cases(cause)) == cause.count
        assert cause.rule == "QA-02"
        assert cause.code in shown(cause.problem)
    assert use.signals.raise_repeats("2026-10", STORES, actor) == ()
    assert {c.id for c in desk.root_causes()} == set(causes)


def test_alike_complaints_come_with_what_they_share(desk: Desk) -> None:
    use = desk.use_cases
    batch = next(
        s.key for s in use.signals.of(_month("2026-10"), STORES) if s.key.startswith("PQ-02|batch")
    )
    cause = use.causes.get(
        use.causes.find_or_open(
            OpenCause(batch, "2026-10", tuple(sorted(STORES)), "QA-02", 5, "酸奶"), desk.actor()
        )
    )
    first = use.causes.cases(cause)[0]
    alike = desk.alike(first.stream)
    assert alike
    assert {"code", "batch"} <= set(alike[0].why)
    weights = [("batch" in a.why, "sku" in a.why) for a in alike]
    assert weights == sorted(weights, reverse=True)


def _month(text: str):  # type: ignore[no-untyped-def]
    from desktop.domain.analytics.periods import parse_period

    return parse_period(text)


def test_a_root_cause_prints_with_its_fishbone(desk: Desk) -> None:
    desk.use_cases.signals.raise_repeats("2026-10", STORES, desk.actor())
    cause = desk.root_causes()[0]
    _cause, report = desk.root_cause(cause.id, "zh_CN")
    assert isinstance(report, Report)
    assert [s.id for s in report.sections][:3] == ["problem", "whys", "fishbone"]
    assert desk.report_pdf(report).startswith(b"%PDF")


def test_the_sample_is_the_same_on_another_machine(desk: Desk, tmp_path: Path) -> None:
    """QA-01, AU-05: from the published file alone, without the store's data."""
    use, actor = desk.use_cases, desk.actor()
    use.clock.at = UNTIL.replace(month=10)  # type: ignore[attr-defined]
    use.quality.commit("2026-10", actor)
    assert use.quality.sample("2026-10", STORES).drawn == {}
    use.clock.at = UNTIL  # type: ignore[attr-defined]
    desk.keep_up_quality()
    audit = desk.report("audit", "2026-10", "zh_CN")
    assert isinstance(audit, Report)
    drawn = use.quality.sample("2026-10", STORES)
    printed = {row[0] for s in audit.sections for b in s.blocks for row in getattr(b, "rows", ())}
    assert {n for numbers in drawn.drawn.values() for n in numbers} <= printed
    desk.close()
    folder = tmp_path / "region"
    run = CliRunner().invoke(sample_command, ["--data", str(folder), "--month", "2026-10"])
    assert run.exit_code == 0, run.output
    kept = tmp_path / "sample.json"
    kept.write_text(run.stdout, encoding="utf-8")
    again = CliRunner().invoke(sample_command, ["--check", str(kept)])
    assert again.exit_code == 0, again.output
    told = json.loads(run.stdout)
    store, numbers = next(iter(told["sample"].items()))
    outsider = next(n for n in told["population"][store] if n not in numbers)
    told["sample"][store] = [*numbers[:-1], outsider]
    kept.write_text(json.dumps(told), encoding="utf-8")
    assert CliRunner().invoke(sample_command, ["--check", str(kept)]).exit_code == 1


def test_another_pc_draws_the_list_from_its_own_copy_of_the_events(
    desk: Desk, tmp_path: Path
) -> None:
    """QA-01, AU-05: another store's PC that got the events, with no seed kept of its own.

    What a drawn case says plays no part: one that turns out a repeat stays where it was.
    """
    use, actor = desk.use_cases, desk.actor()
    use.clock.at = UNTIL.replace(month=10)  # type: ignore[attr-defined]
    use.quality.commit("2026-10", actor)
    use.clock.at = UNTIL  # type: ignore[attr-defined]
    desk.keep_up_quality()
    own = desk.store.store
    here = use.quality.sample("2026-10", STORES)
    number = next(iter(here.drawn.values()))[0]
    row, other = (
        use.queries.by_number(number),
        next(f for n, f in here.cases.items() if n != number),
    )
    assert row is not None
    changed = desk.act(row.stream, LinkTicket(other.stream, other.number, "repeat"))
    assert isinstance(changed, TicketState), changed
    assert use.quality.sample("2026-10", STORES).drawn == here.drawn
    use.settings.set("store.code", "S0999")
    use.settings.set("quality.seed.2026-10", "")
    desk.close()
    asked = ["--data", str(tmp_path / "region"), "--month", "2026-10"]
    run = CliRunner().invoke(sample_command, asked)
    assert json.loads(run.stdout)["sample"] == {}
    run = CliRunner().invoke(sample_command, [*asked, "--of", own])
    assert run.exit_code == 0, run.output
    told = json.loads(run.stdout)
    assert told["committed_in_time"]
    assert told["sample"] == {store: list(drawn) for store, drawn in here.drawn.items()}
    run = CliRunner().invoke(sample_command, [*asked, "--of", own, "--store", "S0002"])
    assert json.loads(run.stdout)["sample"] == {"S0002": told["sample"]["S0002"]}
