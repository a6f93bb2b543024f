"""Prove a compiled pack before it is published: reachable, closable, gated, within authority."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from desktop.domain.policy import (
    INSTRUMENTS,
    LEDGERS,
    NODES,
    ROLES,
    Condition,
    Flow,
    LadderRow,
    Policy,
)
from desktop.policy.condition_space import ConditionSpace, merged, told
from desktop.policy.loading import compile_content, policy_digest
from desktop.policy.problems import Finding, Place, Problem
from desktop.policy.proving import conditions_of, prove_flow
from desktop.policy.reading import PackContent, locate, read_folder
from desktop.policy.scripts import check_flow_scripts, check_phrases
from desktop.policy.sharing import FLOW_PREFIX, is_shared, point_to_sources


@dataclass(frozen=True, slots=True)
class Examination:
    """What the checker found, and how many situations it tried conditions in."""

    problems: tuple[Problem, ...]
    situations: int
    policy: Policy | None


def examine_folder(folder: Path) -> Examination:
    """Prove the pack in `folder`; its policy is None when it does not even compile.

    Raises PolicyError when a file cannot be parsed at all.
    """
    content = read_folder(folder)
    policy, findings = compile_content(content, policy_digest(folder))
    space = None
    if policy is not None:
        space = _space_of(policy)
        findings = point_to_sources(list(check_policy(policy, content, space)), content)
    return Examination(locate(folder, findings), space.examined if space else 0, policy)


def check_folder(folder: Path) -> tuple[Problem, ...]:
    """Every problem of the pack in `folder`, by file and line; none means fit to publish."""
    return examine_folder(folder).problems


def check_policy(policy: Policy, content: PackContent, space: ConditionSpace) -> Iterator[Finding]:
    """What would go wrong with a pack that is well formed."""
    if policy.expires is not None and policy.expires <= policy.effective:
        yield Finding("manifest.yaml", ("expires",), "the pack expires before it takes effect")
    for file, flow in _flows(policy, content):
        yield from _check_order(file, flow)
        yield from prove_flow(file, flow, policy, space)
        yield from check_flow_scripts(file, flow, policy)
    yield from _check_step_ids(content)
    yield from check_phrases(policy)
    yield from _check_routing(policy, content, space)
    yield from _check_codes(policy)
    yield from _check_clocks(policy, content, space)
    yield from _check_authority(policy)
    yield from _check_ladder(policy, space)


def _space_of(policy: Policy) -> ConditionSpace:
    flows = (c for flow in policy.flows.values() for c in conditions_of(flow))
    clocks = (row.when for row in policy.clocks)
    ladder = (row.when for row in policy.ladder)
    rules = (rule.when for rule in policy.flow_rules)
    routes = (row.when for row in policy.route_rows)
    return ConditionSpace(policy, [*flows, *clocks, *ladder, *rules, *routes])


def _flows(policy: Policy, content: PackContent) -> Iterator[tuple[str, Flow]]:
    for file, data in content.items():
        if file.startswith(FLOW_PREFIX) and isinstance(data, dict):
            yield file, policy.flows[str(data["id"])]


def _check_step_ids(content: PackContent) -> Iterator[Finding]:
    """FL-07: what is done stays done in another flow, so one id is one step, written once."""
    written: dict[str, str] = {}
    for file, data in content.items():
        steps = data.get("steps") if file.startswith(FLOW_PREFIX) and isinstance(data, dict) else ()
        for index, step in enumerate(steps if isinstance(steps, list) else ()):
            name = None if is_shared(step) else step["id"]
            if name in written:
                message = f"step {name} is written in {written[name]} too: share it with use:"
                yield Finding(file, ("steps", index, "id"), message)
            elif name:
                written[name] = file


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


def _check_routing(
    policy: Policy, content: PackContent, space: ConditionSpace
) -> Iterator[Finding]:
    """Every flow is taken by some complaint, every row is the first for some, every one has a row.

    Rows with keywords hold only for some words, so they hide nothing.
    """
    file = "routing.yaml"
    taken = {policy.default_flow} | {rule.flow for rule in policy.flow_rules}
    for name, flow in _flows(policy, content):
        if flow.id not in taken:
            message = f"no complaint takes flow {flow.id}: name it in routing.yaml"
            yield Finding(name, ("id",), message)
    always = [row for row in policy.route_rows if not row.keywords]
    for index, rule in enumerate(policy.flow_rules):
        earlier = [r.when for r in policy.flow_rules[:index]]
        yield from _hidden((file, ("flows", index, "when")), rule.id, rule.when, earlier, space)
    for index, row in enumerate(policy.route_rows):
        earlier = [r.when for r in policy.route_rows[:index] if not r.keywords]
        yield from _hidden((file, ("routes", index, "when")), row.id, row.when, earlier, space)
    left = space.find([(row.when, False) for row in always])
    if left is not None:
        message = f'nobody takes a complaint with {told(left)}; end with a row when: "true"'
        yield Finding(file, ("routes",), message)


def _hidden(
    at: tuple[str, Place],
    row: str,
    when: Condition,
    earlier: Iterable[Condition],
    space: ConditionSpace,
) -> Iterator[Finding]:
    if space.find([(when, True), *((condition, False) for condition in earlier)]) is None:
        message = f"row {row} is never taken: the rows before it leave nothing"
        yield Finding(*at, message)


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


def _check_clocks(policy: Policy, content: PackContent, space: ConditionSpace) -> Iterator[Finding]:
    clocks = content["clocks.yaml"]
    rows = clocks["rows"] if isinstance(clocks, dict) else []
    places = {row["id"]: index for index, row in enumerate(rows)}
    for row in policy.clocks:
        if space.find([(row.when, True)]) is None:
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


def _check_ladder(policy: Policy, space: ConditionSpace) -> Iterator[Finding]:
    """CO-05: every kind of complaint × customer grade has a rung, and VIP customers none lower."""
    conditions = [row.when for row in policy.ladder]
    names = dict.fromkeys(("code", *(v for c in conditions for v in space.variables(c))))
    others = [name for name in names if name != "tier"]
    coded = {"code": space.only("code", lambda facts: bool(facts["code_set"]))}
    for kind in space.situations(others, coded):
        offered: dict[str, LadderRow | None] = {}
        for tier in space.values("tier"):
            facts = merged({**kind, "tier": tier})
            rung = next((row for row in policy.ladder if row.when(facts)), None)
            offered[str(tier["tier"])] = rung
            if rung is None:
                message = f"no rung for {facts['code']} and {tier['tier']} customers"
                yield Finding("ladder.yaml", ("rows",), message)
        vip, plain = offered["vip"], offered["ordinary"]
        if vip and plain and vip.high < plain.high:
            place: Place = ("rows", policy.ladder.index(vip), "high")
            message = f"rung {vip.id}: VIP customers get less than by {plain.id}"
            yield Finding("ladder.yaml", place, message)
