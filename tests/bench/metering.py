"""Invocations of real handlers in this process: what each one calls, logs and computes."""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, TypeVar

from leadflow.runtime.observability import logger
from tests.bench.machine import Data, WalkedMachine
from tests.bench.recorder import Recorder
from tests.infrastructure.template import ROOT, resources, template
from tools.cost.recorded import Invocation, Run

Answer = TypeVar("Answer")
_DEFINITION = ROOT / "statemachines/distribution.asl.json"


@dataclass
class Metering:
    """Records invocations, one inside the other where a function waits for a run.

    The CPU time of an invocation is without the emulator's and without that of its runs' tasks.
    """

    recorder: Recorder
    invocations: list[Invocation] = field(default_factory=list)
    _tasks: list[list[Invocation]] = field(default_factory=list)
    _runs: list[list[Run]] = field(default_factory=list)
    _claimed: set[int] = field(default_factory=set)
    _inner_seconds: float = 0.0

    def clear(self) -> None:
        """Begin anew."""
        self.recorder.clear()
        self.invocations.clear()
        self._claimed.clear()

    def invoke(self, function: str, handle: Callable[[], Answer]) -> Answer:
        """Let a function handle something."""
        first, started = len(self.recorder.calls), self._seconds()
        outer, self._inner_seconds = self._inner_seconds, 0.0
        self._runs.append([])
        with _logged() as log:
            answer = handle()
        taken = self._seconds() - started
        calls = [one for one in self.recorder.calls[first:] if id(one) not in self._claimed]
        self._claimed.update(map(id, calls))
        text = log.getvalue()
        invocation = Invocation(
            function=function,
            memory_mb=memory_of(function),
            cpu_seconds=taken - self._inner_seconds,
            log_bytes=len(text.encode()),
            log_lines=text.count("\n"),
            calls=tuple(calls),
            runs=tuple(self._runs.pop()),
            platform_logs=logs_platform(),
            is_traced=is_traced(function),
        )
        self._inner_seconds = outer + taken
        (self._tasks[-1] if self._tasks else self.invocations).append(invocation)
        return answer

    def run(self, machine: WalkedMachine, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Let a run be walked while an invocation waits for it."""
        before = machine.transitions
        self._tasks.append([])
        answer = WalkedMachine.start_sync_execution(machine, request)
        run = Run(
            transitions=machine.transitions - before,
            definition_bytes=_DEFINITION.stat().st_size,
            data_bytes=len(request["input"]),
            tasks=tuple(self._tasks.pop()),
        )
        self._runs[-1].append(run)
        return answer

    def _seconds(self) -> float:
        return self.recorder.clock() - self.recorder.emulator_seconds


@dataclass
class MeteredMachine(WalkedMachine):
    """The state machine; its tasks are invocations."""

    metering: Metering = field(kw_only=True)

    def start_sync_execution(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer of the operation."""
        return self.metering.run(self, request)

    def _invoked(self, name: str, data: Data) -> Data:
        invoked = super()._invoked
        return self.metering.invoke(_snake(name), lambda: invoked(name, data))


def memory_of(function: str) -> int:
    """The memory that the template gives a function."""
    found: int = _drawn(function, "MemorySize")
    return found


def is_traced(function: str) -> bool:
    """Whether X-Ray draws some of a function's invocations, by the template.

    One that only passes on what others have drawn is none, if nobody is traced who wakes it.
    """
    return bool(_drawn(function, "Tracing") == "Active")


def logs_platform() -> bool:
    """Whether Lambda writes lines of its own for each invocation, by the template."""
    drawn: dict[str, str] = template()["Globals"]["Function"].get("LoggingConfig", {})
    return drawn.get("LogFormat") != "JSON" or drawn.get("SystemLogLevel", "INFO") != "WARN"


def _drawn(function: str, name: str) -> Any:  # noqa: ANN401 # whatever the template says
    """A property of a function, its own or the one that all share."""
    own = resources("AWS::Serverless::Function")[f"{_camel(function)}Function"]["Properties"]
    return own.get(name, template()["Globals"]["Function"].get(name))


@contextmanager
def _logged() -> Iterator[StringIO]:
    """What a function writes: lines of its log, and metrics."""
    text = StringIO()
    lines = logging.StreamHandler(text)
    lines.setFormatter(logger().registered_formatter)
    log = logging.getLogger(logger().name)
    kept, level = log.handlers, log.level
    log.handlers, log.level = [lines], logging.INFO
    try:
        with redirect_stdout(text):
            yield text
    finally:
        log.handlers, log.level = kept, level


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _camel(name: str) -> str:
    return "".join(map(str.capitalize, name.split("_")))
