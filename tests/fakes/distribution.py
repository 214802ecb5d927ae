"""A state machine that answers at once."""

from dataclasses import dataclass, field

from leadflow.application.run_ports import Run, RunResult


@dataclass
class ScriptedDistribution:
    """Implements `Distribution`; `fault` is raised instead of an answer."""

    result: RunResult | None = None
    fault: Exception | None = None
    started: list[tuple[Run, float | None]] = field(default_factory=list)

    def run(self, run: Run, *, patience_seconds: float) -> RunResult | None:
        self._start(run, patience_seconds)
        return self.result

    def resume(self, run: Run) -> None:
        self._start(run, None)

    def _start(self, run: Run, patience_seconds: float | None) -> None:
        self.started.append((run, patience_seconds))
        if self.fault:
            raise self.fault
