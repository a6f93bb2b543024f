"""Prove the flows of a pack: every step is reached, none is a dead end, no gate is passed (R15)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.domain.policy import Condition, Flow, Policy, Step
from desktop.policy.condition_space import CHECK_NAME, ConditionSpace, Facts, told
from desktop.policy.problems import Finding, Place

Limits = Mapping[str, Sequence[Facts]]
#: What a complaint is; everything else of it can still be brought about by working on it.
_GIVEN: Final = ("level", "code", "tier", "complexity", "emotion", "anonymous", "withdrawn")
#: What has happened cannot be undone either: a late complaint stays late.
_FATE: Final = (*_GIVEN, "overdue")
#: Nobody can be asked on an anonymous or withdrawn complaint (R14).
_UNASKED: Final = ("survey", "unreachable_count", "contacted", "signed")


@dataclass(frozen=True, slots=True)
class Rule:
    """What must keep a complaint from closing: the rule and the situations it speaks of."""

    why: str
    limits: Limits


def prove_flow(file: str, flow: Flow, policy: Policy, space: ConditionSpace) -> Iterator[Finding]:
    """Every way in which a complaint could be stuck in the flow or leave it past a gate."""
    yield from _unknown_checks(file, flow)
    for index, step in enumerate(flow.steps):
        at: Place = ("steps", index)
        if step.when is not None and space.find([(step.when, True)]) is None:
            message = f"step {step.id} is never reached: {step.when.source}"
            yield Finding(file, (*at, "when"), message)
        else:
            yield from _dead_ends(file, at, step, space)
    yield from _ways_past_gates(file, flow, policy, space)


def conditions_of(flow: Flow) -> Iterator[Condition]:
    """Every condition of a flow."""
    for step in flow.steps:
        yield from (gate.condition for gate in step.needs)
        if step.when is not None:
            yield step.when


def _unknown_checks(file: str, flow: Flow) -> Iterator[Finding]:
    known = {f"{step.id}.{item.id}" for step in flow.steps for item in step.do}
    for index, step in enumerate(flow.steps):
        placed: list[tuple[Place, Condition]] = [
            (("needs", number, "condition"), gate.condition)
            for number, gate in enumerate(step.needs)
        ]
        if step.when is not None:
            placed.append((("when",), step.when))
        for place, condition in placed:
            for name in CHECK_NAME.findall(condition.source):
                if name not in known:
                    message = f"there is no check {name!r} in this flow"
                    yield Finding(file, ("steps", index, *place), message)


def _dead_ends(file: str, at: Place, step: Step, space: ConditionSpace) -> Iterator[Finding]:
    """The gates must open, one by one and together, for every complaint that comes this way."""
    never = False
    for number, gate in enumerate(step.needs):
        if space.find([(gate.condition, True)]) is None:
            never = True
            place = (*at, "needs", number, "condition")
            message = f"step {step.id} is a dead end: {gate.condition.source} is never true"
            yield Finding(file, place, message)
    if never:
        return
    gates = [(gate.condition, True) for gate in step.needs]
    for given in _complaints(step, space):
        limits = _limits_of(given, space)
        if space.find(gates, limits) is not None:
            continue
        alone = (n for n, gate in enumerate(gates) if space.find([gate], limits) is None)
        stuck = next(alone, None)
        place = at if stuck is None else (*at, "needs", stuck, "condition")
        what = "its gates exclude one another" if stuck is None else "this gate never opens"
        yield Finding(file, place, f"step {step.id} is a dead end: {what} for {told(given)}")
        return


def _complaints(step: Step, space: ConditionSpace) -> Iterator[dict[str, Facts]]:
    """Every kind of complaint that the step applies to, as far as its conditions tell."""
    conditions = [gate.condition for gate in step.needs]
    asked = [
        v for c in (*conditions, *([step.when] if step.when else [])) for v in space.variables(c)
    ]
    given = [v for v in dict.fromkeys((*asked, "anonymous", "withdrawn")) if v in _FATE]
    set_already = {
        "level": space.only("level", lambda facts: bool(facts["level_set"])),
        "code": space.only("code", lambda facts: bool(facts["code_set"])),
    }
    for situation in space.situations(given, set_already):
        limits = {name: (value,) for name, value in situation.items()}
        if step.when is None or space.find([(step.when, True)], limits) is not None:
            yield situation


def _limits_of(given: Mapping[str, Facts], space: ConditionSpace) -> Limits:
    """What can be brought about: nobody is asked where nobody is there to be asked (R14)."""
    limits: dict[str, Sequence[Facts]] = {name: (value,) for name, value in given.items()}
    withdrawn = bool(given["withdrawn"]["withdrawn"])
    if withdrawn or given["anonymous"]["anonymous"]:
        for name in _UNASKED:
            limits[name] = space.values(name)[:1]
    if withdrawn:
        limits["solved"] = space.only("solved", lambda facts: not facts["solved"])
    return limits


def _ways_past_gates(
    file: str, flow: Flow, policy: Policy, space: ConditionSpace
) -> Iterator[Finding]:
    """What was true at an earlier step may no longer be: the closing step itself must ask.

    So the search leaves every fact free but those that the rule speaks of (R15).
    """
    last = flow.steps[-1]
    gates = [(gate.condition, True) for gate in last.needs]
    for rule in closing_rules(policy, space):
        if space.find(gates, rule.limits) is not None:
            message = f"the closing step would open although {rule.why}"
            yield Finding(file, ("steps", len(flow.steps) - 1), message)


def closing_rules(policy: Policy, space: ConditionSpace) -> tuple[Rule, ...]:
    """What must block closing, each with the requirement that says so."""
    thresholds = policy.thresholds
    asked: Limits = {
        "level": space.only("level", lambda facts: facts["level"] != 4),
        "anonymous": (space.values("anonymous")[0],),
        "withdrawn": (space.values("withdrawn")[0],),
    }
    unasked: Limits = {
        "survey": space.only("survey", lambda facts: not facts["survey_done"]),
        "unreachable_count": space.only(
            "unreachable_count",
            lambda facts: _count(facts, "unreachable_count") < thresholds.unreachable_tries,
        ),
    }
    unhappy: Limits = {
        "survey": space.only(
            "survey", lambda facts: 0 < _count(facts, "survey_score") < thresholds.reopen_below
        )
    }
    no_opinion: Limits = {
        "code": space.only("code", lambda facts: _needs_opinion(facts, policy)),
        "has_legal_opinion": (space.values("has_legal_opinion")[0],),
    }
    on = {name: space.only(name, _is_on(name)) for name in _BLOCKING}
    open_case: Limits = {"withdrawn": asked["withdrawn"]}
    return (
        *(Rule(why, {name: on[name]}) for name, why in _BLOCKING.items() if name != "rejected"),
        Rule("the follow-up is not done (FL-04)", {**asked, **unasked}),
        Rule(f"it was rated below {thresholds.reopen_below} stars (NC-05)", {**asked, **unhappy}),
        Rule("RL-09 has no legal opinion (CL-10)", no_opinion),
        Rule(
            "a late complaint gives no reason (FL-11)",
            {
                "overdue": space.only("overdue", lambda facts: bool(facts["overdue"])),
                "overdue_reason": space.only("overdue_reason", lambda f: not f["overdue_reason"]),
            },
        ),
        Rule("there is no solution (FL-01)", {**open_case, "solved": (space.values("solved")[0],)}),
        Rule("the customer rejects the result (R14)", {**open_case, "rejected": on["rejected"]}),
    )


#: Facts that block closing by being there at all.
_BLOCKING: Final = {
    "pending_approvals": "an approval is pending (FL-01)",
    "granted_unpaid": "granted compensation is unpaid (CO-06)",
    "conflicts": "entries are in conflict",
    "written_report_due": "the written report is due (CO-02)",
    "rejected": "the customer rejects the result (R14)",
}


def _is_on(name: str) -> Callable[[Mapping[str, object]], bool]:
    return lambda facts: bool(facts[name])


def _needs_opinion(facts: Mapping[str, object], policy: Policy) -> bool:
    code = policy.codes.get(str(facts["code"]))
    return code is not None and "legal_opinion" in code.consequences


def _count(facts: Mapping[str, object], name: str) -> int:
    value = facts[name]
    return value if isinstance(value, int) else 0
