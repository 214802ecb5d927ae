"""Task: the last resort of a job's workflow, say that the job failed."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.application.record_failed_job import FailedJob
from leadflow.runtime import job_actions
from leadflow.runtime.observability import count, logger


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """`{"tenant_id", "job_id", "kind"}` -> the same; the state machine gives the kind."""
    failed = FailedJob.model_validate(event)
    with logger().append_context_keys(tenant_id=failed.tenant_id, job_id=failed.job_id):
        job_actions.record_failed_job()(failed)
        logger().info("job failed", kind=failed.kind)
        count("JobsFailed", kind=failed.kind)
    return failed.model_dump(mode="json")
