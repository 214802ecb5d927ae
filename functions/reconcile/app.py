"""On a schedule: finish the leads that a crash left processing, of all tenants."""

from collections import Counter
from datetime import timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.application.reconcile import STUCK_AFTER, Handling
from leadflow.runtime import operation_actions
from leadflow.runtime.observability import count, logger
from leadflow.runtime.settings import settings


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Count what was done; `idle_seconds` in the event picks leads up earlier, for operators."""
    idle = timedelta(seconds=int(event.get("idle_seconds", STUCK_AFTER.total_seconds())))
    done: Counter[str] = Counter()
    for one in operation_actions.reconcile_all()(idle=idle):
        logger().info(
            "stray",
            tenant_id=one.tenant_id,
            lead_id=one.handled.lead_id if one.handled else None,
            handling=one.handling,
            fault=one.fault,
        )
        count("Strays", handling=one.handling)
        done[one.handling] += 1
    unfinished = done[Handling.GIVEN_UP] + done[Handling.LEFT]
    count("StraysUnfinished", unfinished, stage=settings().stage)
    return dict(+done)
