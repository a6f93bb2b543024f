"""Reports over a period (报表): one model for screen, paper and workbook, drilled to its cases."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from desktop.domain import fold
from desktop.domain.analytics import departments as department_drills
from desktop.domain.analytics.case_facts import CaseFacts
from desktop.domain.analytics.measures import CostModel, late_clocks
from desktop.domain.analytics.periods import Period, parse_period
from desktop.domain.analytics.report import Drill, Report, Section
from desktop.domain.improvement.root_cause import RootCause, shown
from desktop.domain.outcomes import Actor, Refusal
from desktop.services.capturing import is_original
from desktop.services.identity import Identity
from desktop.services.ports import Attachments, Clock, Directory, Journal, Policies, Settings
from desktop.services.reporting_blank import condensed
from desktop.services.reporting_cause import cause_report
from desktop.services.reporting_evidence import evidence_report
from desktop.services.reporting_numbers import Frame, Numbers
from desktop.services.reporting_packs import PACKS, Sources
from desktop.services.reporting_ports import CaseQuery, PackWriter, Rollups, Stores
from desktop.services.root_cause import RootCauses
from desktop.services.ticket_ports import TicketQueries, TicketRow
from desktop.texts import Lang, Texts

#: Cases that a drill lists; a list is for reading, counts are in the report.
MOST_CASES: Final = 500
#: Roles that see people in reports (AN-14) and stores beside their own.
SEES_PEOPLE: Final = frozenset({"supervisor", "department_head", "regional_manager"})
SEES_REGION: Final = frozenset({"department_head", "regional_manager", "legal"})
#: Names of the stores of a region, and what a complaint costs (CO-09), as settings.
STORE_NAMES: Final = "region.stores"
COST: Final = "reports.cost"

ReportOutcome: TypeAlias = Report | Refusal


class Reporting:
    """Makes reports for whoever asks, within what that person may see."""

    def __init__(
        self,
        rollups: Rollups,
        journal: Journal,
        queries: TicketQueries,
        directory: Directory,
        policies: Policies,
        identity: Identity,
        settings: Settings,
        clock: Clock,
        writer: PackWriter,
        sources: Callable[[], Sources],
        attachments: Attachments,
    ) -> None:
        self._rollups = rollups
        self._journal = journal
        self._queries = queries
        self._directory = directory
        self._policies = policies
        self._identity = identity
        self._settings = settings
        self._clock = clock
        self._writer = writer
        self._sources = sources
        self._attachments = attachments

    @property
    def kinds(self) -> Sequence[str]:
        """The kinds of reports over a period."""
        return tuple(PACKS)

    def scope(self, actor: Actor) -> Stores:
        """Return the stores whose figures `actor` may see: a region's for those above a store.

        A store that has no complaints yet is the own one, not a region of none.
        """
        own = frozenset({self._identity.current().store})
        return frozenset(self._rollups.stores()) or own if actor.role in SEES_REGION else own

    def store_names(self) -> Mapping[str, str]:
        """Return the names of stores by code, as far as this PC knows them."""
        stored = self._settings.get(STORE_NAMES)
        names = json.loads(stored) if stored else {}
        own = self._identity.current()
        return {**names, own.store: own.name}

    def report(
        self, kind: str, period: str, lang: Lang, actor: Actor, stores: Stores | None = None
    ) -> ReportOutcome:
        """Return a report of KINDS over a period such as 2026-11, 2026-Q3, 2026-W47, 2026-11-21."""
        found = parse_period(period)
        if found is None:
            return Refusal("period_unreadable", {"period": period})
        pack = PACKS.get(kind)
        if pack is None:
            return Refusal("report_unknown", {"kind": kind})
        if found.kind not in pack.periods:
            return Refusal("report_period", {"kind": kind, "period": period})
        seen = self.scope(actor)
        wanted = seen if stores is None else stores
        if not wanted <= seen:
            return Refusal("report_scope", {"stores": sorted(wanted - seen)})
        frame = self._frame(found, wanted, lang, actor)
        numbers = Numbers(self._rollups, frame)
        sections, facts = pack.make(numbers, self._sources())
        return self._report(kind, frame, condensed(kind, sections, numbers), facts)

    def dashboard(self, period: str, lang: Lang, actor: Actor) -> Report | Refusal:
        """Return the few figures and charts that open the screen, from rollups alone."""
        return self.report("overview", period, lang, actor)

    def cases(self, drill: Drill, actor: Actor) -> Sequence[TicketRow]:
        """Return the complaints behind a mark, the newest first; those `actor` may see."""
        stores = drill.stores & self.scope(actor)
        found = self.facts(drill, stores)
        rows = (self._queries.row(facts.stream) for facts in reversed(found[-MOST_CASES:]))
        return tuple(row for row in rows if row is not None)

    def facts(self, drill: Drill, stores: Stores) -> Sequence[CaseFacts]:
        """Return the facts of the complaints behind a mark, by the time of opening.

        Beside the cells' dimensions: `case` is one complaint by its stream, `open` those that are
        not closed. Behind a clock stand the late ones that still run, as they are counted.
        """
        if drill.dim == "case":
            one = self._rollups.case(drill.key)
            return (one,) if one is not None and one.store in stores else ()
        if drill.dim == "open":
            return [f for f in self._rollups.open_cases(stores) if not f.duplicate]
        if drill.dim in department_drills.DRILLS:
            every = self._rollups.cases(CaseQuery(stores, drill.since, drill.until))
            return [facts for facts in every if department_drills.is_behind(facts, drill)]
        found = self._rollups.cases(
            CaseQuery(stores, drill.since, drill.until, drill.dim, drill.key)
        )
        return self._with_late(found, drill, stores) if drill.dim == "clock" else found

    def _with_late(
        self, found: Sequence[CaseFacts], drill: Drill, stores: Stores
    ) -> Sequence[CaseFacts]:
        now = self._rollups.newest()
        known = {facts.stream for facts in found}
        more = [
            facts
            for facts in (self._rollups.open_cases(stores) if now else ())
            if facts.stream not in known
            and now is not None
            and (late := late_clocks([facts], drill.since, drill.until, now))
            and drill.key in ("*", *late)
        ]
        return sorted((*found, *more), key=lambda f: (f.opened_at, f.stream)) if more else found

    def case(self, stream: str) -> CaseFacts | None:
        """Return what reports count of one complaint."""
        return self._rollups.case(stream)

    def pdf(self, report: Report) -> bytes:
        """Return the report as PDF."""
        return self._writer.pdf(report)

    def xlsx(self, report: Report) -> bytes:
        """Return the report as a workbook."""
        return self._writer.xlsx(report)

    def cause(self, cause: RootCause, causes: RootCauses, lang: Lang, actor: Actor) -> Report:
        """Return the report of one root cause over the stores that it is about."""
        period = parse_period(cause.month)
        if period is None:
            raise ValueError(f"root cause {cause.id} has no month")
        stores = frozenset(cause.stores) & self.scope(actor)
        frame = self._frame(period, stores, lang, actor)
        return cause_report(frame, cause, causes, self._note(frame))

    def evidence(self, ticket: str, lang: Lang) -> ReportOutcome:
        """Return the evidence pack of one complaint, for 12315 and other authorities."""
        events = self._journal.events(ticket)
        state = fold.fold(ticket, events)
        if state.opened is None:
            return Refusal("no_such_ticket", {"ticket": ticket})
        names, heads = self._directory.names(), self._journal.heads(ticket)
        identity = self._identity.current()
        wanted = {
            shown(item.content)
            for item in state.evidence
            if item.media_type.startswith("image/") and not is_original(item.role)
        }
        found = {sha256: self._attachments.get(sha256) for sha256 in sorted(wanted) if sha256}
        pictures = {sha256: content for sha256, content in found.items() if content}
        stores = self.store_names()
        return evidence_report(state, events, heads, identity, names, stores, pictures, Texts(lang))

    def months(self, actor: Actor) -> Sequence[str]:
        """Return the months with complaints that `actor` may see."""
        return self._rollups.months(self.scope(actor))

    def recompute(self) -> int:
        """Make all counters anew from the cases; return how many differed (0 as it should be)."""
        return self._rollups.recompute()

    def cost_model(self) -> CostModel:
        """Return what a complaint costs beside goodwill: the setting, else the defaults."""
        try:
            kept = json.loads(self._settings.get(COST) or "{}")
            base = CostModel()
            return CostModel(
                int(kept.get("minutes", base.minutes)),
                Decimal(str(kept.get("hourly", base.hourly))),
                Decimal(str(kept.get("system", base.system))),
            )
        except (ValueError, TypeError, InvalidOperation):
            return CostModel()

    def frame(self, period: Period, lang: Lang, actor: Actor) -> Frame:
        """Return what a report of `period` for `actor` is about."""
        return self._frame(period, self.scope(actor), lang, actor)

    def _frame(self, period: Period, stores: Stores, lang: Lang, actor: Actor) -> Frame:
        texts = Texts(lang)
        names = self.store_names()
        only = next(iter(stores)) if len(stores) == 1 else ""
        scope = (
            f"{names.get(only, '')} {only}".strip()
            if only
            else texts.get("pack.scope_region", count=len(stores))
        )
        return Frame(
            period=period,
            stores=stores,
            texts=texts,
            policy=self._policies.current(),
            made_at=self._rollups.newest()
            or datetime.combine(period.since, datetime.min.time(), UTC),
            cost=self.cost_model(),
            names=self._directory.names(),
            store_names=names,
            scope=scope,
            timezone=self._identity.current().timezone,
            with_people=actor.role in SEES_PEOPLE,
        )

    def _note(self, frame: Frame) -> str:
        day = f"{frame.made_at.astimezone(ZoneInfo(frame.timezone)):%Y-%m-%d %H:%M}"
        return frame.texts.get("pack.note", day=day)

    def _report(
        self, kind: str, frame: Frame, sections: tuple[Section, ...], facts: Mapping[str, str | int]
    ) -> Report:
        texts, identity = frame.texts, self._identity.current()
        zone = ZoneInfo(identity.timezone)
        phone = texts.get("report.phone_line", phone=identity.phone) if identity.phone else ""
        return Report(
            kind=kind,
            lang=texts.lang,
            title=texts.get(f"pack.kind.{kind}"),
            period=frame.period.label(texts.lang),
            scope=frame.scope,
            contact=phone if len(frame.stores) == 1 else "",
            note=self._note(frame),
            made_at=frame.made_at,
            timezone=identity.timezone,
            sections=sections,
            facts={
                "s": identity.store if len(frame.stores) == 1 else f"{len(frame.stores)}",
                "p": frame.period.text,
                "t": f"{frame.made_at.astimezone(zone):%Y-%m-%dT%H:%M%z}",
                **facts,
            },
        )
