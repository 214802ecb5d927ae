"""On a schedule: start the jobs that were not started, give up those that broke off unnoticed."""

from collections import Counter
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.application.watch_jobs import JobHandling
from leadflow.runtime import job_actions
from leadflow.runtime.each_tenant import for_each_tenant
from leadflow.runtime.observability import count, logger


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Count what was done; jobs that are running as they should are left."""
    done: Counter[str] = Counter()
    for _, jobs in for_each_tenant(job_actions.watch_jobs()):
        for handled in jobs:
            done[handled.handling] += 1
            if handled.handling is not JobHandling.LEFT:
                logger().warning("job", job_id=handled.job_id, handling=handled.handling)
                count("JobsHandled", handling=handled.handling)
    return dict(done)
