"""On a schedule: pause the exchanges of partners that keep timing out, tenant by tenant."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.runtime import stage_actions
from leadflow.runtime.each_tenant import for_each_tenant
from leadflow.runtime.observability import count, logger


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Count the exchanges that were paused."""
    total = 0
    for tenant_id, exchanges in for_each_tenant(stage_actions.watch_partners()):
        for paused in exchanges:
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
