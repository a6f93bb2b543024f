"""Suggest a code and a level from the customer's words, and say why (命中: …; CL-06, CL-17)."""

from __future__ import annotations

from desktop.domain import suggesting
from desktop.domain.policy import Policy
from desktop.domain.suggesting import CodeModel, Suggestion

__all__ = ["Suggestion", "suggest"]

_KEPT = 4
_models: dict[tuple[str, tuple[tuple[str, ...], ...]], CodeModel] = {}


def suggest(words: str, policy: Policy) -> Suggestion:
    """Return what keywords, synonyms and labelled examples of the pack propose for `words`.

    The first call for a pack learns its examples, the others only look up.
    """
    return suggesting.suggest(words, policy, _model(policy))


def _model(policy: Policy) -> CodeModel:
    key = (policy.digest, tuple((code.id, *code.keywords) for code in policy.codes.values()))
    if key not in _models:
        while len(_models) >= _KEPT:
            _models.pop(next(iter(_models)))
        known = (e for e in policy.examples if e.code in policy.codes)
        _models[key] = CodeModel(known, policy.codes.values(), policy.synonyms)
    return _models[key]
