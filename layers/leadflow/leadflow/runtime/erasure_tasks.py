"""What the tasks of an erasure share: ids in, ids and what is next out."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import TypeAdapter

from leadflow.application.erasure_steps import ErasureStep
from leadflow.runtime.observability import count, logger

Event = dict[str, Any]
Task = Callable[[ErasureStep], ErasureStep]

_STEPS: TypeAdapter[ErasureStep] = TypeAdapter(ErasureStep)
_MEMBERS = frozenset(ErasureStep.__dataclass_fields__)


def erasure_task(make: Callable[[], Task]) -> Callable[[Event, LambdaContext], Event]:
    """The handler of a task. Errors pass: their class names are what the state machine knows."""

    def handler(event: Event, _context: LambdaContext) -> Event:
        step = _STEPS.validate_python({name: event[name] for name in _MEMBERS & event.keys()})
        with logger().append_context_keys(tenant_id=step.tenant_id, job_id=step.job_id):
            done = make()(step)
            logger().info("erasure step", state=done.state, waits=done.waits)
            count("ErasureSteps", state=done.state)
        return asdict(done)

    return handler
