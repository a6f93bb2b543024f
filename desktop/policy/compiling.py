"""Compile a validated pack into the domain's frozen Policy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType

from desktop.domain import policy as domain
from desktop.domain.calendar import WorkCalendar
from desktop.domain.clocks import CLOCK_FACTS
from desktop.domain.guarantees import Guarantee
from desktop.domain.restraints import CapRow, SuspensionRow
from desktop.domain.typed_deadlines import TITLES
from desktop.policy import models
from desktop.policy.choices import Choices
from desktop.policy.conditions import ConditionError, compile_condition
from desktop.policy.knowledge import compile_articles
from desktop.policy.problems import Finding, Place
from desktop.policy.validating import PackModels

_UNITS = {"m": "minutes", "h": "hours"}
_LADDER_FACTS = ("family", "code", "tier", "class", "level", "emotion", "complexity")


class Compiler:
    """Turns models into domain values and collects findings on the way."""

    def __init__(self, pack: PackModels) -> None:
        self.pack = pack
        self.findings: list[Finding] = []

    def policy(self, digest: str) -> domain.Policy:
        """The compiled policy; only meaningful while `findings` is empty."""
        manifest = self.pack.manifest
        flows = self._flows()
        if manifest.default_flow not in flows:
            message = f"default_flow: there is no flow {manifest.default_flow!r}"
            self.findings.append(Finding("manifest.yaml", ("default_flow",), message))
        choices = Choices(self.pack, flows)
        articles, wrong = compile_articles(
            self.pack.knowledge, {code.id for code in self.pack.codes.codes}
        )
        self.findings.extend(wrong)
        policy = domain.Policy(
            version=manifest.version,
            effective=manifest.effective,
            expires=manifest.expires,
            title=_text(manifest.title),
            flows=MappingProxyType(flows),
            codes=MappingProxyType(self._codes()),
            clocks=self._clocks(),
            authority=self._authority(),
            calendar=self._calendar(),
            caps=self._caps(),
            suspension=self._suspension(),
            ladder=self._ladder(),
            contacts=self._contacts(),
            law_cards=self._law_cards(),
            three_guarantees=self._guarantees(),
            phrase_pairs=self._phrases(),
            families=MappingProxyType({f.id: _text(f.title) for f in self.pack.codes.families}),
            levels=self._levels(),
            emotions=_say(self.pack.levels.emotions),
            clock_titles=MappingProxyType({**TITLES, **_texts(self.pack.clocks.titles)}),
            thresholds=_thresholds(manifest.thresholds),
            default_flow=manifest.default_flow,
            flow_rules=choices.flow_rules(),
            route_rows=choices.route_rows(),
            custom_fields=choices.custom_fields(),
            promises=choices.promises(),
            synonyms=MappingProxyType(choices.synonyms()),
            examples=choices.examples(),
            articles=articles,
            digest=digest,
        )
        self.findings.extend(choices.findings)
        return policy

    def _condition(
        self, file: str, place: Place, source: str, allowed: Collection[str] = tuple(domain.FACTS)
    ) -> domain.Condition:
        try:
            return compile_condition(source, allowed)
        except ConditionError as error:
            self.findings.append(Finding(file, place, str(error)))
            return compile_condition("false")

    def _unique(self, file: str, at: Place, ids: Iterable[str]) -> None:
        seen: set[str] = set()
        for index, item in enumerate(ids):
            if item in seen:
                self.findings.append(Finding(file, (*at, index), f"duplicate id {item!r}"))
            seen.add(item)

    def _flows(self) -> dict[str, domain.Flow]:
        flows: dict[str, domain.Flow] = {}
        for file, flow in self.pack.flows.items():
            if flow.id in flows:
                self.findings.append(Finding(file, ("id",), f"duplicate id {flow.id!r}"))
            self._unique(file, ("steps",), (step.id for step in flow.steps))
            steps = tuple(self._step(file, ("steps", i), s) for i, s in enumerate(flow.steps))
            flows[flow.id] = domain.Flow(flow.id, _text(flow.title), steps)
        return flows

    def _step(self, file: str, at: Place, step: models.StepModel) -> domain.Step:
        self._unique(file, (*at, "do"), (check.id for check in step.do))
        self._unique(file, (*at, "needs"), (gate.id for gate in step.needs))
        return domain.Step(
            id=step.id,
            node=step.node,
            title=_text(step.title),
            role=step.role,
            limit_text=_text(step.limit) if step.limit else None,
            do=tuple(domain.CheckItem(c.id, _text(c.text), c.required) for c in step.do),
            say=_say(step.say),
            needs=tuple(
                domain.Gate(
                    gate.id,
                    _text(gate.text),
                    self._condition(file, (*at, "needs", i, "condition"), gate.condition),
                )
                for i, gate in enumerate(step.needs)
            ),
            optional=step.optional,
            when=self._condition(file, (*at, "when"), step.when) if step.when else None,
        )

    def _codes(self) -> dict[str, domain.Code]:
        file, rows = "codes.yaml", self.pack.codes.codes
        self._unique(file, ("codes",), (code.id for code in rows))
        known = {code.id for code in rows}
        families = self._families()
        codes: dict[str, domain.Code] = {}
        for index, row in enumerate(rows):
            family = row.id[:2]
            if family not in families:
                message = f"code {row.id}: there is no family {family!r}"
                self.findings.append(Finding(file, ("codes", index, "id"), message))
            if row.parent is not None and (row.parent not in known or row.parent == row.id):
                message = f"code {row.id}: there is no parent {row.parent!r}"
                self.findings.append(Finding(file, ("codes", index, "parent"), message))
            codes[row.id] = domain.Code(
                id=row.id,
                family=family,
                title=_text(row.title),
                parent=row.parent,
                consequences=row.consequences,
                class_=row.problem_class,
                keywords=row.keywords,
                other_taxonomies=MappingProxyType({str(k): v for k, v in row.taxonomies.items()}),
            )
        return codes

    def _families(self) -> set[str]:
        ids = [family.id for family in self.pack.codes.families]
        self._unique("codes.yaml", ("families",), ids)
        return set(ids)

    def _clocks(self) -> tuple[domain.ClockRow, ...]:
        file = "clocks.yaml"
        self._unique(file, ("rows",), (row.id for row in self.pack.clocks.rows))
        rows: list[domain.ClockRow] = []
        for index, row in enumerate(self.pack.clocks.rows):
            at = ("rows", index)
            when = self._condition(file, (*at, "when"), row.when, CLOCK_FACTS)
            if row.clock not in self.pack.clocks.titles:
                message = f"clock {row.clock!r} has no title"
                self.findings.append(Finding(file, (*at, "clock"), message))
            if (row.kind == "workday") != row.limit.endswith("wd"):
                message = f"limit {row.limit}: kind workday counts in wd, the others in m or h"
                self.findings.append(Finding(file, (*at, "limit"), message))
            elif row.enabled:
                rows.append(_clock_row(row, when))
        return tuple(rows)

    def _authority(self) -> tuple[domain.AuthorityRow, ...]:
        rows: list[domain.AuthorityRow] = []
        seen: set[tuple[str, str, str]] = set()
        for index, row in enumerate(self.pack.authority.rows):
            if row.up_to is not None and row.ledger != "goodwill":
                message = f"up_to: amounts bind goodwill only, not {row.ledger} (R7)"
                self.findings.append(Finding("authority.yaml", ("rows", index, "up_to"), message))
            for instrument in row.instruments:
                key = (row.role, row.ledger, instrument)
                if key in seen:
                    message = f"a second row for {row.role}, {row.ledger}, {instrument}"
                    self.findings.append(Finding("authority.yaml", ("rows", index), message))
                seen.add(key)
                rows.append(
                    domain.AuthorityRow(row.role, instrument, row.ledger, row.up_to, row.source)
                )
        return tuple(rows)

    def _caps(self) -> tuple[CapRow, ...]:
        rows = self.pack.authority.caps
        self._unique("authority.yaml", ("caps",), (row.id for row in rows))
        return tuple(
            CapRow(r.id, r.scope, r.days, r.up_to, r.over, _text(r.title), r.source)
            for r in rows
            if r.enabled
        )

    def _suspension(self) -> SuspensionRow | None:
        row = self.pack.authority.overdue_report
        if row is None or not row.enabled:
            return None
        if domain.ROLES.index(row.over) <= domain.ROLES.index(row.role):
            message = f"over: {row.over} is no higher than {row.role}"
            self.findings.append(Finding("authority.yaml", ("overdue_report", "over"), message))
        return SuspensionRow(row.role, row.over, _text(row.title), row.source)

    def _calendar(self) -> WorkCalendar:
        model = self.pack.calendar
        for key in ("holidays", "makeup_workdays"):
            for index, day in enumerate(getattr(model, key)):
                if not model.first <= day <= model.last:
                    message = f"{day} is outside {model.first} to {model.last}"
                    self.findings.append(Finding("calendar.yaml", (key, index), message))
        return WorkCalendar(
            model.first, model.last, frozenset(model.holidays), frozenset(model.makeup_workdays)
        )

    def _ladder(self) -> tuple[domain.LadderRow, ...]:
        file = "ladder.yaml"
        self._unique(file, ("rows",), (row.id for row in self.pack.ladder.rows))
        rows: list[domain.LadderRow] = []
        for index, row in enumerate(self.pack.ladder.rows):
            when = self._condition(file, ("rows", index, "when"), row.when, _LADDER_FACTS)
            if row.low > row.high:
                message = f"low {row.low} is above high {row.high}"
                self.findings.append(Finding(file, ("rows", index, "low"), message))
            title = _text(row.title)
            rows.append(domain.LadderRow(row.id, when, row.instrument, row.low, row.high, title))
        return tuple(rows)

    def _contacts(self) -> tuple[domain.Contact, ...]:
        file, contacts = "contacts.yaml", self.pack.contacts.contacts
        self._unique(file, ("contacts",), (contact.id for contact in contacts))
        codes = self.pack.codes
        known = {code.id for code in codes.codes} | {family.id for family in codes.families}
        for index, contact in enumerate(contacts):
            for unknown in sorted(set(contact.codes) - known):
                message = f"codes: there is no code {unknown!r}"
                self.findings.append(Finding(file, ("contacts", index, "codes"), message))
        return tuple(
            domain.Contact(c.id, _text(c.title), c.codes, c.part, c.phone, _text(c.duty))
            for c in contacts
        )

    def _law_cards(self) -> tuple[domain.LawCard, ...]:
        cards = self.pack.law_cards.cards
        self._unique("law_cards.yaml", ("cards",), (card.id for card in cards))
        return tuple(
            domain.LawCard(
                c.id,
                c.article,
                _text(c.title),
                _text(c.text),
                _text(c.advice),
                c.confidence,
                c.as_of,
            )
            for c in cards
        )

    def _guarantees(self) -> tuple[Guarantee, ...]:
        file, rows = "law_cards.yaml", self.pack.law_cards.three_guarantees
        self._unique(file, ("three_guarantees",), (row.id for row in rows))
        for index, row in enumerate(rows):
            if row.return_days > row.exchange_days:
                message = f"return_days {row.return_days} is above exchange_days"
                place: Place = ("three_guarantees", index, "return_days")
                self.findings.append(Finding(file, place, message))
        return tuple(
            Guarantee(
                r.id,
                _text(r.title),
                r.return_days,
                r.exchange_days,
                r.warranty_months,
                r.confidence,
                r.as_of,
            )
            for r in rows
        )

    def _phrases(self) -> tuple[domain.PhrasePair, ...]:
        pairs = self.pack.phrases.pairs
        self._unique("phrases.yaml", ("pairs",), (pair.id for pair in pairs))
        return tuple(domain.PhrasePair(p.id, _text(p.avoid), _text(p.prefer)) for p in pairs)

    def _levels(self) -> tuple[domain.LevelRow, ...]:
        levels = self.pack.levels.levels
        self._unique("levels.yaml", ("levels",), (str(level.level) for level in levels))
        return tuple(
            domain.LevelRow(row.level, _text(row.title), _text(row.meaning), row.keywords)
            for row in levels
        )


def _clock_row(row: models.ClockModel, when: domain.Condition) -> domain.ClockRow:
    wd = row.limit.endswith("wd")
    amount = domain.Workdays(int(row.limit[:-2])) if wd else _span(row.limit)
    return domain.ClockRow(
        id=row.id,
        clock=row.clock,
        kind=row.kind,
        amount=amount,
        starts_at=row.starts_at,
        when=when,
        pausable=row.pausable,
        title=_text(row.title),
        source=row.source,
    )


def _thresholds(model: models.ThresholdsModel) -> domain.Thresholds:
    return domain.Thresholds(
        mass_count=model.mass_count,
        mass_window=_span(model.mass_window),
        repeat_count=model.repeat_count,
        transfers_over=model.transfers_over,
        unhandled_after=_span(model.unhandled_after),
        reopen_below=model.reopen_below,
        satisfied_from=model.satisfied_from,
        unreachable_tries=model.unreachable_tries,
        entry_time=_span(model.entry_time),
        retention_years=model.retention_years,
        qa_sample_percent=model.qa_sample_percent,
        reminder_percents=model.reminder_percents,
    )


def _span(text: str) -> timedelta:
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


def _text(model: models.TextModel) -> domain.LocalText:
    return MappingProxyType({"zh_CN": model.zh_CN, "en": model.en})


def _texts(items: Mapping[str, models.TextModel]) -> Mapping[str, domain.LocalText]:
    return MappingProxyType({key: _text(item) for key, item in items.items()})


def _say(model: models.SayModel) -> Mapping[int, domain.LocalText]:
    spoken = (model.calm, model.displeased, model.angry, model.furious, model.out_of_control)
    return MappingProxyType(dict(zip(domain.EMOTIONS, map(_text, spoken), strict=True)))
