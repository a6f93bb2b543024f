"""Conditions of the pack in CEL (Common Expression Language), checked when they are compiled."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from typing import Any

from desktop.domain.policy import FACTS

_SAMPLES: Mapping[type, object] = {int: 1, str: "x", bool: True, float: 1.0, list: ["a.b"]}


#: Answers that a condition remembers: the same few facts are asked about again and again.
_MOST_KNOWN = 512


class ConditionError(ValueError):
    """An expression that does not parse, names an unknown fact or gives no yes or no."""


class CelCondition:
    """A compiled expression over the facts of FACTS."""

    __slots__ = ("_known", "_names", "_program", "source")

    def __init__(self, source: str, program: Any) -> None:
        self.source = source
        self._program = program
        self._names: tuple[str, ...] = tuple(program.variables())
        self._known: dict[tuple[object, ...], bool] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The facts that the expression names."""
        return self._names

    def __call__(self, facts: Mapping[str, object]) -> bool:
        """Whether it holds; KeyError names a fact that the caller did not give."""
        asked = tuple([facts[name] for name in self._names])
        try:
            known = self._known.get(asked)
        except TypeError:  # a list, which cannot be a key
            return self._answer(asked)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[asked] = self._answer(asked)
        return known

    def _answer(self, asked: tuple[object, ...]) -> bool:
        return bool(self._program.execute(dict(zip(self._names, asked, strict=True))))

    def __repr__(self) -> str:
        return f"CelCondition({self.source!r})"


def compile_condition(
    source: str, allowed: Collection[str] = tuple(FACTS), types: Mapping[str, type] = FACTS
) -> CelCondition:
    """Compile `source`; only facts of `allowed` may be named. Raises ConditionError."""
    try:
        program = _cel().compile(source)
    except ValueError as error:
        raise ConditionError(f"condition {source!r} does not parse: {_short(error)}") from error
    unknown = sorted(set(program.variables()) - set(allowed))
    if unknown:
        known = "not known" if unknown[0] not in types else "not allowed here"
        raise ConditionError(
            f"condition {source!r}: fact {unknown[0]!r} is {known}; use {', '.join(allowed)}"
        )
    _try_out(source, program, types)
    return CelCondition(source, program)


@cache
def _cel() -> Any:
    """The evaluator of the package `cel` without its command line.

    The package imports rich and prompt_toolkit for that, 0.2 s of every start of the desk.
    """
    package = find_spec("cel")
    places = list(package.submodule_search_locations or ()) if package else []
    spec = PathFinder.find_spec("cel", places)
    if spec is None or spec.loader is None:
        raise ImportError("the package common-expression-language is not installed completely")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _try_out(source: str, program: Any, types: Mapping[str, type]) -> None:
    """Run it once on facts of the declared types, so that a type slip shows now, not in a store."""
    sample = {name: _SAMPLES[types[name]] for name in program.variables()}
    try:
        answer = program.execute(sample)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ConditionError(f"condition {source!r}: {_short(error)}") from error
    if not isinstance(answer, bool):
        raise ConditionError(f"condition {source!r} gives {answer!r}, not true or false")


def _short(error: Exception) -> str:
    return str(error).splitlines()[0].split(". ")[0]
