"""Reads the scripted customers of the training store from resources/training/*.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from ruamel.yaml import YAML

from desktop.domain.policy import LocalText
from desktop.domain.training import LawQuestion, Milestone, Scenario, SpokenLine

_Word = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Text(_Strict):
    zh_CN: _Word  # noqa: N815 - the name of a locale
    en: _Word

    def local(self) -> LocalText:
        return MappingProxyType({"zh_CN": self.zh_CN, "en": self.en})


class _Line(_Strict):
    after: Milestone
    say: _Text
    hint: _Text


class _Law(_Strict):
    question: _Text
    answers: Annotated[tuple[_Text, ...], Field(min_length=2)]
    right: Annotated[int, Field(ge=1)]
    card: _Word


class _Script(_Strict):
    id: _Word
    title: _Text
    about: _Text
    minutes: Annotated[int, Field(ge=1, le=60)]
    first_response: Annotated[int, Field(ge=1, le=60)]
    customer: Mapping[str, _Word]
    codes: Annotated[tuple[_Word, ...], Field(min_length=1)]
    level: Annotated[int, Field(ge=1, le=4)]
    emotion: Annotated[int, Field(ge=1, le=5)]
    most: Decimal
    lines: Annotated[tuple[_Line, ...], Field(min_length=2)]
    trap: _Text
    law: _Law


@cache
def load_scenarios() -> tuple[Scenario, ...]:
    """Return every scripted customer in the order of the file names; raises ValueError."""
    folder = files("resources") / "training"
    found = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yaml"):
            content = YAML(typ="safe").load(entry.read_text(encoding="utf-8"))
            found.append(_scenario(_Script.model_validate(content)))
    return tuple(found)


def _scenario(script: _Script) -> Scenario:
    law = script.law
    return Scenario(
        id=script.id,
        title=script.title.local(),
        about=script.about.local(),
        limit=timedelta(minutes=script.minutes),
        first_response=timedelta(minutes=script.first_response),
        customer=dict(script.customer),
        codes=script.codes,
        level=script.level,
        emotion=script.emotion,
        most=script.most,
        lines=tuple(
            SpokenLine(line.after, line.say.local(), line.hint.local()) for line in script.lines
        ),
        trap=script.trap.local(),
        law=LawQuestion(
            law.question.local(), tuple(a.local() for a in law.answers), law.right, law.card
        ),
    )
