"""On a schedule: announce usage levels, and top up the tokens of withheld leads, by tenant."""

from collections import Counter
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.runtime import withheld_actions
from leadflow.runtime.each_tenant import for_each_tenant
from leadflow.runtime.observability import count, logger


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Count the levels that were announced, and the tenants whose tokens were topped up."""
    done: Counter[str] = Counter()
    for tenant_id, watched in for_each_tenant(withheld_actions.watch_subscriptions()):
        for one in watched.announced:
            logger().warning(
                "usage level reached",
                tenant_id=tenant_id,
                measure=one.measure,
                level_percentage=one.level_percentage,
            )
            count("UsageLevelsReached", measure=one.measure)
        done["announced"] += len(watched.announced)
        done["topped_up"] += watched.is_topped_up
    return dict(done)
