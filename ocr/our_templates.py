"""Our own forms by the id in their code, from the same files that draw them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

from desktop.domain.form_template import FormTemplate, form_from_dict


@cache
def our_templates() -> Mapping[str, FormTemplate]:
    """Return every template of `resources/forms`, by id; raises ValueError when one is wrong."""
    found: dict[str, FormTemplate] = {}
    for entry in (files("resources") / "forms").iterdir():
        if entry.name.endswith(".yaml"):
            content = YAML(typ="safe").load(entry.read_text(encoding="utf-8"))
            template = form_from_dict(content)
            found[template.id] = template
    return found
