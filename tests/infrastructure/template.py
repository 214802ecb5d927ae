"""The template and the state machine as data."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]
Resource = dict[str, Any]


@cache
def template() -> dict[str, Any]:
    """The template; short tags such as `!Ref` are spelled out as their long forms."""
    parsed: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
    return parsed


@cache
def state_machine(name: str = "distribution") -> dict[str, Any]:
    """The definition in a file of `statemachines`, with its substitutions unresolved."""
    text = (ROOT / f"statemachines/{name}.asl.json").read_text()
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def resources(kind: str) -> dict[str, Resource]:
    """Resources of one type by their logical names."""
    return {name: made for name, made in template()["Resources"].items() if made["Type"] == kind}
