"""On a schedule: judge the money of all tenants, a part at a time, and tell what contradicts."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.domain.identifiers import TenantId
from leadflow.runtime import operation_actions
from leadflow.runtime.observability import count, logger
from leadflow.runtime.settings import settings


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int | bool]:
    """Count what was looked at and found.

    For operators: `anew` begins a pass at once, `tenant_id` judges that tenant alone.
    """
    verify = operation_actions.verify_ledger()
    tenant_id = event.get("tenant_id")
    if tenant_id:
        check = verify.of_tenant(TenantId(tenant_id))
    else:
        check = verify(anew=bool(event.get("anew")))
    for wrong in check.told:
        told = wrong.mismatch.model_dump(mode="json", exclude_none=True)
        logger().error("ledger mismatch", tenant_id=wrong.tenant_id, **told)
    count("LedgerMismatches", check.mismatches, stage=settings().stage)
    done = {
        "wallets": check.wallets,
        "rows": check.rows,
        "mismatches": check.mismatches,
        "cut": check.cut,
        "restless": check.restless,
        "is_ended": check.is_ended,
    }
    logger().info("ledger verified", extra=done)
    return done
