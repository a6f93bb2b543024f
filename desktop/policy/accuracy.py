"""How often the suggestion is right on labelled text that it did not learn from (CL-17)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from desktop.domain import suggesting
from desktop.domain.choosing import Example
from desktop.domain.policy import Policy
from desktop.domain.shares import wilson_interval
from desktop.policy.choices import examples_of
from desktop.policy.models import ExamplesModel
from desktop.policy.problems import PolicyError, Problem


@dataclass(frozen=True, slots=True)
class Share:
    """`right` of `of`, with the Wilson 95 % interval."""

    right: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share, 0 to 1."""
        return wilson_interval(self.right, self.of)

    def __str__(self) -> str:
        if not self.of:
            return "no text"
        low, high = self.interval
        share = self.right / self.of
        return f"{share:.1%} ({self.right} of {self.of}; 95 % interval {low:.1%} to {high:.1%})"


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What was right: the code, its family, the level; `silent` texts got no code."""

    code: Share
    family: Share
    level: Share
    silent: int
    wrong: tuple[tuple[str, str, str | None], ...]


def measure(learnt: Iterable[Example], asked: Sequence[Example], policy: Policy) -> Accuracy:
    """Learn from `learnt`, ask for each of `asked`; a text without suggestion counts as wrong."""
    model = suggesting.CodeModel(learnt, policy.codes.values(), policy.synonyms)
    found = [(e, suggesting.suggest(e.words, policy, model)) for e in asked]
    return _counted(found)


def cross_validate(policy: Policy, folds: int = 5) -> Accuracy:
    """Each fifth of the pack's examples asked of a model that learnt from the other four."""
    found: list[tuple[Example, suggesting.Suggestion]] = []
    for fold in range(folds):
        learnt = [e for i, e in enumerate(policy.examples) if i % folds != fold]
        model = suggesting.CodeModel(learnt, policy.codes.values(), policy.synonyms)
        held = policy.examples[fold::folds]
        found += [(e, suggesting.suggest(e.words, policy, model)) for e in held]
    return _counted(found)


def read_labelled(path: Path) -> tuple[str, tuple[Example, ...]]:
    """Read labelled complaints, in the shape of examples.yaml: how labelled, and the texts.

    Raises PolicyError when the file cannot be used.
    """
    try:
        data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        model = ExamplesModel.model_validate_json(json.dumps(data))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError([Problem(path.name, 1, f"cannot be read: {error}")]) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PolicyError([Problem(path.name, line, str(error.problem))]) from error
    except (ValidationError, TypeError, YAMLError) as error:
        raise PolicyError([Problem(path.name, 1, f"not labelled text: {error}")]) from error
    return model.labelled, examples_of(model)


def _counted(found: Sequence[tuple[Example, suggesting.Suggestion]]) -> Accuracy:
    total = len(found)
    wrong = [(e.words, e.code, s.code) for e, s in found if s.code != e.code]
    family = sum(bool(s.code) and (s.code or "")[:2] == e.code[:2] for e, s in found)
    level = sum(suggesting.level_or_default(s) == e.level for e, s in found)
    silent = sum(s.code is None for _, s in found)
    return Accuracy(
        Share(total - len(wrong), total),
        Share(family, total),
        Share(level, total),
        silent,
        tuple(wrong),
    )
