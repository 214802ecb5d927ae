"""The meter: from a recorded run to amounts, and from amounts to a bill."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from tools.cost.assumptions import Assumptions
from tools.cost.calls import Tables, call_usage, queue_item
from tools.cost.prices import MILLION, PRICES, Item, Price
from tools.cost.recorded import Invocation, Path, Run
from tools.cost.units import MS_PER_SECOND, chunks, express_gb_seconds, lambda_gb_seconds
from tools.cost.usage import Line, Usage

BYTES_PER_GB = 1_000_000_000
LARGEST = 3
_LAMBDA = {"arm64": Item.LAMBDA_ARM64, "x86_64": Item.LAMBDA_X86_64}
TIMED = frozenset({*_LAMBDA.values(), Item.EXPRESS_TIME})
"""What hangs on assumed times; all else is counted."""


@dataclass(frozen=True)
class Bill:
    """Dollars for a million leads, by line."""

    lines: Mapping[Line, Fraction]

    @property
    def total(self) -> Fraction:
        """All of it."""
        return sum(self.lines.values(), Fraction())

    @property
    def timed(self) -> Fraction:
        """The part that hangs on assumed times."""
        found = (usd for line, usd in self.lines.items() if line.item in TIMED)
        return sum(found, Fraction())

    @property
    def by_item(self) -> Mapping[str, Fraction]:
        """Items, the dearest first; writes and reads of tables apart from those of indexes."""
        items: dict[str, Fraction] = {}
        for line, usd in self.lines.items():
            name = _shown(line)
            items[name] = items.get(name, Fraction()) + usd
        return dict(sorted(items.items(), key=lambda one: (-one[1], one[0])))

    @property
    def largest(self) -> Mapping[str, Fraction]:
        """The three dearest items."""
        return dict(list(self.by_item.items())[:LARGEST])


def bill(usage: Usage, leads: int, prices: Mapping[Item, Price] = PRICES) -> Bill:
    """What a million leads cost, each as these did."""
    return Bill({line: amount * prices[line.item].one * MILLION / leads for line, amount in usage})


def path_usage(path: Path, tables: Tables, assumed: Assumptions) -> Usage:
    """What a path used, from the request to the last fact told."""
    usage = Usage()
    for size in path.answers:
        usage.add(Item.API_REQUEST, "api", 1)
        usage.add(Item.OUT_GB, "api", _gb(size + assumed.answer_head_bytes))
    for invocation in path.invocations:
        _add_invocation(usage, invocation, tables, assumed)
    for sent in path.sent:
        usage.add(queue_item(sent.queue), sent.queue, chunks(sent.payload_bytes))
    for delivery in path.deliveries:
        # Received with its payload, deleted without.
        usage.add(queue_item(delivery.queue), delivery.queue, chunks(delivery.payload_bytes) + 1)
    return usage


def _add_invocation(
    usage: Usage, invocation: Invocation, tables: Tables, assumed: Assumptions
) -> None:
    name = invocation.function
    usage.add(Item.LAMBDA_REQUEST, name, 1)
    taken = lambda_gb_seconds(billed_ms(invocation, assumed), invocation.memory_mb)
    usage.add(_LAMBDA[assumed.architecture], name, taken)
    usage.add(Item.LOG_GB, name, _gb(_logged(invocation, assumed)))
    if invocation.is_traced:
        usage.add(Item.TRACE, name, assumed.traced_share)
    for call in invocation.calls:
        usage.join(call_usage(call, tables, assumed.index_factor))
    for run in invocation.runs:
        taken = express_gb_seconds(run_ms(run, assumed), run.definition_bytes, run.data_bytes)
        usage.add(Item.EXPRESS_TIME, "distribution", taken)
        for task in run.tasks:
            _add_invocation(usage, task, tables, assumed)


def _logged(invocation: Invocation, assumed: Assumptions) -> int:
    lines, size = invocation.log_lines, invocation.log_bytes
    if invocation.platform_logs:
        lines += assumed.platform_log_lines
        size += assumed.platform_log_bytes
    return size + lines * assumed.line_overhead_bytes


def billed_ms(invocation: Invocation, assumed: Assumptions) -> float:
    """How long an invocation takes: its CPU at its memory, and what it waits for."""
    computed = invocation.cpu_seconds * MS_PER_SECOND * assumed.slowdown(invocation.memory_mb)
    calls = [one for one in invocation.calls if one.operation != "StartSyncExecution"]
    waited = sum(assumed.call_ms.get(one.operation, assumed.other_call_ms) for one in calls)
    runs = sum(run_ms(run, assumed) for run in invocation.runs)
    return assumed.time_factor * (computed + waited) + runs


def run_ms(run: Run, assumed: Assumptions) -> float:
    """How long a run takes: its tasks, one after the other, each handed over."""
    handed = assumed.time_factor * assumed.task_ms
    return sum(billed_ms(task, assumed) + handed for task in run.tasks)


def _gb(size: int) -> Fraction:
    return Fraction(size, BYTES_PER_GB)


def _shown(line: Line) -> str:
    if line.item in {Item.WRITE_UNIT, Item.READ_UNIT}:
        table, _, index = line.where.partition("/")
        return f"{line.item}, {'indexes of ' if index else ''}{table}"
    return str(line.item)
