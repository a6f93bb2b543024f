"""No script promises more than its speaker may give (R15, CO-08)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from desktop.domain.choosing import PromiseWords
from desktop.domain.policy import Flow, LocalText, Policy, Role, Step
from desktop.policy.problems import Finding, Place

#: An amount of money written out: 200元, ¥200, 两百块, 200 yuan.
_AMOUNT: Final = re.compile(
    r"[¥￥$]\s*[0-9]"
    r"|[0-9][0-9,.]*\s*(?:万|千|百)?\s*(?:元|块|yuan\b|rmb\b|cny\b)"
    r"|(?:rmb|cny)\s*[0-9]"
    r"|[一二三四五六七八九十百千万两壹贰叁肆伍陆柒捌玖拾佰仟]+(?:元|圆|块钱?)(?!素|旦|月|宵)"
    r"|[0-9二三四五六七八九十百千两]\s*万",
    re.IGNORECASE,
)
#: Who speaks the phrases that are recommended to everybody.
_EVERYBODY: Final[Role] = "clerk"


def check_flow_scripts(file: str, flow: Flow, policy: Policy) -> Iterator[Finding]:
    """Amounts and promises in what a flow's steps say; what they do is not spoken."""
    for index, step in enumerate(flow.steps):
        at: Place = ("steps", index)
        for number, item in enumerate(step.do):
            yield from _amounts(file, (*at, "do", number, "text"), item.text)
        for emotion, text in step.say.items():
            place = (*at, "say", str(emotion))
            yield from _amounts(file, place, text)
            yield from _promises(file, place, text, step, policy)


def check_phrases(policy: Policy) -> Iterator[Finding]:
    """Amounts in phrases, and promises in those that are recommended."""
    for index, pair in enumerate(policy.phrase_pairs):
        at: Place = ("pairs", index)
        yield from _amounts("phrases.yaml", (*at, "avoid"), pair.avoid)
        yield from _amounts("phrases.yaml", (*at, "prefer"), pair.prefer)
        yield from _promises("phrases.yaml", (*at, "prefer"), pair.prefer, None, policy)


def _amounts(file: str, place: Place, text: LocalText) -> Iterator[Finding]:
    for language, words in text.items():
        found = _AMOUNT.search(words)
        if found:
            message = f"amount {found.group()!r} in a script; amounts come from the authority"
            yield Finding(file, (*place, language), message)


def _promises(
    file: str, place: Place, text: LocalText, step: Step | None, policy: Policy
) -> Iterator[Finding]:
    role = step.role if step else _EVERYBODY
    for promise in policy.promises:
        if _may_promise(role, promise, policy):
            continue
        for language, words in text.items():
            said = words.casefold()
            for phrase in promise.words.get(language, ()):
                if phrase.casefold() in said:
                    what = promise.instrument or "anything without limit"
                    message = f"{phrase!r} promises {what}, which {role} may not give"
                    yield Finding(file, (*place, language), message)


def _may_promise(role: Role, promise: PromiseWords, policy: Policy) -> bool:
    rows = [row for row in policy.authority if row.role == role and row.ledger != "statutory"]
    if promise.instrument is None:
        return any(row.ledger == "goodwill" and row.up_to is None for row in rows)
    return any(row.instrument == promise.instrument for row in rows)
