"""What no emulator can tell, with its reason. Every figure says how much of it hangs on these."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

CALL_MS: Mapping[str, float] = {
    "GetItem": 4,
    "BatchGetItem": 6,
    "Query": 5,
    "PutItem": 6,
    "UpdateItem": 6,
    "BatchWriteItem": 8,
    "TransactWriteItems": 15,
}
"""DynamoDB promises single-digit milliseconds; a transaction takes two rounds. Not measured."""


@dataclass(frozen=True)
class Assumptions:
    """All of them; whoever doubts one makes another and bills the same run again."""

    architecture: str = "arm64"
    """The template's default."""

    full_core_mb: int = 1_769
    """Lambda gives CPU by memory, and one whole core at so much of it."""

    cpu_factor: float = 1.0
    """A core of Lambda against one of the machine that measures."""

    call_ms: Mapping[str, float] = field(default_factory=lambda: CALL_MS)
    other_call_ms: float = 10
    """Calls of other services, such as SQS and EventBridge."""

    task_ms: float = 20
    """What a run needs to hand a task to Lambda and take its answer."""

    time_factor: float = 1.0
    """Of all times at once."""

    index_factor: int = 2
    """Of writes to indexes in a transaction. Whether AWS doubles them could not be verified."""

    traced_share: Fraction = Fraction(1, 20)
    """X-Ray's default, beyond the first request of each second, which is always traced. Functions
    that only pass on what others have drawn are not traced: the template says."""

    platform_log_bytes: int = 350
    platform_log_lines: int = 4
    """START, END, REPORT and XRAY, which Lambda itself writes for each invocation unless its log is
    JSON at a level above INFO: the template says."""

    line_overhead_bytes: int = 26
    """What CloudWatch adds to the text of each line."""

    answer_head_bytes: int = 500
    """Status line and headers of an answer."""

    def slowdown(self, memory_mb: int) -> float:
        """How much longer CPU takes with this memory than it took here."""
        return self.cpu_factor * max(1.0, self.full_core_mb / memory_mb)
