"""Schemathesis against the API: requests made from its document, right ones and wrong ones.

Each campaign is a process of its own, called with its own credentials and seed. What it must never
meet: a 5xx, and an answer whose status, content type, headers or body the document does not have.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.local_stack.layout import ROOT
from tools.openapi.document import document
from tools.openapi.identifiers import pattern

COMMAND = ROOT / ".venv/bin/schemathesis"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
WORKERS = 2
REQUEST_SECONDS = 60
CAMPAIGN_SECONDS_MAX = 1_800
TOLD_CHARACTERS_MAX = 20_000

Known = Mapping[str, Sequence[str]]
"""Identifiers of objects that exist, by their prefix."""


@dataclass(frozen=True)
class Campaign:
    """Who calls which operations (none named: all), how often each, and from which seed."""

    name: str
    authorization: str
    cases_per_operation: int
    seed: int
    operations: Sequence[str] = ()
    phases: Sequence[str] = ("fuzzing",)


def with_known(known: Known) -> dict[str, Any]:
    """The document, in which an identifier is one that exists as often as any other."""
    choices = {pattern(prefix): list(ids) for prefix, ids in known.items() if ids}
    shown: dict[str, Any] = _with_choices(document(), choices)
    return shown


def tried(campaign: Campaign, api_url: str, shown: Mapping[str, Any], directory: Path) -> int:
    """Run a campaign to its end; how many requests it made. Fails with what it has found."""
    place, told = directory / f"{campaign.name}.json", directory / f"{campaign.name}-report.json"
    place.write_text(json.dumps(shown))
    ended = subprocess.run(  # noqa: S603 # the command is put together in this file
        _command(campaign, api_url, place, told),
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=CAMPAIGN_SECONDS_MAX,
        check=False,
    )
    assert ended.returncode == 0, (ended.stdout + ended.stderr)[-TOLD_CHARACTERS_MAX:]
    return int(json.loads(told.read_text())["test_cases"]["generated"])


def _command(campaign: Campaign, api_url: str, place: Path, told: Path) -> list[str]:
    chosen = [f"--include-operation-id={one}" for one in campaign.operations]
    options = {
        "url": api_url,
        "header": f"Authorization: {campaign.authorization}",
        "phases": ",".join(campaign.phases),
        "max-examples": campaign.cases_per_operation,
        "seed": campaign.seed,
        "workers": WORKERS,
        "checks": ",".join(CHECKS),
        "request-timeout": REQUEST_SECONDS,
        "suppress-health-check": "all",
        "generation-database": "none",
        "warnings": "off",
        "report": "json",
        "report-json-path": told,
    }
    spelled = [f"--{name}={value}" for name, value in options.items()]
    return [str(COMMAND), "run", str(place), "--continue-on-failure", *spelled, *chosen]


Node = Any
"""Any part of the document."""


def _with_choices(node: Node, choices: Mapping[str, Sequence[str]]) -> Node:
    if isinstance(node, list):
        return [_with_choices(one, choices) for one in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "string" and node.get("pattern") in choices:
        return {"anyOf": [{"enum": list(choices[node["pattern"]])}, node]}
    return {name: _with_choices(one, choices) for name, one in node.items()}
