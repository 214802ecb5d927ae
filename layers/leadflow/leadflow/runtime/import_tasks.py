"""What the tasks of an import share: ids in, ids and what comes next out."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import TypeAdapter

from leadflow.application.lead_import_steps import ImportStep
from leadflow.runtime.observability import count, logger

Event = dict[str, Any]
Task = Callable[[ImportStep], ImportStep]

_STEPS: TypeAdapter[ImportStep] = TypeAdapter(ImportStep)
_MEMBERS = frozenset(ImportStep.__dataclass_fields__)


def step_of(event: Event) -> ImportStep:
    """Where the workflow stands."""
    return _STEPS.validate_python({name: event[name] for name in _MEMBERS & event.keys()})


def import_task(make: Callable[[], Task]) -> Callable[[Event, LambdaContext], Event]:
    """The handler of a task. Errors pass: their class names are what the state machine knows."""

    def handler(event: Event, _context: LambdaContext) -> Event:
        step = step_of(event)
        with logger().append_context_keys(tenant_id=step.tenant_id, job_id=step.job_id):
            done = make()(step)
            logger().info("import step", state=done.state)
            count("ImportSteps", state=done.state)
        return {**asdict(done), "batches_key": done.batches_key}

    return handler
