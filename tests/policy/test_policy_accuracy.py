"""Suggestions are measured on text that they did not learn from (CL-17)."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from desktop.commands.policy import policy as command
from desktop.domain.choosing import Example
from desktop.policy import PolicyError, load_policy
from desktop.policy.accuracy import Share, cross_validate, measure, read_labelled
from desktop.policy.loading import built_in_folder

HELD_BACK = built_in_folder() / "held_back" / "complaints.yaml"
POLICY = load_policy()


def test_the_examples_cover_every_code_and_none_is_held_back() -> None:
    learnt = {example.words for example in POLICY.examples}
    assert len(learnt) == len(POLICY.examples) >= 300
    assert {example.code for example in POLICY.examples} == set(POLICY.codes)
    how, held = read_labelled(HELD_BACK)
    assert how
    assert len(held) >= 100
    assert not learnt & {example.words for example in held}
    assert {example.code for example in held} == set(POLICY.codes)


def test_held_back_text_is_suggested_far_better_than_by_chance_or_by_keywords_alone() -> None:
    _, held = read_labelled(HELD_BACK)
    learnt = measure(POLICY.examples, held, POLICY)
    unlearnt = measure((), held, POLICY)
    assert learnt.code.right > unlearnt.code.right
    assert learnt.code.interval[0] > 0.5
    assert len(learnt.wrong) == learnt.code.of - learnt.code.right


def test_cross_validation_asks_for_every_example_once() -> None:
    found = cross_validate(POLICY)
    assert found.code.of == len(POLICY.examples)
    assert found.code.right <= found.family.right


def test_a_text_with_no_suggestion_counts_as_wrong() -> None:
    found = measure(POLICY.examples, [Example("你好", "PQ-01")], POLICY)
    assert (found.code.right, found.silent) == (0, 1)


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (50, 100, 0.404, 0.596), (0, 0, 0.0, 1.0)],
)
def test_the_interval_is_wilsons(right: int, of: int, low: float, high: float) -> None:
    assert Share(right, of).interval == pytest.approx((low, high), abs=0.001)


def test_the_command_prints_share_interval_count_and_how_it_was_labelled() -> None:
    done = CliRunner().invoke(command, ["accuracy", "--wrong"])
    assert done.exit_code == 0, done.output
    how, held = read_labelled(HELD_BACK)
    assert f"{len(held)} texts" in done.output
    assert "95 % interval" in done.output
    assert how in done.output
    for words, _, _ in measure(POLICY.examples, held, POLICY).wrong:
        assert words in done.output


@pytest.mark.parametrize("content", ["", "- a\n", "labelled: x\n", "a: [\n", "\x00"])
def test_text_that_is_not_labelled_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"mine\.yaml"):
        read_labelled(path)
    assert CliRunner().invoke(command, ["accuracy", str(path)]).exit_code == 1
