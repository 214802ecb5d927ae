"""A task of an import: make demands of the rows of one batch."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.application.lead_import_steps import RowBatch
from leadflow.runtime import import_actions
from leadflow.runtime.import_tasks import step_of
from leadflow.runtime.observability import logger


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """How many rows were handled; the answer is small, for the workflow adds all of them up."""
    step, batch = step_of(event), RowBatch.model_validate(event["batch"])
    with logger().append_context_keys(
        tenant_id=step.tenant_id, job_id=step.job_id, batch=batch.name
    ):
        handled = import_actions.import_batch()(step, batch)
        logger().info("batch", rows=handled)
    return {"rows": handled}
