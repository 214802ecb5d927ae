"""Task: reprocess the leads of one batch."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.application.bulk_reprocess import Batch
from leadflow.domain.identifiers import JobId, TenantId
from leadflow.runtime import reprocess_actions
from leadflow.runtime.observability import logger


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """How many leads were handled; the answer is small, for the workflow adds all of them up."""
    batch = Batch.model_validate(event["batch"])
    tenant_id, job_id = TenantId(event["tenant_id"]), JobId(event["job_id"])
    with logger().append_context_keys(tenant_id=tenant_id, job_id=job_id, batch=batch.name):
        handled = reprocess_actions.reprocess_batch()(tenant_id, job_id, batch)
        logger().info("batch", leads=handled)
    return {"leads": handled}
