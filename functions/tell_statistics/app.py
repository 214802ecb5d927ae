"""On a schedule: tell the statistics of the tenants for which they are due; or at once, of all."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.runtime import container, fact_actions
from leadflow.runtime.observability import count, logger


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Count the facts that were told."""
    at_once, total = event.get("at_once") is True, 0
    for tenant_id in container.configuration().tenants():
        told = fact_actions.tell_statistics()(tenant_id, at_once=at_once)
        for one in told:
            logger().info("statistics", tenant_id=tenant_id, fact_id=one.fact.id)
            count("Facts", fact=one.name)
        total += len(told)
    return {"told": total}
