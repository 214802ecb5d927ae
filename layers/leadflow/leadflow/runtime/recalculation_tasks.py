"""What the tasks of a recalculation share: ids and counts in, ids, counts and what is next out."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import TypeAdapter

from leadflow.application.recalculation_steps import RecalculationStep
from leadflow.runtime.observability import count, logger

Event = dict[str, Any]
Task = Callable[[RecalculationStep], RecalculationStep]

_STEPS: TypeAdapter[RecalculationStep] = TypeAdapter(RecalculationStep)
_MEMBERS = frozenset(RecalculationStep.__dataclass_fields__)


def recalculation_task(make: Callable[[], Task]) -> Callable[[Event, LambdaContext], Event]:
    """The handler of a task. Errors pass: their class names are what the state machine knows."""

    def handler(event: Event, _context: LambdaContext) -> Event:
        step = _STEPS.validate_python({name: event[name] for name in _MEMBERS & event.keys()})
        with logger().append_context_keys(tenant_id=step.tenant_id, job_id=step.job_id):
            done = make()(step)
            logger().info("recalculation step", state=done.state, moved=done.moved)
            count("RecalculationSteps", state=done.state)
        return asdict(done)

    return handler
