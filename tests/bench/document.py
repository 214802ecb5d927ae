"""The tables of `docs/performance.md`, written from the results of all benchmarks."""

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.figures import bound, shown
from tests.infrastructure.template import ROOT
from tools.marked import put, table

DOCUMENT = ROOT / "docs/performance.md"
BY_FUNCTION = ("cold_start_ratio", "memory_ratio")
"""Benchmarks with a figure for each function: told in one line, and in a table of their own."""

PATHS: Mapping[str, str] = {
    "sold": "sold",
    "unsold": "unsold",
    "ping": "ping",
    "withheld_released": "withheld, released",
}
COSTS: Mapping[str, Sequence[str]] = {
    "Writes to indexes of `Leads`": ("DynamoDB, write units, indexes of LeadsTable",),
    "Writes to `Flows` and its index": (
        "DynamoDB, write units, FlowsTable",
        "DynamoDB, write units, indexes of FlowsTable",
    ),
    "Writes to `Leads`": ("DynamoDB, write units, LeadsTable",),
    "Writes to `Wallets` and its indexes": (
        "DynamoDB, write units, WalletsTable",
        "DynamoDB, write units, indexes of WalletsTable",
    ),
    "Writes to other tables": ("DynamoDB, write units",),
    "Reads of all tables": ("DynamoDB, read units",),
    "Lambda, requests and time": ("Lambda",),
    "CloudWatch, log": ("CloudWatch",),
    "SQS": ("SQS",),
    "API Gateway, and bytes to the internet": ("API Gateway", "GB to the internet"),
    "EventBridge": ("EventBridge",),
    "X-Ray, one invocation in twenty": ("X-Ray",),
    "The run": ("Step Functions",),
}
"""Lines of the bill, and how the items of each begin; an item is in the line that fits it best."""

Result = Mapping[str, Any]


def document(results: Sequence[Result], names: Sequence[str]) -> None:
    """Write all tables anew; `names` are the benchmarks that just ran, none named for all."""
    by_name = {one["name"]: one for one in results}
    made = {
        "machine": _machine(names),
        "figures": figures_table(results),
        "functions": _functions(by_name),
        "costs": _costs(by_name),
    }
    text = DOCUMENT.read_text()
    for name, content in made.items():
        text = put(text, name, content)
    DOCUMENT.write_text(text)


def _machine(names: Sequence[str]) -> str:
    model = next(
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    which = f"of {', '.join(names)} " if names else ""
    return (
        f"The last run {which}ended on {datetime.now(UTC):%-d %B %Y}: {os.cpu_count()} cores "
        f"({model}), {platform.system()}, CPython {platform.python_version()}, "
        f"load {os.getloadavg()[2]:.1f} in its last quarter of an hour.\n"
    )


def figures_table(results: Sequence[Result]) -> str:
    """A line for each figure, and one for all functions."""
    lines = [
        (
            f"`{one['name']}`",
            f"{shown(one['value'])} {one['unit']}",
            _target(one),
            _verdict([one]),
        )
        for one in results
        if not one["name"].startswith(BY_FUNCTION)
    ]
    for benchmark in BY_FUNCTION:
        if found := [one for one in results if one["name"].startswith(benchmark)]:
            values = [one["value"] for one in found]
            told = (
                f"{min(values):.2f} to {max(values):.2f} x, median {statistics.median(values):.2f}"
            )
            line = (
                f"`{benchmark}`, {len(found)} functions",
                told,
                _target(found[0]),
            )
            lines.append((*line, _verdict(found)))
    return table(("Figure", "Value", "Target", ""), lines)


def _target(one: Result) -> str:
    return bound(one["target"], at_most=one["at_most"])


def _verdict(found: Sequence[Result]) -> str:
    met = sum(one["met"] for one in found)
    if met == len(found):
        return "met"
    return "**missed**" if met == 0 else f"**met by {met}**"


def _functions(by_name: Mapping[str, Result]) -> str:
    start, memory = BY_FUNCTION
    folders = sorted(name.partition(".")[2] for name in by_name if name.startswith(start))
    lines = [
        (f"`{folder}`", *(_of(by_name, f"{which}.{folder}") for which in (start, memory)))
        for folder in folders
    ]
    return table(("Function", "Start", "Memory"), lines)


def _of(by_name: Mapping[str, Result], name: str) -> str:
    return f"{by_name[name]['value']:.2f}" if name in by_name else ""


def _costs(by_name: Mapping[str, Result]) -> str:
    bills = [by_name[f"cost_per_million_{path}"] for path in PATHS]
    otherwise = [bill["details"]["otherwise"] for bill in bills]
    units = [bill["details"]["write_units_per_lead"] for bill in bills]
    lines = [("**In all**", *(f"**{shown(bill['value'])}**" for bill in bills))]
    columns = [added_up(bill["details"]["by_item"]) for bill in bills]
    lines += [(name, *(_usd(column[name]) for column in columns)) for name in COSTS]
    lines.append(("Write units a lead", *(f"{sum(one.values()):.1f}" for one in units)))
    for told, part in (
        ("facts behind the request", "of_facts"),
        ("assumed times", "of_assumed_times"),
    ):
        lines.append((f"Of all this, {told}", *(shown(bill["details"][part]) for bill in bills)))
    for how in otherwise[0]:
        lines.append((f"In all, {how}", *(shown(one[how]) for one in otherwise)))
    return table(("USD for a million", *PATHS.values()), lines)


def added_up(by_item: Mapping[str, float]) -> Mapping[str, float]:
    """The lines of the bill in USD. Raises ValueError for an item that is in none."""
    columns = dict.fromkeys(COSTS, 0.0)
    exact = {begin: name for name, begins in COSTS.items() for begin in begins}
    for item, usd in by_item.items():
        begins = [begin for begin in exact if item.startswith(begin)]
        columns[exact[max(begins, key=len)]] += usd
    return columns


def _usd(amount: float) -> str:
    return f"{amount:.2f}" if amount else ""
