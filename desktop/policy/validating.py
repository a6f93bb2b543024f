"""Validate the files of a pack one by one, turning pydantic's errors into findings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from desktop.domain.policy import LANGUAGES
from desktop.policy import models
from desktop.policy.knowledge import KNOWLEDGE_PREFIX, KnowledgeModel
from desktop.policy.problems import Finding
from desktop.policy.reading import PackContent
from desktop.policy.sharing import FLOW_PREFIX

_M = TypeVar("_M", bound=BaseModel)

#: Parts of a pack that are several files.
_FOLDED = {"flows", "knowledge"}
_WORDS = {
    "extra_forbidden": "unknown key",
    "missing": "is missing",
}


@dataclass(frozen=True, slots=True)
class PackModels:
    """Every file of a pack after validation; flows and knowledge by file name."""

    manifest: models.ManifestModel
    flows: Mapping[str, models.FlowModel]
    codes: models.CodesModel
    clocks: models.ClocksModel
    calendar: models.CalendarModel
    authority: models.AuthorityFileModel
    levels: models.LevelsModel
    ladder: models.LadderFileModel
    contacts: models.ContactsModel
    law_cards: models.LawCardsModel
    phrases: models.PhrasesModel
    routing: models.RoutingModel
    custom_fields: models.CustomFieldsModel
    synonyms: models.SynonymsModel
    examples: models.ExamplesModel
    knowledge: Mapping[str, KnowledgeModel]


class Validator:
    """Collects what is wrong, file by file, instead of stopping at the first."""

    def __init__(self, content: PackContent) -> None:
        self.content = content
        self.findings: list[Finding] = []

    def file(self, name: str, model: type[_M]) -> _M | None:
        """The validated content of one file, or None with findings."""
        if name not in self.content:
            self.findings.append(Finding(name, (), "the file is missing"))
            return None
        try:
            return model.model_validate_json(json.dumps(self.content[name]))
        except ValidationError as error:
            details = error.errors(include_url=False)
            self.findings.extend(_finding(name, detail) for detail in details)
            return None

    def pack(self) -> PackModels | None:
        """All files, or None when any of them has findings."""
        flow_files = [name for name in self.content if name.startswith(FLOW_PREFIX)]
        if not flow_files:
            self.findings.append(Finding("flow_store.yaml", (), "there is no flow_*.yaml"))
        flows = {name: self.file(name, models.FlowModel) for name in flow_files}
        articles = {
            name: self.file(name, KnowledgeModel)
            for name in self.content
            if name.startswith(KNOWLEDGE_PREFIX)
        }
        manifest = self.file("manifest.yaml", models.ManifestModel)
        codes = self.file("codes.yaml", models.CodesModel)
        clocks = self.file("clocks.yaml", models.ClocksModel)
        calendar = self.file("calendar.yaml", models.CalendarModel)
        authority = self.file("authority.yaml", models.AuthorityFileModel)
        levels = self.file("levels.yaml", models.LevelsModel)
        ladder = self.file("ladder.yaml", models.LadderFileModel)
        contacts = self.file("contacts.yaml", models.ContactsModel)
        law_cards = self.file("law_cards.yaml", models.LawCardsModel)
        phrases = self.file("phrases.yaml", models.PhrasesModel)
        routing = self.file("routing.yaml", models.RoutingModel)
        custom_fields = self.file("custom_fields.yaml", models.CustomFieldsModel)
        synonyms = self.file("synonyms.yaml", models.SynonymsModel)
        examples = self.file("examples.yaml", models.ExamplesModel)
        self._refuse_unknown_files()
        if not (manifest and codes and clocks and calendar and authority and levels):
            return None
        if not (ladder and contacts and law_cards and phrases and routing):
            return None
        if not (custom_fields and synonyms and examples) or self.findings:
            return None
        return PackModels(
            manifest=manifest,
            flows={name: flow for name, flow in flows.items() if flow},
            codes=codes,
            clocks=clocks,
            calendar=calendar,
            authority=authority,
            levels=levels,
            ladder=ladder,
            contacts=contacts,
            law_cards=law_cards,
            phrases=phrases,
            routing=routing,
            custom_fields=custom_fields,
            synonyms=synonyms,
            examples=examples,
            knowledge={name: model for name, model in articles.items() if model},
        )

    def _refuse_unknown_files(self) -> None:
        """A misspelt file name must not silently switch a part of the policy off."""
        known = {f"{name}.yaml" for name in PackModels.__dataclass_fields__ if name not in _FOLDED}
        for name in self.content:
            if name not in known and not name.startswith((FLOW_PREFIX, KNOWLEDGE_PREFIX)):
                self.findings.append(Finding(name, (), "no file of a policy pack"))


def _finding(file: str, detail: ErrorDetails) -> Finding:
    place = tuple(part for part in detail["loc"] if part != "[key]")
    key = next((part for part in reversed(place) if isinstance(part, str)), file)
    kind = detail["type"]
    if kind == "missing" and key in LANGUAGES:
        return Finding(file, place, f"translation {key!r} is missing{_of(place)}")
    if kind in _WORDS:
        return Finding(file, place, f"{key}: {_WORDS[kind]}")
    message = detail["msg"].removesuffix(" after validation").lower()
    given = detail["input"]
    shown = f", not {given!r}" if isinstance(given, str | int | float) else ""
    return Finding(file, place, f"{key}: {message}{shown}")


def _of(place: tuple[str | int, ...]) -> str:
    keys = [str(part) for part in place[:-1] if isinstance(part, str)]
    return f" in {keys[-1]!r}" if keys else ""
