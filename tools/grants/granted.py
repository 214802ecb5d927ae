"""What the template lets each function do, one action on one resource at a time."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]
FUNCTION = "AWS::Serverless::Function"
_ARN = re.compile(r"\$\{(\w+)\.Arn\}")
Resources = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, order=True)
class Grant:
    """An action on a resource, which is called as the template calls it: `LeadsTable/index/X`."""

    function: str
    action: str
    resource: str

    def __str__(self) -> str:
        return f"{self.function}: {self.action} on {self.resource}"


def template_resources() -> Resources:
    """The resources of the template."""
    parsed: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
    resources: Resources = parsed["Resources"]
    return resources


def granted(resources: Resources) -> frozenset[Grant]:
    """Everything that functions may do."""
    return frozenset(
        Grant(name, action, _named(resource))
        for name, made in resources.items()
        if made["Type"] == FUNCTION
        for statement in _allowing(made)
        for action in statement["Action"]
        for resource in statement["Resource"]
    )


def _allowing(function: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for policy in function["Properties"]["Policies"]:
        yield from (one for one in policy["Statement"] if one["Effect"] == "Allow")


def _named(resource: Mapping[str, Any]) -> str:
    """The logical name behind `!GetAtt X.Arn`, `!Ref X` and `!Sub ${X.Arn}/...`."""
    [(function, operand)] = resource.items()
    if function == "Fn::GetAtt":
        return str(operand[0])
    if function == "Fn::Sub":
        return _ARN.sub(r"\1", operand)
    if function == "Ref":
        return str(operand)
    message = f"a resource of a policy is spelled in an unknown way: {json.dumps(resource)}"
    raise ValueError(message)
