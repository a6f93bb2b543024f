"""Every situation that conditions can tell apart, searched without gaps (decision R15)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final

from desktop.domain.choosing import ROUTE_FACTS
from desktop.domain.policy import FACTS, Condition, Policy

Facts = Mapping[str, object]
Situation = Mapping[str, Facts]
"""The value of each variable, a variable's value being the facts that change together."""

CHECK_NAME: Final = re.compile(r"""["']([A-Za-z][\w\-]*\.[A-Za-z][\w\-]*)["']""")
_TEXT: Final = re.compile(r""""([^"]*)"|'([^']*)'""")
_NUMBER: Final = re.compile(r"(?<![\w.\-])\d+(?:\.\d+)?")
#: Facts that cannot change apart from one another, by the variable that holds them.
_TOGETHER: Final = {
    "code": ("code", "family", "class", "code_set"),
    "level": ("level", "level_set"),
    "survey": ("survey_done", "survey_score"),
}
_VARIABLE: Final = {fact: name for name, facts in _TOGETHER.items() for fact in facts}
_CHOICES: Final[Mapping[str, tuple[object, ...]]] = {
    "tier": ("ordinary", "vip"),
    "complexity": ("ordinary", "complex"),
    "emotion": (1, 2, 3, 4, 5),
}
_KINDS: Final = {**ROUTE_FACTS, **FACTS}


Requirement = tuple[Condition, bool]
"""A condition and what it must be."""

_Asked = tuple[tuple[str, bool], ...]
_Limit = tuple[str, tuple[int, ...]]
_Group = tuple[Sequence[Requirement], tuple[str, ...]]
"""Requirements that share variables, and those variables."""


class ConditionSpace:
    """The situations that `conditions` can tell apart: each fact at every value that matters.

    A number takes the values at, below and above each number it is compared with, a text those
    it is compared with and one more; a code stands for all codes that no condition tells apart.
    """

    def __init__(self, policy: Policy, conditions: Iterable[Condition]) -> None:
        sources = [condition.source for condition in conditions]
        found = [next(filter(None, pair), "") for s in sources for pair in _TEXT.findall(s)]
        self._texts = tuple(dict.fromkeys(found))
        bare = [_TEXT.sub("", source) for source in sources]
        self._numbers = sorted({float(n) for source in bare for n in _NUMBER.findall(source)})
        self._codes = tuple(self._code_values(policy))
        self._values: dict[str, tuple[Facts, ...]] = {}
        # Steps ask the same again and again: what was worked out once is kept by a condition's
        # source and by the values' identities, which live as long as this space.
        self._variables: dict[str, tuple[str, ...]] = {}
        self._truths: dict[tuple[str, tuple[int, ...]], bool] = {}
        self._grouped: dict[_Asked, tuple[_Group, ...]] = {}
        self._found: dict[tuple[_Asked, tuple[_Limit, ...]], dict[str, Facts] | None] = {}
        self.examined = 0

    def variables(self, condition: Condition) -> tuple[str, ...]:
        """The variables that a condition depends on."""
        if condition.source not in self._variables:
            self._variables[condition.source] = self._variables_of(condition)
        return self._variables[condition.source]

    def _variables_of(self, condition: Condition) -> tuple[str, ...]:
        names: list[str] = []
        for fact in condition.names:
            if fact == "checks":
                names.extend(f"check:{name}" for name in CHECK_NAME.findall(condition.source))
            else:
                names.append(_VARIABLE.get(fact, fact))
        return tuple(dict.fromkeys(names))

    def values(self, variable: str) -> tuple[Facts, ...]:
        """Every value of a variable that some condition may tell from the others."""
        if variable not in self._values:
            self._values[variable] = tuple(self._values_of(variable))
        return self._values[variable]

    def only(
        self, variable: str, wanted: Callable[[Mapping[str, object]], bool]
    ) -> tuple[Facts, ...]:
        """The values of a variable that are `wanted`, to limit a search with."""
        return tuple(value for value in self.values(variable) if wanted(value))

    def situations(
        self, variables: Sequence[str], limits: Mapping[str, Sequence[Facts]] | None = None
    ) -> Iterator[dict[str, Facts]]:
        """Every combination of the variables' values; `limits` are made by `only`."""
        allowed = limits or {}
        for combination in product(*(allowed.get(v, self.values(v)) for v in variables)):
            yield dict(zip(variables, combination, strict=True))

    def holds(self, condition: Condition, situation: Situation) -> bool:
        """Whether a condition is true in a situation that gives all its variables."""
        variables = self.variables(condition)
        key = (condition.source, tuple(id(situation[v]) for v in variables))
        if key not in self._truths:
            self.examined += 1
            self._truths[key] = condition(merged({v: situation[v] for v in variables}))
        return self._truths[key]

    def find(
        self,
        requirements: Sequence[Requirement],
        limits: Mapping[str, Sequence[Facts]] | None = None,
    ) -> dict[str, Facts] | None:
        """A situation in which every requirement is met, None when there is none.

        Groups of conditions that share no variable are searched apart, so that the search stays
        complete and short.
        """
        found: dict[str, Facts] = {}
        for group in self._groups(requirements):
            met = self._met(group, limits or {})
            if met is None:
                return None
            found |= met
        return found

    def _met(self, group: _Group, limits: Mapping[str, Sequence[Facts]]) -> dict[str, Facts] | None:
        members, variables = group
        limit = tuple((v, tuple(map(id, limits[v]))) for v in variables if v in limits)
        key = (_asked(members), limit)
        if key not in self._found:
            self._found[key] = next(
                (
                    situation
                    for situation in self.situations(variables, limits)
                    if all(self.holds(c, situation) is wanted for c, wanted in members)
                ),
                None,
            )
        return self._found[key]

    def _groups(self, requirements: Sequence[Requirement]) -> tuple[_Group, ...]:
        key = _asked(requirements)
        if key not in self._grouped:
            self._grouped[key] = tuple(self._grouping(requirements))
        return self._grouped[key]

    def _grouping(self, requirements: Sequence[Requirement]) -> Iterator[_Group]:
        groups: list[tuple[set[str], list[Requirement]]] = []
        for requirement in requirements:
            variables, members = set(self.variables(requirement[0])), [requirement]
            apart = []
            for known, others in groups:
                if known & variables:
                    variables |= known
                    members = [*others, *members]
                else:
                    apart.append((known, others))
            groups = [*apart, (variables, members)]
        for _, members in groups:
            yield members, tuple(dict.fromkeys(v for c, _ in members for v in self.variables(c)))

    def _code_values(self, policy: Policy) -> Iterator[Facts]:
        yield {"code": "", "family": "", "class": "", "code_set": False}
        seen: set[tuple[str, str, str, tuple[str, ...]]] = set()
        for code in policy.codes.values():
            named = code.id if code.id in self._texts else ""
            kind = (code.family, code.class_ or "", named, code.consequences)
            if kind not in seen:
                seen.add(kind)
                yield {
                    "code": code.id,
                    "family": code.family,
                    "class": code.class_ or "",
                    "code_set": True,
                }

    def _values_of(self, variable: str) -> Iterator[Facts]:
        if variable == "code":
            yield from self._codes
        elif variable == "level":
            yield from ({"level": n, "level_set": n > 0} for n in range(5))
        elif variable == "survey":
            yield {"survey_done": False, "survey_score": 0}
            yield from ({"survey_done": True, "survey_score": n} for n in range(6))
        elif variable.startswith("check:"):
            name = variable.removeprefix("check:")
            yield from ({"checks": [name] if ticked else []} for ticked in (False, True))
        else:
            yield from ({variable: value} for value in self._plain(variable))

    def _plain(self, fact: str) -> tuple[object, ...]:
        kind = _KINDS[fact]
        if fact in _CHOICES:
            return _CHOICES[fact]
        if kind is bool:
            return (False, True)
        if kind is int:
            near = {int(n) + d for n in self._numbers for d in (-1, 0, 1)}
            return tuple(sorted({0, 1} | {n for n in near if n >= 0}))
        if kind is float:
            cents = {round(n + d, 2) for n in self._numbers for d in (-0.01, 0.0, 0.01)}
            return tuple(sorted({0.0} | {n for n in cents if n >= 0}))
        return ("", *(text for text in self._texts if text), "something else")


def _asked(requirements: Sequence[Requirement]) -> _Asked:
    return tuple((condition.source, wanted) for condition, wanted in requirements)


def merged(situation: Situation) -> dict[str, object]:
    """The facts of a situation; ticked checks come together in one list."""
    facts: dict[str, object] = {}
    checks: list[object] = []
    for variable, value in situation.items():
        if variable.startswith("check:"):
            ticked = value["checks"]
            checks.extend(ticked if isinstance(ticked, list) else ())
        else:
            facts |= value
    return {**facts, "checks": checks}


def told(situation: Situation) -> str:
    """A situation in words, for a message."""
    facts = merged(situation)
    ticked = facts.pop("checks")
    shown = [f"{name}={_word(value)}" for name, value in sorted(facts.items())]
    return ", ".join([*shown, *([f"checks={ticked}"] if ticked else [])])


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, str) else str(value)
