"""What functions have done, as tests have noted it: one JSON line of function, action, resource.

The end-to-end tier notes what the emulator's IAM let pass, the tiers on moto what handlers asked of
tables, files, queues, keys and state machines. Both call a resource as the template does.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tools.grants.granted import ROOT, Grant

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

FILE = Path(os.environ.get("LEADFLOW_GRANTS_RUN", ROOT / ".local/grants.jsonl"))
ROLE = "Role"


def physical_names(cloudformation: "CloudFormationClient", stack_name: str) -> Mapping[str, str]:
    """What the template calls the resources of a stack, by what the stack calls them."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_name)
    return {
        one["PhysicalResourceId"]: one["LogicalResourceId"]
        for page in pages
        for one in page["StackResourceSummaries"]
    }


def as_grants(lines: Iterable[str], names: Mapping[str, str]) -> frozenset[Grant]:
    """What the emulator has noted, in the template's words; other stacks' lines are left out."""
    known = {_last(physical): logical for physical, logical in names.items()}
    found = (_as_grant(json.loads(line), known) for line in lines)
    return frozenset(grant for grant in found if grant)


def _as_grant(line: Sequence[str], known: Mapping[str, str]) -> Grant | None:
    role, action, arn = line
    function = known.get(role, "").removesuffix(ROLE)
    resource = _resource(arn, known)
    return Grant(function, action, resource) if function and resource else None


def _resource(arn: str, known: Mapping[str, str]) -> str | None:
    name, tail = _last(arn), ""
    if ":s3:::" in arn:
        name, slash, _ = arn.rpartition(":")[2].partition("/")
        tail = "/*" if slash else ""
    elif "/index/" in arn:
        table, _, index = arn.partition("/index/")
        name, tail = _last(table), f"/index/{index}"
    return known[name] + tail if name in known else None


def _last(name: str) -> str:
    """The last part of an ARN or of a URL: what is unique in a stack."""
    return re.split(r"[:/]", name)[-1]


def note(grants: Iterable[Grant]) -> None:
    """Write down what was done. Processes may write side by side: a line is one append."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    with FILE.open("a") as file:
        for one in grants:
            file.write(json.dumps([one.function, one.action, one.resource]) + "\n")


def noted() -> frozenset[Grant]:
    """Everything that was written down since the file was deleted."""
    lines = FILE.read_text().splitlines() if FILE.exists() else []
    return frozenset(Grant(*json.loads(line)) for line in lines)
