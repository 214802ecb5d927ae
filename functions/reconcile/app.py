"""On a schedule: finish the leads that a crash left processing, tenant by tenant."""

from collections import Counter
from datetime import timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.application.reconcile import STUCK_AFTER
from leadflow.runtime import container, stage_actions
from leadflow.runtime.observability import count, logger


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Count what was done; `idle_seconds` in the event picks leads up earlier, for operators."""
    idle = timedelta(seconds=int(event.get("idle_seconds", STUCK_AFTER.total_seconds())))
    done: Counter[str] = Counter()
    for tenant_id in container.configuration().tenants():
        for handled in stage_actions.reconcile()(tenant_id, idle=idle):
            logger().info("stray", lead_id=handled.lead_id, handling=handled.handling)
            count("Strays", handling=handled.handling)
            done[handled.handling] += 1
    return dict(done)
