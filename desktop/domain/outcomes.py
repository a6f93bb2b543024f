"""What a rule answers: the changes to write, or a refusal that names its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from desktop.domain.events import Draft
    from desktop.domain.policy import Policy
    from desktop.domain.restraints import CapUsed
    from desktop.domain.ticket import CompensationItem

Role: TypeAlias = Literal["clerk", "supervisor", "department_head", "regional_manager", "legal"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person's id and role (店员, 主管, 区域经理, 客户服务部负责人, 法务)."""

    person: str
    role: Role


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may know beside the ticket: who, when, under which policy, in which zone.

    `linked_items` are the compensations of complaints linked, merged or repeated with this one,
    over as many links as there are; `caps` bind goodwill beside the authority (D4), and
    `overdue_reports` counts the written reports that the actor owes too long (CO-02).
    """

    actor: Actor
    now: datetime
    policy: Policy
    timezone: str
    hours: Mapping[str, tuple[str, str]]
    linked_items: tuple[CompensationItem, ...] = ()
    caps: tuple[CapUsed, ...] = ()
    overdue_reports: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """An expected no.

    `code` names a text `refusal.<code>` of the catalogue, `values` fill its places; a value that
    is itself a map is a text in every language (`{"zh_CN": …, "en": …}`).
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The changes to append, in order; none means that the command changes nothing."""

    drafts: tuple[Draft, ...]


Decision: TypeAlias = Accepted | Refusal
