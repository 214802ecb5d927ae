"""What the tasks of an export share: ids in, ids and what comes next out."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import TypeAdapter

from leadflow.application.lead_export_steps import ExportStep
from leadflow.runtime.observability import count, logger

Event = dict[str, Any]
Task = Callable[[ExportStep], ExportStep]

_STEPS: TypeAdapter[ExportStep] = TypeAdapter(ExportStep)
_MEMBERS = frozenset(ExportStep.__dataclass_fields__)


def export_task(make: Callable[[], Task]) -> Callable[[Event, LambdaContext], Event]:
    """The handler of a task. Errors pass: their class names are what the state machine knows."""

    def handler(event: Event, _context: LambdaContext) -> Event:
        step = _STEPS.validate_python({name: event[name] for name in _MEMBERS & event.keys()})
        with logger().append_context_keys(tenant_id=step.tenant_id, job_id=step.job_id):
            done = make()(step)
            logger().info("export step", state=done.state)
            count("ExportSteps", state=done.state)
        return asdict(done)

    return handler
