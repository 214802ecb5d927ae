"""On a schedule: start the jobs that were not started, give up those that broke off unnoticed."""

from collections import Counter
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.application.watch_jobs import JobHandling
from leadflow.runtime import container, job_actions
from leadflow.runtime.observability import count, logger


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Count what was done; jobs that are running as they should are left."""
    done: Counter[str] = Counter()
    for tenant_id in container.configuration().tenants():
        for handled in job_actions.watch_jobs()(tenant_id):
            done[handled.handling] += 1
            if handled.handling is not JobHandling.LEFT:
                logger().warning("job", job_id=handled.job_id, handling=handled.handling)
                count("JobsHandled", handling=handled.handling)
    return dict(done)
