"""Compile what chooses and declares: routing, custom fields, promises, synonyms, examples."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from types import MappingProxyType
from typing import Final

from desktop.domain import choosing
from desktop.domain.operations.open_ticket import PERSONAL_FIELDS, PLAIN_FIELDS
from desktop.domain.policy import Condition, LocalText
from desktop.policy import models
from desktop.policy.conditions import ConditionError, compile_condition
from desktop.policy.problems import Finding, Place
from desktop.policy.validating import PackModels

_ROUTING: Final = "routing.yaml"
_BUILT_IN_FIELDS: Final = PLAIN_FIELDS | PERSONAL_FIELDS


class Choices:
    """Turns these files into domain values and collects findings on the way."""

    def __init__(self, pack: PackModels, flows: Collection[str]) -> None:
        self.pack = pack
        self.flows = flows
        self.findings: list[Finding] = []

    def flow_rules(self) -> tuple[choosing.FlowRule, ...]:
        """Which flow a complaint takes; a flow that does not exist is a finding."""
        rows = self.pack.routing.flows
        self._unique(_ROUTING, ("flows",), (row.id for row in rows))
        for index, row in enumerate(rows):
            if row.flow not in self.flows:
                message = f"rule {row.id}: there is no flow {row.flow!r}"
                self.findings.append(Finding(_ROUTING, ("flows", index, "flow"), message))
        return tuple(
            choosing.FlowRule(
                row.id,
                self._condition(("flows", index, "when"), row.when),
                row.flow,
                _text(row.title),
                row.source,
            )
            for index, row in enumerate(rows)
        )

    def route_rows(self) -> tuple[choosing.RouteRow, ...]:
        """Who takes a complaint; a contact that does not exist is a finding."""
        rows = self.pack.routing.routes
        self._unique(_ROUTING, ("routes",), (row.id for row in rows))
        contacts = {contact.id for contact in self.pack.contacts.contacts}
        for index, row in enumerate(rows):
            if row.contact not in contacts:
                message = f"route {row.id}: there is no contact {row.contact!r} in contacts.yaml"
                self.findings.append(Finding(_ROUTING, ("routes", index, "contact"), message))
        return tuple(
            choosing.RouteRow(
                row.id,
                self._condition(("routes", index, "when"), row.when),
                row.keywords,
                row.role,
                row.contact,
                _text(row.title),
                row.source,
            )
            for index, row in enumerate(rows)
        )

    def custom_fields(self) -> tuple[choosing.CustomField, ...]:
        """The company's own fields; a name of ours, or choices where none fit, is a finding."""
        file, rows = "custom_fields.yaml", self.pack.custom_fields.fields
        self._unique(file, ("fields",), (row.id for row in rows))
        for index, row in enumerate(rows):
            at: Place = ("fields", index)
            if row.id in _BUILT_IN_FIELDS:
                message = f"field {row.id!r} exists already; choose another id"
                self.findings.append(Finding(file, (*at, "id"), message))
            if (row.kind == "choice") != bool(row.choices):
                message = f"field {row.id}: choices belong to kind choice, and it needs some"
                self.findings.append(Finding(file, (*at, "kind"), message))
            self._unique(file, (*at, "choices"), (choice.id for choice in row.choices))
        return tuple(
            choosing.CustomField(
                row.id,
                _text(row.label),
                row.kind,
                row.required,
                frozenset(row.shown),
                MappingProxyType({c.id: _text(c.label) for c in row.choices}),
            )
            for row in rows
        )

    def promises(self) -> tuple[choosing.PromiseWords, ...]:
        """The words by which scripts promise something."""
        rows = self.pack.phrases.promises
        self._unique("phrases.yaml", ("promises",), (row.id for row in rows))
        return tuple(
            choosing.PromiseWords(
                row.id,
                row.instrument,
                MappingProxyType({"zh_CN": row.words.zh_CN, "en": row.words.en}),
            )
            for row in rows
        )

    def synonyms(self) -> dict[str, str]:
        """Every other word of a group to its first, the longest words first (IN-14)."""
        file, terms = "synonyms.yaml", dict[str, str]()
        seen: set[str] = set()
        for index, group in enumerate(self.pack.synonyms.groups):
            words = [choosing.unify(word, {}) for word in group]
            for place, word in enumerate(words):
                at: Place = ("groups", index, place)
                if word in seen:
                    self.findings.append(Finding(file, at, f"{word!r} stands in two groups"))
                elif place and (word in words[0] or words[0] in word):
                    message = f"{word!r} and its term {words[0]!r} contain each other"
                    self.findings.append(Finding(file, at, message))
                seen.add(word)
            terms |= dict.fromkeys(words[1:], words[0])
        return dict(sorted(terms.items(), key=lambda item: (-len(item[0]), item[0])))

    def examples(self) -> tuple[choosing.Example, ...]:
        """The labelled complaints; a code that does not exist is a finding."""
        known = {code.id for code in self.pack.codes.codes}
        for code in self.pack.examples.examples:
            if code not in known:
                place: Place = ("examples", code)
                self.findings.append(Finding("examples.yaml", place, f"there is no code {code!r}"))
        return examples_of(self.pack.examples)

    def _condition(self, place: Place, source: str) -> Condition:
        types = choosing.ROUTE_FACTS
        try:
            return compile_condition(source, tuple(types), types)
        except ConditionError as error:
            self.findings.append(Finding(_ROUTING, place, str(error)))
            return compile_condition("false")

    def _unique(self, file: str, at: Place, ids: Iterable[str]) -> None:
        seen: set[str] = set()
        for index, item in enumerate(ids):
            if item in seen:
                self.findings.append(Finding(file, (*at, index), f"duplicate id {item!r}"))
            seen.add(item)


def examples_of(model: models.ExamplesModel) -> tuple[choosing.Example, ...]:
    """The labelled complaints of one file, in its order."""
    return tuple(
        choosing.Example(item, code)
        if isinstance(item, str)
        else choosing.Example(item.words, code, item.level)
        for code, items in model.examples.items()
        for item in items
    )


def _text(model: models.TextModel) -> LocalText:
    return MappingProxyType({"zh_CN": model.zh_CN, "en": model.en})
