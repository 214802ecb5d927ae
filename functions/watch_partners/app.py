"""On a schedule: pause the exchanges of partners that keep timing out, tenant by tenant."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.runtime import container, stage_actions
from leadflow.runtime.observability import count, logger


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Count the exchanges that were paused."""
    total = 0
    for tenant_id in container.configuration().tenants():
        for paused in stage_actions.watch_partners()(tenant_id):
            logger().warning(
                "partner paused",
                tenant_id=tenant_id,
                partner_id=paused.partner_id,
                exchange=paused.kind,
                reason="timeouts",
            )
            count("PartnersPaused", exchange=paused.kind)
            total += 1
    return {"paused": total}
