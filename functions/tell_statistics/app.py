"""On a schedule: tell the statistics of the tenants for which they are due; or at once, of all."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.runtime import fact_actions
from leadflow.runtime.each_tenant import for_each_tenant
from leadflow.runtime.observability import count, logger


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Count the facts that were told."""
    at_once, total = event.get("at_once") is True, 0
    tell = partial(fact_actions.tell_statistics(), at_once=at_once)
    for tenant_id, told in for_each_tenant(tell):
        for one in told:
            logger().info("statistics", tenant_id=tenant_id, fact_id=one.fact.id)
            count("Facts", fact=one.name)
        total += len(told)
    return {"told": total}
