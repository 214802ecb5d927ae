"""What the tasks of the state machine share: ids in, ids and small facts out."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import TypeAdapter

from leadflow.application.run_ports import Run, RunResult
from leadflow.runtime.observability import count, logger

Event = dict[str, Any]
Task = Callable[[Run], RunResult | Run]

_RUNS: TypeAdapter[Run] = TypeAdapter(Run)
_MEMBERS = frozenset(Run.__dataclass_fields__)


def task_handler(make: Callable[[], Task]) -> Callable[[Event, LambdaContext], Event]:
    """The handler of a task. Errors pass: their class names are what the state machine knows."""

    def handler(event: Event, _context: LambdaContext) -> Event:
        run = _RUNS.validate_python({name: event[name] for name in _MEMBERS & event.keys()})
        with logger().append_context_keys(
            tenant_id=run.tenant_id, lead_id=run.lead_id, flow_id=run.flow_id, stage=run.stage_id
        ):
            ended = make()(run)
            logger().info("task", outcome=_outcome(ended))
            count("Tasks", outcome=_outcome(ended))
        return {**asdict(ended), "outcome": "settled" if isinstance(ended, RunResult) else "unsold"}

    return handler


def _outcome(ended: RunResult | Run) -> str:
    return ended.status if isinstance(ended, RunResult) else f"next:{ended.method}"
