"""Prove a compiled pack before it is published: reachable, closable, gated, within authority."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

from desktop.domain.policy import (
    INSTRUMENTS,
    LEDGERS,
    NODES,
    ROLES,
    Condition,
    Flow,
    LocalText,
    Policy,
    Step,
)
from desktop.policy.loading import compile_content, policy_digest
from desktop.policy.problems import Finding, Place, Problem
from desktop.policy.reading import PackContent, locate, read_folder
from desktop.policy.validating import FLOW_PREFIX

#: An amount of money written out (R15): 200元, ¥200, 两百块, 200 yuan.
_AMOUNT: Final = re.compile(
    r"[¥￥]\s*[0-9]"
    r"|[0-9][0-9,.]*\s*(?:万|千|百)?\s*(?:元|块|yuan\b|rmb\b|cny\b)"
    r"|(?:rmb|cny)\s*[0-9]"
    r"|[一二三四五六七八九十百千万两]+(?:元|块钱?)(?!素|旦|月|宵)",
    re.IGNORECASE,
)
_CHECK_NAME: Final = re.compile(r"""["']([A-Za-z][\w\-]*\.[A-Za-z][\w\-]*)["']""")

#: A complaint on which everything was done: the closing step must let it pass.
_SETTLED: Final[Mapping[str, object]] = {
    "level": 3,
    "tier": "ordinary",
    "class": "",
    "complexity": "ordinary",
    "family": "SP",
    "code": "SP-01",
    "emotion": 1,
    "anonymous": False,
    "verbatim_recorded": True,
    "expectation_recorded": True,
    "level_set": True,
    "code_set": True,
    "owner_set": True,
    "evidence_count": 1,
    "has_sku": True,
    "has_batch": True,
    "sku_unavailable_reason": "",
    "has_legal_opinion": True,
    "pending_approvals": 0,
    "granted_unpaid": 0,
    "refund_total": 0.0,
    "statutory_total": 0.0,
    "goodwill_total": 0.0,
    "written_report_due": False,
    "signed": True,
    "contacted": True,
    "solved": True,
    "survey_done": True,
    "survey_score": 5,
    "unreachable_count": 0,
    "rejected": False,
    "withdrawn": False,
    "overdue": False,
    "overdue_reason": "",
    "conflicts": 0,
}
#: What must still block closing, each with the rule that says so.
_BLOCKERS: Final[tuple[tuple[str, Mapping[str, object]], ...]] = (
    ("an approval is pending (FL-01)", {"pending_approvals": 1}),
    ("granted compensation is unpaid (CO-06)", {"granted_unpaid": 1}),
    ("the follow-up is not done (FL-04)", {"survey_done": False, "survey_score": 0}),
    ("RL-09 has no legal opinion (CL-10)", {"code": "RL-09", "has_legal_opinion": False}),
    ("a late complaint gives no reason (FL-11)", {"overdue": True}),
    ("entries are in conflict", {"conflicts": 1}),
    ("the written report is due (CO-02)", {"written_report_due": True}),
    ("there is no solution", {"solved": False}),
)


def check_folder(folder: Path) -> tuple[Problem, ...]:
    """Every problem of the pack in `folder`, by file and line; none means fit to publish.

    Raises PolicyError when a file cannot be parsed at all.
    """
    content = read_folder(folder)
    policy, findings = compile_content(content, policy_digest(folder))
    if policy is not None:
        findings = list(check_policy(policy, content))
    return locate(folder, findings)


def check_policy(policy: Policy, content: PackContent) -> Iterator[Finding]:
    """What would go wrong with a pack that is well formed."""
    if policy.expires is not None and policy.expires <= policy.effective:
        yield Finding("manifest.yaml", ("expires",), "the pack expires before it takes effect")
    for file, flow in _flows(policy, content):
        yield from _check_order(file, flow)
        yield from _check_paths(file, flow)
        yield from _check_closing(file, flow)
        yield from _check_scripts(file, flow)
    yield from _check_codes(policy)
    yield from _check_clocks(policy, content)
    yield from _check_authority(policy)
    for index, pair in enumerate(policy.phrase_pairs):
        for key, text in (("avoid", pair.avoid), ("prefer", pair.prefer)):
            yield from _literal_amounts("phrases.yaml", ("pairs", index, key), text)


def _flows(policy: Policy, content: PackContent) -> Iterator[tuple[str, Flow]]:
    for file, data in content.items():
        if file.startswith(FLOW_PREFIX) and isinstance(data, dict):
            yield file, policy.flows[str(data["id"])]


def _check_order(file: str, flow: Flow) -> Iterator[Finding]:
    """FL-01: the nodes come in their order and only the last step closes."""
    highest = 0
    for index, step in enumerate(flow.steps):
        place: Place = ("steps", index, "node")
        rank = NODES.index(step.node)
        if rank < highest:
            yield Finding(file, place, f"step {step.id}: {step.node} comes after a later node")
        highest = max(highest, rank)
        if step.node == "closed" and step is not flow.steps[-1]:
            yield Finding(file, place, f"step {step.id}: steps after closing are never reached")
    last = flow.steps[-1]
    if last.node != "closed":
        place = ("steps", len(flow.steps) - 1, "node")
        yield Finding(file, place, f"step {last.id}: the last step must close (node: closed)")
    if last.when is not None or last.optional:
        place = ("steps", len(flow.steps) - 1)
        yield Finding(file, place, f"step {last.id}: the closing step must always apply")


def _check_paths(file: str, flow: Flow) -> Iterator[Finding]:
    """A condition counts as both true and false (R15), unless it is constant."""
    checks = {f"{step.id}.{item.id}" for step in flow.steps for item in step.do}
    for index, step in enumerate(flow.steps):
        at = ("steps", index)
        if step.when is not None:
            if _is_never(step.when):
                message = f"step {step.id} is never reached: {step.when.source}"
                yield Finding(file, (*at, "when"), message)
            yield from _unknown_checks(file, (*at, "when"), step.when, checks)
        for number, gate in enumerate(step.needs):
            place = (*at, "needs", number, "condition")
            if _is_never(gate.condition):
                message = f"step {step.id} is a dead end: {gate.condition.source} is never true"
                yield Finding(file, place, message)
            yield from _unknown_checks(file, place, gate.condition, checks)


def _unknown_checks(
    file: str, place: Place, condition: Condition, checks: set[str]
) -> Iterator[Finding]:
    for name in _CHECK_NAME.findall(condition.source):
        if name not in checks:
            yield Finding(file, place, f"there is no check {name!r} in this flow")


def _is_never(condition: Condition) -> bool:
    try:
        return not condition({})
    except KeyError:
        return False


def _check_closing(file: str, flow: Flow) -> Iterator[Finding]:
    """No path to closing past a gate, and no dead end for a complaint on which all is done."""
    last = flow.steps[-1]
    place: Place = ("steps", len(flow.steps) - 1)
    done = [f"{step.id}.{item.id}" for step in flow.steps for item in step.do]
    settled = {**_SETTLED, "checks": done}
    for gate in last.missing(settled):
        yield Finding(file, place, f"gate {gate.id} blocks a complaint on which all is done")
    for why, changes in _BLOCKERS:
        if not last.missing({**settled, **changes}):
            yield Finding(file, place, f"the closing step would open although {why}")


def _check_scripts(file: str, flow: Flow) -> Iterator[Finding]:
    for index, step in enumerate(flow.steps):
        for place, text in _spoken(step):
            yield from _literal_amounts(file, ("steps", index, *place), text)


def _spoken(step: Step) -> Iterable[tuple[Place, LocalText]]:
    yield from ((("say", str(emotion)), text) for emotion, text in step.say.items())
    yield from ((("do", i, "text"), item.text) for i, item in enumerate(step.do))


def _literal_amounts(file: str, place: Place, text: LocalText) -> Iterator[Finding]:
    for language, words in text.items():
        found = _AMOUNT.search(words)
        if found:
            message = f"amount {found.group()!r} in a script; amounts come from the authority"
            yield Finding(file, (*place, language), message)


def _check_codes(policy: Policy) -> Iterator[Finding]:
    """D8: every family has 其他, and every parent chain ends."""
    for index, family in enumerate(policy.families):
        if f"{family}-99" not in policy.codes:
            message = f"family {family} has no code {family}-99 for everything else"
            yield Finding("codes.yaml", ("families", index), message)
    for index, code in enumerate(policy.codes.values()):
        seen, parent = {code.id}, code.parent
        while parent is not None and parent not in seen:
            seen.add(parent)
            parent = policy.codes[parent].parent
        if parent is not None:
            message = f"code {code.id}: its parents go round in a circle"
            yield Finding("codes.yaml", ("codes", index, "parent"), message)


def _check_clocks(policy: Policy, content: PackContent) -> Iterator[Finding]:
    clocks = content["clocks.yaml"]
    rows = clocks["rows"] if isinstance(clocks, dict) else []
    places = {row["id"]: index for index, row in enumerate(rows)}
    for row in policy.clocks:
        if _is_never(row.when):
            message = f"row {row.id} never applies; write enabled: false to switch it off"
            yield Finding("clocks.yaml", ("rows", places[row.id], "when"), message)


def _check_authority(policy: Policy) -> Iterator[Finding]:
    """Every amount has an authority, and a higher role never has less than a lower one."""
    file = "authority.yaml"
    for ledger in LEDGERS:
        for instrument in INSTRUMENTS:
            rows = [
                row
                for row in policy.authority
                if row.ledger == ledger and row.instrument == instrument
            ]
            if not any(row.up_to is None for row in rows):
                message = f"{instrument} of {ledger}: no role decides amounts without limit"
                yield Finding(file, ("rows",), message)
            ranked = sorted(rows, key=lambda row: ROLES.index(row.role))
            for lower, higher in pairwise(ranked):
                if higher.up_to is not None and (lower.up_to is None or lower.up_to > higher.up_to):
                    message = f"{instrument} of {ledger}: {higher.role} has less than {lower.role}"
                    yield Finding(file, ("rows",), message)
